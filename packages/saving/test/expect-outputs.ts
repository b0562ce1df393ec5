/** Compares what a model computes with what Keras computed. */
import type { Model } from "@keras-ts/core";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/** An array as the Python scripts write it: values that are float32 exactly. */
export interface ArrayJson {
  readonly shape: number[];
  readonly values: number[];
}

/** What a model computes in inference. */
export interface Expected {
  readonly inputs: readonly ArrayJson[];
  readonly outputs: readonly ArrayJson[];
}

/** The largest difference in units of the largest value; a handful of float32 roundings a layer. */
const TOLERANCE = 4e-6;

/** Runs the model on the inputs. */
export function expectOutputs(model: Model, { inputs, outputs }: Expected): void {
  const xs = inputs.map(({ values, shape }) => tensor(values, shape));
  const results = [model.apply<Tensor | Tensor[]>(xs.length === 1 && xs[0] ? xs[0] : xs)].flat();
  expect(results.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  for (const [i, result] of results.entries()) {
    const wanted = outputs[i]?.values ?? [];
    const scale = Math.max(...wanted.map(Math.abs));
    const error = Math.max(...[...result.dataSync()].map((value, j) => Math.abs(value - (wanted[j] ?? Number.NaN))));
    expect(error / scale).toBeLessThan(TOLERANCE);
  }
  for (const used of [...xs, ...results]) used.dispose();
}
