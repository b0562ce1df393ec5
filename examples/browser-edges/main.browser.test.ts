import { expect, test } from "vitest";
import { start } from "./main.ts";

test("finds the edge of the disc on the GPU and says so", async () => {
  document.body.innerHTML = '<p id="status"></p><canvas id="edges" width="64" height="64"></canvas>';
  const [edges, soft] = await start(document);
  expect(document.querySelector("#status")?.textContent).toBe("computed by webgl");
  const row = 32 * 64;
  expect([edges?.[row + 4], edges?.[row + 32]]).toEqual([0, 0]); // outside and inside
  expect(edges?.[row + 11]).toBeCloseTo(4, 4); // a straight step: 1 + 2 + 1
  expect([edges?.length, soft?.length]).toEqual([64 * 64, 64 * 64]);
  expect(soft?.[row + 11]).toBeGreaterThan(soft?.[row + 32] ?? 0);
});
