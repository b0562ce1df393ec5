/** Runs of plans and streams on the caller's arrays allocate nothing on the cpu backend: an audio callback must not wake the collector. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { beforeAll, expect, it } from "vitest";
import { bytesPerCall } from "./allocated-bytes.ts";
import { planSmallModel } from "./planned-model.ts";
import { separableChain, waveNet } from "./streamed-models.ts";

const CALLS = 10_000;
/** A reading of the heap allocates itself, once in 10,000 calls; the smallest object has 16 bytes. */
const NOTHING = 1;

beforeAll(async () => {
  keras.registerBackend(cpu({ threads: 1 }));
  await keras.setBackend("cpu");
});

const arrays = (shapes: readonly (readonly number[])[]) =>
  shapes.map((shape) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5));

it("is measured: one small array a call is seen", () => {
  let last = new Float32Array(0);
  const bytes = bytesPerCall(() => {
    last = new Float32Array(4);
  }, CALLS);
  expect(last).toHaveLength(4);
  expect(bytes).toBeGreaterThan(16);
});

it("runSync of a plan", async () => {
  const { plan } = await planSmallModel();
  const [inputs, outputs] = [arrays(plan.inputShapes), arrays(plan.outputShapes)];
  expect(bytesPerCall(() => plan.runSync(inputs, outputs), CALLS)).toBeLessThan(NOTHING);
  plan.dispose();
});

it.each([
  ["gated dilated convolutions", () => waveNet(1, 4, [1, 2, 4]), [1, 2, 1]],
  ["depthwise and separable convolutions", () => separableChain(2), [1, 8, 6]],
  ["a batch of two, which is not kept in rings", () => separableChain(), [2, 4, 6]],
] as const)("runSync of a stream: %s", async (_, make, shape) => {
  const plan = await keras.plan(make(), { inputShapes: [shape] });
  const stream = plan.stream();
  const [inputs, outputs] = [arrays(stream.inputShapes), arrays(stream.outputShapes)];
  expect(bytesPerCall(() => stream.runSync(inputs, outputs), CALLS)).toBeLessThan(NOTHING);
  expect(stream.runSync(inputs, outputs)).toBe(outputs);
  plan.dispose();
});
