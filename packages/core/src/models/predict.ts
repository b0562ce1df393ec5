/** `model.predict`: many samples, a batch at a time (Keras: `Trainer.predict`). */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { Layer } from "../layers/layer.ts";
import { setMask } from "../layers/masks.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { flatten, isList, isRecord, mapStructure, type Nested, packAs } from "../structure.ts";
import { concatRows, inScope, isTensor, keepingTensors, sliceRows, type Tensor } from "../tf.ts";
import type { KerasTensor } from "./keras-tensor.ts";
import { type PredictInput, tensorsOf } from "./predict-inputs.ts";
import { ProgressBar } from "./progress-bar.ts";

/** After each batch. */
export interface PredictProgress {
  /** Batches done. */
  readonly step: number;
  /** Batches in all, null where an iterable does not say. */
  readonly steps: number | null;
}

/** What `predict` takes besides its data. */
export interface PredictOptions {
  /** Samples a call. Default 32. Not for iterables, whose items are batches. */
  readonly batchSize?: number | null;
  /** Batches to take; all where left out. Where there are fewer, a warning says so. */
  readonly steps?: number | null;
  /**
   * 0 silent, 1 a progress bar, 2 a line at the end; "auto" (default): a bar on a terminal once it takes over a second. A page has
   * no terminal: 1 and 2 print a line to the console at the end.
   */
  readonly verbose?: "auto" | 0 | 1 | 2;
  readonly onProgress?: (progress: PredictProgress) => void;
}

interface PredictModel extends Layer {
  readonly isFunctional: boolean;
  readonly input: Nested<KerasTensor>;
}

type Batches = Iterable<PredictInput>;

/** Tensors, or a promise of them for an async iterable. The results are the caller's. */
export function predict(
  model: PredictModel,
  x: PredictInput | Batches | AsyncIterable<PredictInput>,
  options: PredictOptions,
): Nested<Tensor> | Promise<Nested<Tensor>> {
  checkArguments("predict", options, ["batchSize", "steps", "verbose", "onProgress"]);
  if (typeof x !== "object" || x === null)
    throw new ValueError(`predict takes tensors, arrays of numbers or batches of them. Received: x=${formatValue(x)}`);
  const hasBatches = isAsyncIterable(x) || isBatches(x);
  if (hasBatches && (options.batchSize ?? null) !== null)
    throw new ValueError(
      `batchSize is not for iterables, whose items are batches. Received: batch_size=${formatValue(options.batchSize)}`,
    );
  const run = new Run(model, options);
  if (isAsyncIterable(x)) return run.asynchronously(x);
  if (isBatches(x)) return run.over(x, null);
  const inputs = tensorsOf(model, x);
  try {
    return run.inBatches(inputs);
  } finally {
    for (const value of flatten(inputs)) if (!flatten<unknown>(x as Nested<unknown>).includes(value)) value.dispose();
  }
}

const INFERENCE = { training: false };

/** One call of `predict`: its options, checked, and the outputs so far, which it frees where it fails. */
class Run {
  readonly #model: PredictModel;
  readonly #options: PredictOptions;
  readonly #batchSize: number;
  readonly #bar: ProgressBar;
  readonly #parts: Tensor[][] = [];
  #structure: Nested<unknown> = null;

  constructor(model: PredictModel, options: PredictOptions) {
    const { batchSize, steps } = options;
    this.#model = model;
    this.#options = options;
    this.#batchSize = batchSize ?? 32;
    for (const [name, value] of Object.entries({ batch_size: this.#batchSize, steps: steps ?? 1 })) {
      if (!Number.isInteger(value) || value <= 0)
        throw new ValueError(`${name} must be a positive integer. Received: ${name}=${formatValue(value)}`);
    }
    const { verbose = "auto" } = options;
    if (!["auto", 0, 1, 2].includes(verbose))
      throw new ValueError(`verbose must be "auto", 0, 1 or 2. Received: verbose=${formatValue(verbose)}`);
    this.#bar = new ProgressBar(verbose);
  }

  /** Data that is all there, cut into batches. */
  inBatches(inputs: Nested<Tensor>): Nested<Tensor> {
    const [first, ...others] = flatten(inputs);
    const samples = first?.shape[0];
    if (samples === undefined || others.some(({ shape }) => shape[0] !== samples)) {
      throw new ValueError(
        `Data cardinality is ambiguous. Make sure all arrays contain the same number of samples. Received: shapes=${flatten(
          inputs,
        )
          .map(({ shape }) => formatShape(shape))
          .join(", ")}`,
      );
    }
    const size = this.#batchSize;
    const steps = Math.min(Math.max(Math.ceil(samples / size), 1), this.#options.steps ?? Number.POSITIVE_INFINITY);
    if (steps === 1 && samples <= size) return this.over([inputs as PredictInput], 1);
    const model = this.#model;
    return this.#finish(() => {
      for (let step = 0; step < steps; step++) {
        const begin = step * size;
        this.#step(
          () =>
            model.apply<Nested<Tensor>>(
              mapStructure(inputs, (x) => sliceRows(x, begin, Math.min(size, samples - begin))),
              INFERENCE,
            ),
          steps,
        );
      }
    });
  }

  /** Batches as they come; `total` where their number is known. */
  over(batches: Batches, total: number | null): Nested<Tensor> {
    return this.#finish(() => {
      for (const batch of batches) {
        this.#batch(batch, total);
        if (this.#isEnough) break;
      }
    });
  }

  /** The same for batches that are waited for. */
  async asynchronously(batches: AsyncIterable<PredictInput>): Promise<Nested<Tensor>> {
    try {
      for await (const batch of batches) {
        this.#batch(batch, null);
        if (this.#isEnough) break;
      }
    } catch (error) {
      this.#drop();
      throw error;
    }
    return this.#finish(() => undefined);
  }

  /** Asked after a batch: nobody waits for one that is not wanted. */
  get #isEnough(): boolean {
    return this.#parts.length >= (this.#options.steps ?? Number.POSITIVE_INFINITY);
  }

  #batch(batch: PredictInput, total: number | null): void {
    this.#step(
      () => {
        const inputs = tensorsOf(this.#model, batch);
        return this.#model.apply<Nested<Tensor>>(inputs, INFERENCE);
      },
      total ?? this.#options.steps ?? null,
    );
  }

  #step(fn: () => Nested<Tensor>, steps: number | null): void {
    const outputs = keepingTensors(fn, (result) => flatten(result));
    // They stay behind in the scope; what Keras's predict returns has none either.
    for (const output of flatten(outputs)) setMask(output, null);
    this.#structure = sortedStructure(outputs);
    this.#parts.push(flatten(outputs));
    const step = this.#parts.length;
    this.#bar.update(step, steps);
    this.#options.onProgress?.({ step, steps });
  }

  /** Joins the batches of each output. */
  #finish(work: () => void): Nested<Tensor> {
    try {
      work();
      this.#bar.finish(this.#parts.length);
      const [first] = this.#parts;
      if (!first) throw new ValueError(`predict was given no batch. Received: model='${this.#model.name}'`);
      this.#warnOfMissingSteps();
      if (this.#parts.length === 1) {
        this.#parts.length = 0;
        return packAs(this.#structure, first);
      }
      const joined = first.map((_, i) => inScope(() => concatRows(this.#parts.flatMap((outputs) => outputs[i] ?? []))));
      return packAs(this.#structure, joined);
    } finally {
      this.#drop();
    }
  }

  #warnOfMissingSteps(): void {
    const { steps } = this.#options;
    if ((steps ?? 0) <= this.#parts.length) return;
    // biome-ignore lint/suspicious/noConsole: Keras warns here too; nothing else would tell that samples are missing.
    console.warn(
      `predict ran out of data after ${this.#parts.length} batch(es); the outputs are those of what there was. Received: steps=${steps}, model='${this.#model.name}'`,
    );
  }

  #drop(): void {
    for (const output of this.#parts.splice(0).flat()) output.dispose();
  }
}

/** Outputs in the structure of a model's, with the keys of records sorted: what Keras's `tree` makes of dictionaries. */
function sortedStructure(outputs: Nested<unknown>): Nested<unknown> {
  if (isList(outputs)) return outputs.map(sortedStructure);
  if (!isRecord(outputs)) return null;
  const entries = Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortedStructure(item)]));
}

function isAsyncIterable(x: object): x is AsyncIterable<PredictInput> {
  return Symbol.asyncIterator in x;
}

/** Generators and the like; arrays and typed arrays are inputs themselves. */
function isBatches(x: object): x is Batches {
  return Symbol.iterator in x && !Array.isArray(x) && !ArrayBuffer.isView(x) && !isTensor(x);
}
