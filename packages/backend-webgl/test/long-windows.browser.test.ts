/** Adaptive pooling of long signals: window positions in 32-bit integers, or a refusal. */
import "@tensorflow/tfjs-backend-webgl";
import { webgl } from "@keras-ts/backend-webgl";
import { runCase } from "@keras-ts/conformance/run";
import type { PoolAxis } from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";

const backend = webgl();
beforeAll(async () => {
  await tf.setBackend("webgl");
  await backend.init();
});
afterAll(() => backend.dispose());

const adaptive = (n: number, o: number): PoolAxis => ({
  outputSize: o,
  step: n,
  divisor: o,
  reach: n + o - 1,
  before: 0,
});

it.each([
  [60_000, 40_000], // 2.4e9 before the common factor is taken out
  [60_001, 30_000],
])("%i to %i", async (n, o) => {
  const axes = [adaptive(n, o)];
  const input = [1, n, 1];
  const pool = { name: `max ${n}`, op: { kind: "pool", fn: "max", axes } as const, inputs: [input] };
  const gradient = {
    name: `max gradient ${n}`,
    op: { kind: "pool_grad", fn: "max", axes, inputSize: [n] } as const,
    inputs: [[1, o, 1], input],
  };
  expect([...(await runCase(backend, pool)), ...(await runCase(backend, gradient))]).toEqual([]);
});

it("refuses what leaves the integers", () => {
  const op = { kind: "pool", fn: "mean", axes: [adaptive(150_000, 15_001)] } as const;
  expect(backend.unsupported(op, [[1, 150_000, 1]])).toMatch(/no kernel for pool of these sizes.*150000/);
});
