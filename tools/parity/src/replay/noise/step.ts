/** Noise of a weight after one step of gradient descent and its constraint. */
import type { LayerCase } from "../../suite/manifest.ts";
import { type NdArray, sizeOf } from "../../suite/nd-array.ts";
import { largest } from "./call-noise.ts";

const NOTHING: NdArray = { shape: [], data: new Float32Array(0) };

/**
 * The step brings the derivative's noise, `rate` times. A constraint on norms then multiplies every element by one factor, for
 * which it sums squares: it stretches what came in by the largest such factor, seen in Keras's numbers, and adds a sum over
 * at most the whole weight.
 */
export function stepNoise(
  { item, read }: { readonly item: LayerCase; readonly read: (file: string) => NdArray },
  at: number,
  gradientNoise: number,
): number {
  const array = (file: string | null | undefined) => (file ? read(file) : NOTHING);
  const before = array(item.weights[at]?.file);
  const gradient = array(item.gradients?.weights[at]);
  const after = array(item.sgd_step?.weights[at]);
  const rate = item.sgd_step?.learning_rate ?? 0;
  let stretch = 1;
  for (const [i, value] of after.data.entries()) {
    const stepped = (before.data[i] ?? 0) - rate * (gradient.data[i] ?? 0);
    if (stepped !== 0) stretch = Math.max(stretch, Math.abs(value / stepped));
  }
  const steppedScale = largest(before) + rate * (largest(gradient) + gradientNoise);
  return stretch * steppedScale + Math.sqrt(sizeOf(after.shape)) * largest(after);
}
