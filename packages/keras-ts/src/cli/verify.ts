/** `keras-ts verify`: a model against what Python Keras gave. */
import { stat } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { ValueError } from "@keras-ts/core";
import { type OutputComparison, readSamples, type Samples, verifyModel } from "@keras-ts/saving";
import type { Arguments } from "./arguments.ts";
import { download } from "./download.ts";
import { InputError } from "./input-error.ts";
import { isUrl } from "./is-url.ts";
import { openModel } from "./open-model.ts";
import type { ProgressLine } from "./progress-line.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Returns 1 where the model differs. */
export async function verify(args: Arguments, terminal: Terminal, progress: ProgressLine): Promise<0 | 1> {
  const samples = await findSamples(args);
  const model = await openModel(args.model, terminal, progress);
  const { agrees, comparisons, difference } = await verifyModel(model, samples);
  model.dispose();
  if (args.layers) terminal.out.write(table(comparisons));
  terminal.out.write(agrees ? praise(comparisons, samples) : `${args.model}: ${difference}\n`);
  return agrees ? 0 : 1;
}

async function findSamples({ model, samples }: Arguments): Promise<Samples> {
  const fromWeb = isUrl(model);
  const stem = parse(model).name;
  const beside = join(dirname(model), `${stem}-samples`);
  const found = samples === null ? await readSamplesOf(model) : await samplesIn(await fileIn(samples));
  if (found) return found;
  if (samples === null && !fromWeb && (await isThere(join(beside, FILE)))) {
    const there = await samplesIn(join(beside, FILE));
    if (there) return there;
  }
  if (WEIGHTS.test(model)) throw new UsageError(`verify takes a model; ${model} is named as one of weights only`);
  throw new UsageError(
    `${samples ?? model} has no samples${samples === null && !fromWeb ? `, and there is no ${join(beside, FILE)}` : ""}. Record some: python -m keras_ts_fixtures ${model} --samples 3`,
  );
}

const FILE = "samples.h5";
/** Of files that no program can run. */
const WEIGHTS = /\.(weights\.h5|weights\.json|npz|npy)$/;

/** Those in a `.keras` file; other kinds of models have none. */
async function readSamplesOf(model: string): Promise<Samples | null> {
  return /\.keras$/.test(model) || (await isFolder(model)) ? samplesIn(model) : null;
}

/** Throws InputError for a file of another kind. */
async function samplesIn(source: string): Promise<Samples | null> {
  try {
    return await readSamples(source, { fetch: download });
  } catch (error) {
    throw error instanceof ValueError ? new InputError(error.message, { cause: error }) : error;
  }
}

async function fileIn(path: string): Promise<string> {
  return (await isFolder(path)) && (await isThere(join(path, FILE))) ? join(path, FILE) : path;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function table(comparisons: readonly OutputComparison[]): string {
  const width = Math.max(...comparisons.map(({ what }) => what.length));
  const lines = comparisons.map(
    ({ what, agrees, maxError, ratio }) =>
      `${what.padEnd(width)}  ${agrees ? "agrees " : "differs"}  error ${maxError.toExponential(1)}, ${percent(ratio)} of what rounding may do`,
  );
  return `${lines.join("\n")}\n`;
}

function praise(comparisons: readonly OutputComparison[], { keras, layers, outputs }: Samples): string {
  const worst = comparisons.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const many = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  return `agrees with Keras ${keras}: ${many(layers.length, "layer")} and ${many(outputs.length, "output")}; worst at ${worst.what}: error ${worst.maxError.toExponential(1)}, ${percent(worst.ratio)} of what rounding may do\n`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}
