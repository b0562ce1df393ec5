/**
 * How much a normalisation layer inside a model enlarges a relative error: it divides by the spread of its input, so that an error
 * at the scale of the input counts `max|x| / min σ` at the scale 1, and `max|x| / (min σ · max|y|)` at that of its output.
 */
import type { Arrays } from "../../suite/arrays.ts";
import type { Json, ModelCase } from "../../suite/manifest.ts";
import { property } from "../../suite/manifest.ts";
import type { NdArray } from "../../suite/nd-array.ts";
import { largest } from "./call-noise.ts";

const NORMALIZES_A_SAMPLE = /^(Layer|Group|RMS|Unit)Normalization$/;

/** By the name of each layer that divides by a spread of its own input; 1 or more. */
export function amplifications(item: ModelCase, arrays: Arrays): ReadonlyMap<string, number> {
  const outputs = new Map(item.layers.map(({ name, file }) => [name, arrays.get(file)]));
  const found = new Map<string, number>();
  for (const entry of entriesOf(item.text)) {
    const name = String(property(entry, "name"));
    const x = outputs.get(sourceOf(entry) ?? "");
    const y = outputs.get(name);
    if (!x || !y || !NORMALIZES_A_SAMPLE.test(String(property(entry, "class_name")))) continue;
    found.set(name, Math.max(1, largest(x) / (leastSpread(x) * largest(y))));
  }
  return found;
}

function entriesOf(text: string | undefined): readonly Json[] {
  const layers = property(property(JSON.parse(text ?? "null") as Json, "config"), "layers");
  return Array.isArray(layers) ? layers : [];
}

/** The layer whose output the first call of this one takes. */
function sourceOf(entry: Json): string | undefined {
  const [node] = listOf(property(entry, "inbound_nodes"));
  const [symbol] = listOf(property(node, "args"));
  const [name] = listOf(property(property(symbol, "config"), "keras_history"));
  return typeof name === "string" ? name : undefined;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The smallest standard deviation of a row along the last axis that is not nearly constant. */
function leastSpread(x: NdArray): number {
  const size = x.shape.at(-1) ?? 1;
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < x.data.length; row += size) {
    const values = Array.from({ length: size }, (_, i) => Number(x.data[row + i]));
    const mean = values.reduce((sum, v) => sum + v, 0) / size;
    const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / size);
    if (spread > 0) least = Math.min(least, spread);
  }
  return least;
}
