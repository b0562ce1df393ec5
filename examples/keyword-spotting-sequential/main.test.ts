import { expect, test, vi } from "vitest";

test("prints the summary, the plan and a distribution over the words", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import("./main.mjs");
  const text = log.mock.calls.map(([line]) => line).join("\n");
  log.mockRestore();
  for (const layer of ["stem", "block", "whole_second", "words"]) expect(text).toContain(layer);
  expect(text).toContain("probabilities sum to 1.000");
});
