/**
 * The noise of a whole model. Every layer adds the rounding of its own sum, √K at the scale of its output, and hands on what
 * came in; weights of trained or seeded networks neither blow a relative error up nor damp it, so that after layers of
 * K₁ … Kₙ terms an array has the noise √(K₁ + … + Kₙ) at its own scale; normalisation layers that divide by a spread enlarge it. `test/calibration.test.ts` holds this against Keras's
 * own float32 and float64 outputs.
 */
import type { Arrays } from "../../suite/arrays.ts";
import type { ModelCase } from "../../suite/manifest.ts";
import { type NdArray, sizeOf } from "../../suite/nd-array.ts";
import { amplifications } from "./amplification.ts";
import { type CallNoise, largest, largestOf } from "./call-noise.ts";

export interface ModelNoise extends CallNoise {
  /** Of the output of an inner layer, by its place in the case. */
  layer(at: number): number;
}

export function modelNoise(item: ModelCase, arrays: Arrays): ModelNoise {
  const at = (file: string | null | undefined) => (file ? arrays.get(file) : undefined);
  const ownerOf = (path: string) => path.split("/").slice(0, -1).join("/");
  // A recurrent layer's sums are made anew every step, as in `recurrent.ts`; its steps are the longest second axis around.
  const shapes = [...item.inputs, ...item.layers].map(({ file }) => at(file)?.shape ?? []);
  const steps = Math.max(1, ...shapes.map(([, second = 1, ...rest]) => (rest.length > 0 ? second : 1)));
  const recurrent = new Set(
    item.weights.filter(({ path }) => path.endsWith("/recurrent_kernel")).map((w) => ownerOf(w.path)),
  );
  const terms = new Map<string, number>(); // by layer: the length of its longest sum
  for (const { path, file } of item.weights) {
    const shape = at(file)?.shape ?? [];
    const times = recurrent.has(ownerOf(path)) ? steps : 1;
    const mine = Math.max(terms.get(ownerOf(path)) ?? 1, times * sizeOf(shape.slice(0, -1)));
    terms.set(ownerOf(path), mine);
  }
  const all = [...terms.values()].reduce((sum, n) => sum + n, 0);
  const plain = Math.max(0, item.layers.length - terms.size); // layers without weights round too
  const roots = Math.sqrt(all + plain + 1);
  const positions = Math.max(1, ...item.layers.map(({ file }) => positionsOf(at(file))));
  // A layer's derivatives have one scale: that of a bias may cancel to nothing. Those of the last layer are sums over positions of
  // upstream times output or so (a softmax's are exactly that), all of which may cancel.
  const last = ownerOf(item.weights.at(-1)?.path ?? "");
  const termsOfLast =
    largestOf((item.gradients?.upstream ?? []).map(at)) * largestOf(item.outputs.map(({ file }) => at(file)));
  const gradientScale = (path: string) =>
    Math.max(
      ownerOf(path) === last ? termsOfLast : 0,
      largestOf(
        item.weights.map((w, i) => (ownerOf(w.path) === ownerOf(path) ? at(item.gradients?.weights[i]) : undefined)),
      ),
    );
  // What a division by a small spread made of an error goes on to all that follows.
  const factors = amplifications(item, arrays);
  const upTo = (count: number) => Math.max(1, ...item.layers.slice(0, count).map(({ name }) => factors.get(name) ?? 1));
  const everywhere = upTo(item.layers.length);
  return {
    output: (i) => everywhere * roots * largest(at(item.outputs[i]?.file)),
    layer: (i) => upTo(i + 1) * roots * largest(at(item.layers[i]?.file)),
    // Forth and back: twice the sums; a weight's derivative is also a sum over all positions.
    input: (i) => everywhere * Math.SQRT2 * roots * largest(at(item.gradients?.inputs[i])),
    weight: (path) => everywhere * Math.sqrt(2 * roots ** 2 + positions) * gradientScale(path),
    state: () => 0,
  };
}

function positionsOf(array: NdArray | undefined): number {
  return array ? sizeOf(array.shape) / Math.max(1, array.shape.at(-1) ?? 1) : 1;
}
