import { expect, test } from "vitest";
import { start } from "./main.ts";

test("smooths the signal on the GPU and says so", async () => {
  document.body.innerHTML = '<p id="status"></p><canvas id="signal" width="640" height="200"></canvas>';
  const smooth = await start(document);
  expect(document.querySelector("#status")?.textContent).toBe("computed by webgl");
  expect(smooth).toHaveLength(640);
  // Away from the edges the noise is averaged out: a mean of 31 values around the sine's crest.
  expect(Math.abs((smooth[94] ?? 0) - 1)).toBeLessThan(0.25);
});
