/** Runs a model on samples and compares layer by layer with what Python Keras gave, up to the first that differs. */
import { KerasTensor, Model, type Nested, type PredictInput, ValueError } from "@keras-ts/core";
import { compareOutput, type OutputComparison } from "./compare-output.ts";
import type { SampleArray, Samples } from "./samples.ts";

/** What a comparison with samples found. */
export interface Verification {
  readonly agrees: boolean;
  /** Layers in topological order up to the first that differs, then, where all agree, the outputs of the whole model. */
  readonly comparisons: readonly OutputComparison[];
  /** What differs first, in a sentence; null where all agrees. */
  readonly difference: string | null;
  /** Name of the layer that differs first; null where all layers agree. */
  readonly firstLayer: string | null;
}

/** Thrown where a model that was to be verified differs; the message names the first layer that does. */
export class VerificationError extends Error {
  override readonly name: string = "VerificationError";
  readonly verification: Verification;

  constructor(file: string, verification: Verification) {
    super(`"${file}": ${verification.difference}`);
    this.verification = verification;
  }
}

/**
 * Compares a model with samples on the active backend: the layers' own outputs first, then the model as `predict` runs it, where layers
 * may be folded into one another. Throws ValueError for samples of another model: other numbers of inputs or outputs.
 */
export async function verifyModel(model: Model, samples: Samples): Promise<Verification> {
  if (model.inputs.length !== samples.inputs.length || model.outputs.length !== samples.outputs.length)
    throw new ValueError(
      `"${samples.file}": these samples are of another model. Received: inputs=${samples.inputs.length}, outputs=${samples.outputs.length}; model '${model.name}' has ${model.inputs.length} and ${model.outputs.length}`,
    );
  const inputs = packed(model.input, samples.inputs.map(nested));
  const comparisons: OutputComparison[] = [];
  const symbols = samples.layers.map(({ name }) => symbolOf(model, name));
  const known = symbols.filter((symbol) => symbol !== null);
  const found = known.length > 0 ? await outputsOf(new Probe({ inputs: model.input, outputs: known }), inputs) : [];
  for (const [i, layer] of samples.layers.entries()) {
    const symbol = symbols[i] ?? null;
    const ours = symbol ? found[known.indexOf(symbol)] : undefined;
    const comparison = compareOutput(`layer "${layer.name}"`, ours ?? null, layer, samples.relative);
    comparisons.push(comparison);
    if (!comparison.agrees) return differing(comparisons, layer.name, samples);
  }
  const outputs = await outputsOf(model, inputs);
  for (const [i, output] of samples.outputs.entries()) {
    const comparison = compareOutput(`output ${i}`, outputs[i] ?? null, output, samples.relative);
    comparisons.push(comparison);
    if (!comparison.agrees) return differing(comparisons, null, samples);
  }
  return { agrees: true, comparisons, difference: null, firstLayer: null };
}

function differing(
  comparisons: readonly OutputComparison[],
  firstLayer: string | null,
  samples: Samples,
): Verification {
  const { message } = comparisons.at(-1) as OutputComparison;
  const before = comparisons.length - 1;
  const agreeing =
    firstLayer === null
      ? `Every layer by itself agrees (${samples.layers.length} compared): what differs is the model as a whole.`
      : `It is the first in topological order; ${before} before it ${before === 1 ? "agrees" : "agree"}.`;
  return {
    agrees: false,
    comparisons,
    difference: `this model differs from what Keras ${samples.keras} recorded at ${message} ${agreeing}`,
    firstLayer,
  };
}

/** A class of its own runs layer by layer and compiles nothing, which would have to be freed without freeing the layers. */
class Probe extends Model {
  static override readonly className = "Probe";
}

/** A layer's output; null where the model has no such layer, or calls it twice. */
function symbolOf(model: Model, name: string): KerasTensor | null {
  const nodes = model.nodes.filter(({ operation }) => operation.name === name);
  return nodes.length === 1 && nodes[0]?.outputs.length === 1 ? (nodes[0].outputs[0] ?? null) : null;
}

async function outputsOf(model: Model, inputs: PredictInput): Promise<SampleArray[]> {
  const predicted = model.predict(inputs, { verbose: 0, batchSize: ALL });
  const tensors = flatten<ReadTensor>(predicted);
  try {
    return await Promise.all(
      tensors.map(async (tensor) => ({ shape: tensor.shape, data: Float32Array.from(await tensor.data()) })),
    );
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}

/** What is used of a tensor of tfjs. */
interface ReadTensor {
  readonly shape: readonly number[];
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

const ALL = 2 ** 30; // samples are one batch, as they were in Python

/** Leaves in the structure of the model's inputs, whose records are in the order of sorted keys. */
function packed(structure: Nested<KerasTensor>, leaves: PredictInput[]): PredictInput {
  if (structure instanceof KerasTensor) return leaves.shift() ?? [];
  if (Array.isArray(structure)) return structure.map((item: Nested<KerasTensor>) => packed(item, leaves));
  const entries = Object.entries(structure ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, packed(item, leaves)]));
}

/** The leaves of what `predict` gives, in the order of Keras's `tree`. */
function flatten<T extends object>(value: Nested<T>): T[] {
  if (Array.isArray(value)) return value.flatMap((item: Nested<T>) => flatten(item));
  if (value.constructor !== Object) return [value as T];
  const entries = Object.entries(value as Readonly<Record<string, Nested<T>>>);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, item]) => flatten(item));
}

/** Lists in lists, whose shape is their own also where the model's has unknown sizes. */
function nested({ shape, data }: SampleArray): PredictInput {
  const at = (axis: number, start: number, size: number): NestedList => {
    const length = shape[axis] ?? 1;
    const inner = size / length;
    if (axis === shape.length - 1) return Array.from(data.subarray(start, start + length));
    return Array.from({ length }, (_, i) => at(axis + 1, start + i * inner, inner));
  };
  return at(0, 0, data.length);
}

type NestedList = readonly (number | NestedList)[];
