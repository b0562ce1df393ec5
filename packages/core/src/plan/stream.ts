/** A plan that goes on where it stopped: each call takes the next frames of a signal and gives what the whole signal would have given there. */
import type { Backend } from "../backend/backend.ts";
import { ValueError } from "../errors.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import { ArrayRunner } from "./array-runner.ts";
import { type CompiledGraph, releaseGraph } from "./compile.ts";
import { compileStream } from "./compile-stream.ts";
import { explainGraph } from "./explain.ts";

/** What `plan.stream` takes. */
export interface StreamOptions {
  /** The axis of all inputs that is time. Default 1; 2 for sequences whose channels come first. */
  readonly timeAxis?: number;
}

/** A plan as its streams see it. */
export interface StreamSource {
  readonly backend: Backend;
  readonly inputs: readonly TracedTensor[];
  readonly outputs: readonly TracedTensor[];
  /** Told when a stream is disposed. */
  readonly ended: (stream: Stream) => void;
}

/**
 * What `plan.stream()` gives: the plan on successive pieces of a signal, each of the plan's input shapes. A call computes its own frames only; what
 * convolutions and poolings read before them is kept from earlier calls. The samples of a batch are signals of their own.
 *
 * Results agree with the plan of the whole signal within float32 rounding, not always to the bit: for the fewer rows of a call another kernel may be
 * chosen, which adds an output's terms in another order. Zeros before the signal are multiplied here, so that an infinite or NaN weight spreads to
 * the first frames. A weight that changes counts from the next call on; what is kept was computed with the old one.
 */
export class Stream {
  /** Shapes of one call. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
  /** Frames of the first input that one frame of an output depends on, its own included. */
  readonly receptiveField: number;
  readonly #source: StreamSource;
  readonly #graph: CompiledGraph;
  readonly #runner: ArrayRunner;
  #disposed = false;

  /** `plan.stream()` makes them. */
  constructor(source: StreamSource, options: StreamOptions) {
    checkArguments("plan.stream", options, ["timeAxis"]);
    const { timeAxis = 1 } = options;
    if (!Number.isInteger(timeAxis) || timeAxis < 1)
      throw new ValueError(`timeAxis must be an integer of at least 1. Received: timeAxis=${timeAxis}`);
    const { backend, inputs, outputs } = source;
    const { graph, histories, receptiveField } = compileStream(backend, inputs, outputs, timeAxis);
    this.#source = source;
    this.#graph = graph;
    this.inputShapes = inputs.map(({ shape }) => shape);
    this.outputShapes = outputs.map(({ shape }) => shape);
    this.receptiveField = receptiveField;
    const { inputShapes, outputShapes } = this;
    this.#runner = new ArrayRunner(backend, graph, { owner: "stream", inputShapes, outputShapes }, histories);
    try {
      this.#runner.ready();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * The next frames, row-major, one array an input. Fills `outputs` where given and returns that list, else new arrays. Overlapping runs are
   * taken in the order of the calls.
   */
  async run(inputs: readonly Float32Array[], outputs?: readonly Float32Array[]): Promise<readonly Float32Array[]> {
    this.#ready();
    return this.#runner.run(inputs, outputs);
  }

  /**
   * As `run`, without a promise; on the cpu backend nothing is allocated where `outputs` are given. UnsupportedError where the backend cannot read
   * synchronously.
   */
  runSync(inputs: readonly Float32Array[], outputs?: readonly Float32Array[]): readonly Float32Array[] {
    this.#ready();
    return this.#runner.runSync(inputs, outputs);
  }

  /** Begins a new signal: what was kept is forgotten. */
  reset(): void {
    this.#ready();
    this.#runner.reset();
  }

  /** As `plan.explain()`, of one call. The arena holds what is kept between calls, too. */
  explain(): string {
    return explainGraph(this.#source.backend, this.#graph, this.#runner.historyBytes);
  }

  /** Whether `dispose` was called, of the stream or of its plan. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Frees what it holds. Later calls do nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#source.ended(this);
    // What an earlier start of the backend made went with it.
    if (!this.#runner.isLive) return;
    this.#runner.free();
    releaseGraph(this.#source.backend, this.#graph);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #ready(): void {
    if (this.#disposed)
      throw new ValueError("The stream, or its plan, was disposed. Make a new one with plan.stream().");
  }
}
