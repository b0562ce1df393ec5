/** `keras-ts run`: a model on arrays of NumPy. */
import { KerasTensor, type Model, type PredictInput } from "@keras-ts/core";
import type { NpyArray } from "@keras-ts/saving";
import type { Arguments } from "./arguments.ts";
import { checkOutputFile, readInputs, writeOutputs } from "./array-files.ts";
import { shortNumber, valuesText } from "./number-text.ts";
import { openModel } from "./open-model.ts";
import type { ProgressLine } from "./progress-line.ts";
import type { Terminal } from "./terminal.ts";

const SHOWN = 8;

/** Prints the outputs, and writes them where `--output` says so. */
export async function runModel(args: Arguments, terminal: Terminal, progress: ProgressLine): Promise<0> {
  const model = await openModel(args.model, terminal, progress);
  if (args.output !== null) await checkOutputFile(args.output, model.outputs.length);
  const inputs = await readInputs(model, args.inputs);
  const outputs = await outputsOf(model, inputs, args, progress);
  model.dispose();
  for (const [name, { shape, data }] of outputs) {
    const [least, most] = data.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [Infinity, -Infinity],
    );
    const range = data.length > 0 ? `, ${shortNumber(least)} to ${shortNumber(most)}` : "";
    terminal.out.write(`${name}: (${shape.join(", ")})${range}, ${valuesText(data, SHOWN)}\n`);
  }
  if (args.output === null) return 0;
  await writeOutputs(args.output, outputs);
  terminal.err.write(`wrote ${args.output}\n`);
  return 0;
}

/** What is used of a tensor of tfjs. */
interface ReadTensor {
  readonly shape: readonly number[];
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

async function outputsOf(
  model: Model,
  inputs: Record<string, PredictInput>,
  { batchSize }: Arguments,
  progress: ProgressLine,
): Promise<Map<string, NpyArray>> {
  const [only] = Object.values(inputs);
  const predicted = model.predict(model.input instanceof KerasTensor && only !== undefined ? only : inputs, {
    batchSize,
    verbose: 0,
    onProgress: ({ step, steps }) =>
      progress.update("running", step, steps, `batch ${step}${steps ? ` of ${steps}` : ""}`),
  });
  progress.end();
  const tensors = leavesOf(predicted);
  const arrays = await Promise.all(
    tensors.map(async (tensor) => ({ shape: tensor.shape, data: Float32Array.from(await tensor.data()) })),
  );
  for (const tensor of tensors) tensor.dispose();
  return new Map(arrays.map((array, i) => [nameOf(model, i), array]));
}

/** The layer that makes an output; with a number where it makes several. */
function nameOf(model: Model, at: number): string {
  const name = model.outputNames[at] ?? `output_${at}`;
  return model.outputNames.indexOf(name) === at ? name : `${name}_${at}`;
}

function leavesOf(value: object): ReadTensor[] {
  if (isTensor(value)) return [value];
  if (Array.isArray(value)) return value.flatMap((item: object) => leavesOf(item));
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([, item]) => leavesOf(item as object));
}

function isTensor(value: object): value is ReadTensor {
  return "shape" in value && "data" in value && typeof value.data === "function";
}
