/** What `layer` and `model` cases share: Keras's weights in, outputs and derivatives out, beside what Keras recorded. */
import type { Arrays } from "../suite/arrays.ts";
import type { LayerCase, ModelCase } from "../suite/manifest.ts";
import { type NdArray, shapeMatches, showShape } from "../suite/nd-array.ts";
import { type Comparison, compare } from "./compare.ts";
import type { EngineCall, EngineCallable, EngineInput, EngineWeight } from "./engine.ts";
import type { CallNoise } from "./noise/call-noise.ts";

export interface RecordedCall<C extends LayerCase | ModelCase = LayerCase | ModelCase> {
  readonly item: C;
  readonly read: (file: string) => NdArray;
  readonly noise: CallNoise;
  /** For the picture of where an error lies. */
  readonly channelsFirst: boolean;
  readonly comparisons: Comparison[];
  readonly mismatches: string[];
}

/** Whether there is any derivative to compare: those of whole numbers and of frozen weights are not. */
export function hasGradients({ gradients }: LayerCase | ModelCase): boolean {
  return [...(gradients?.inputs ?? []), ...(gradients?.weights ?? [])].some((file) => file !== null);
}

export function readerOf(arrays: Arrays): (file: string) => NdArray {
  return (file) => {
    const array = arrays.get(file);
    if (!array) throw new Error(`${file} was not read`);
    return array;
  };
}

export function inputsOf({ item, read }: RecordedCall): EngineInput[] {
  return item.inputs.map(({ file, dtype }) => ({ ...read(file), ...(dtype ? { dtype } : {}) }));
}

/** Whether Keras's values can be assigned at all. */
export function checkWeights({ item, read, mismatches }: RecordedCall, weights: readonly EngineWeight[]): boolean {
  const show = ({ path, shape, trainable }: EngineWeight) =>
    `${path} ${showShape(shape)}${trainable ? "" : " (not trainable)"}`;
  const list = (all: readonly EngineWeight[]) => all.map(show).join(", ") || "none";
  const wanted = item.weights.map(({ path, file, trainable }) => ({ path, trainable, shape: read(file).shape }));
  if (list(weights) !== list(wanted)) {
    const first = wanted.findIndex((weight, at) => list(weights.slice(at, at + 1)) !== show(weight));
    mismatches.push(
      wanted.length > MANY_WEIGHTS && first >= 0
        ? `weights: expected ${wanted.length}, got ${weights.length}; the first that differs, number ${first}: expected ${list(wanted.slice(first, first + 1))}, got ${list(weights.slice(first, first + 1))}`
        : `weights: expected ${list(wanted)}; got ${list(weights)}`,
    );
  }
  return (
    weights.length === wanted.length && wanted.every(({ shape }, at) => shapeMatches(shape, weights[at]?.shape ?? []))
  );
}

/** Up to here a message lists all weights. */
const MANY_WEIGHTS = 12;

export function compareOutputs(
  { item, read, comparisons, mismatches, noise, channelsFirst }: RecordedCall,
  outputs: readonly NdArray[],
): void {
  if (outputs.length !== item.outputs.length)
    mismatches.push(`outputs: expected ${item.outputs.length}, got ${outputs.length}`);
  item.outputs.forEach(({ file }, at) => {
    const actual = outputs[at];
    if (!actual) return;
    const wide = item.outputs_float64?.[at];
    comparisons.push(
      compare(actual, {
        what: item.outputs.length > 1 ? `output ${at}` : "output",
        expected: read(file),
        truth: wide ? read(wide.file) : undefined,
        noise: noise.output(at),
        channelsFirst,
      }),
    );
  });
}

/** Compares outputs and derivatives, and gives back those of the weights; `null` where the case has none. */
export async function callUnderGradient(
  recorded: RecordedCall,
  callable: EngineCallable,
  call: EngineCall,
): Promise<readonly (NdArray | null)[] | null> {
  const { item, read, comparisons, mismatches, noise, channelsFirst } = recorded;
  const { gradients } = item;
  if (!gradients) return null;
  const result = await callable.gradients(
    call,
    gradients.upstream.map((file) => (file === null ? null : read(file))),
  );
  compareOutputs(recorded, result.outputs);
  const one = (
    what: string,
    actual: NdArray | null | undefined,
    file: string | null,
    scale: number,
    isInput: boolean,
  ) => {
    if (file === null) {
      if (actual) mismatches.push(`${what}: expected none, got one of shape ${showShape(actual.shape)}`);
    } else if (!actual) mismatches.push(`${what}: expected shape ${showShape(read(file).shape)}, got none`);
    else
      comparisons.push(
        compare(actual, { what, expected: read(file), noise: scale, channelsFirst: channelsFirst && isInput }),
      );
  };
  gradients.inputs.forEach((file, at) => {
    const what = item.inputs.length > 1 ? `gradient of input ${at}` : "gradient of the input";
    one(what, result.inputs[at], file, noise.input(at), true);
  });
  gradients.weights.forEach((file, at) => {
    const path = item.weights[at]?.path ?? "";
    one(`gradient of ${path}`, result.weights[at], file, noise.weight(path), false);
  });
  return result.weights;
}
