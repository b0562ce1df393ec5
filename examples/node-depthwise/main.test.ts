import { expect, test, vi } from "vitest";

test("prints the average and the difference of both channels", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import("./main.mjs");
  const lines = log.mock.calls.map(([line]) => line);
  log.mockRestore();
  expect(lines).toEqual([
    "backend: cpu",
    "output: [1,4,4]",
    "1.5  1  15  10",
    "3  2  30  20",
    "6  4  60  40",
    "12  8  120  80",
  ]);
});
