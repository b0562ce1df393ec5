import { expect, test, vi } from "vitest";

test("predicts in batches, and a copy made from JSON agrees", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import("./main.mjs");
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  expect(lines[0]).toContain('Model: "heart"');
  expect(lines.slice(-2)).toEqual([
    "predicted in batches 1/3, 2/3, 3/3: kind [12,4], cleaned [12,128,1]",
    "the copy agrees: true; its JSON too: true",
  ]);
});
