/** A compiled forward pass: `plan(layer)` once, then `run` on typed arrays without touching tfjs or allocating. */
import { activeBackend, getBackend } from "../backend/active.ts";
import type { Backend, DeviceBuffer } from "../backend/backend.ts";
import { ValueError } from "../errors.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { adoptTensor, type Tensor } from "../tf.ts";
import { type InputShapes, type Traceable, traceForward } from "../trace/trace-forward.ts";
import type { Trace, TracedTensor } from "../trace/traced-tensor.ts";
import { ArrayRunner } from "./array-runner.ts";
import { type CompiledGraph, compileGraph, fuseWholeFor, releaseGraph } from "./compile.ts";
import { explainGraph } from "./explain.ts";
import { at } from "./run-steps.ts";
import { Stream, type StreamOptions } from "./stream.ts";

/** About what JavaScript keeps for a step: 1 KB in a long chain of recurrent steps, 17 KB where many ops were fused (MobileNetV2). */
const STEP_BYTES = 4096;

/** What `keras.plan` takes besides its target. */
export interface PlanOptions {
  /**
   * One shape an input, batch size included; in a record where `call` takes one, whose sorted keys are then the order of the
   * plan's inputs. Left out: the shapes a layer or model was built with, where all of them are known.
   */
  readonly inputShapes?: InputShapes;
}

/**
 * Compiles the inference pass of a layer or model for the active backend. A weight that changes later is picked up by
 * the next run. Throws UnsupportedError naming the layer where something cannot be planned; nothing falls back.
 */
export async function plan(target: Traceable, options: PlanOptions = {}): Promise<Plan> {
  return new Plan(target, options);
}

/** What `keras.plan` gives: the steps of a forward pass on inputs of fixed shape. Holds memory of the backend until `dispose`. */
export class Plan {
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
  readonly #backend: Backend;
  /** Owns the constants of the graph. */
  readonly #trace: Trace;
  readonly #inputs: readonly TracedTensor[];
  readonly #outputs: readonly TracedTensor[];
  readonly #graph: CompiledGraph;
  readonly #runner: ArrayRunner;
  readonly #streams = new Set<Stream>();
  #disposed = false;

  constructor(target: Traceable, options: PlanOptions) {
    checkArguments("plan", options, ["inputShapes"]);
    this.#backend = getBackend();
    const { trace, inputs, outputs } = traceForward(target, options.inputShapes);
    this.#trace = trace;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.inputShapes = inputs.map((x) => x.shape);
    this.outputShapes = outputs.map((x) => x.shape);
    try {
      this.#graph = compileGraph(this.#backend, inputs, fuseWholeFor(this.#backend, outputs));
    } catch (error) {
      trace.dispose();
      throw error;
    }
    const { inputShapes, outputShapes } = this;
    this.#runner = new ArrayRunner(this.#backend, this.#graph, { owner: "plan", inputShapes, outputShapes });
    try {
      this.#graph.statics.refresh();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * Runs on row-major values, one array an input. Fills `outputs` where given and returns that list (no array is made then), else new
   * arrays. Overlapping runs of one plan are allowed: values are read back in the order of the calls.
   */
  async run(inputs: readonly Float32Array[], outputs?: readonly Float32Array[]): Promise<readonly Float32Array[]> {
    this.#ready();
    return this.#runner.run(inputs, outputs);
  }

  /**
   * As `run`, without a promise; on the cpu backend nothing is allocated where `outputs` are given. UnsupportedError where the backend cannot
   * read synchronously.
   */
  runSync(inputs: readonly Float32Array[], outputs?: readonly Float32Array[]): readonly Float32Array[] {
    this.#ready();
    return this.#runner.runSync(inputs, outputs);
  }

  /**
   * The same computation on a signal that comes in pieces, each of the plan's input shapes, as in an audio callback: what causal convolutions read
   * before a piece is kept from the last. The stream ends with its plan. Throws UnsupportedError naming the layer where something looks ahead
   * or over all of time; nothing falls back.
   */
  stream(options: StreamOptions = {}): Stream {
    this.#ready();
    const stream = new Stream(
      {
        backend: this.#backend,
        inputs: this.#inputs,
        outputs: this.#outputs,
        ended: (ending) => this.#streams.delete(ending),
      },
      options,
    );
    this.#streams.add(stream);
    return stream;
  }

  /**
   * Runs on tensors of the backend; the results belong to the caller. Used by `apply` and `predict`. Holds no buffers
   * between calls: what happens in between is borrowed, allocated and freed here.
   */
  runTensors(inputs: readonly Tensor[]): Tensor[] {
    this.#ready();
    this.#runner.ready();
    const backend = this.#backend;
    const { arena, inputSlots, outputSlots, workspace } = this.#graph;
    const buffers: (DeviceBuffer | undefined)[] = [];
    let scratch: DeviceBuffer | null = null;
    try {
      for (const [i, x] of inputs.entries()) buffers[at(inputSlots, i)] = backend.borrow(x);
      for (const [i, slot] of arena.slots.entries()) buffers[i] ??= backend.alloc(slot.shape);
      if (workspace > 0) scratch = backend.alloc([workspace]);
      this.#runner.runOn(buffers, scratch);
      return this.outputShapes.map((shape, i) => {
        const slot = at(outputSlots, i);
        const buffer = at(buffers, slot);
        buffers[slot] = undefined;
        return adoptTensor(backend.adopt(buffer, shape));
      });
    } finally {
      for (const buffer of buffers) if (buffer) backend.free(buffer);
      if (scratch) backend.free(scratch);
    }
  }

  /**
   * The memory of the plan's inputs itself, one array an input, where the backend has memory to share (cpu). Fill them and
   * pass them to `run`: nothing is copied. They end when the backend's memory grows (their length is 0 then): ask again.
   */
  get inputs(): Float32Array[] {
    this.#ready();
    return this.#runner.views("inputs");
  }

  /** The memory of the outputs itself, likewise: passed to `run` as its second argument, they hold the results afterwards. */
  get outputs(): Float32Array[] {
    this.#ready();
    return this.#runner.views("outputs");
  }

  /** A table with one row a step: layer, op, kernel, output shape, bytes; then what the plan holds. */
  explain(): string {
    return explainGraph(this.#backend, this.#graph);
  }

  /**
   * What it holds, in bytes, by what holds it: packed weights are the same key in all plans that share them, the plan stands for its steps and
   * for the memory of runs on arrays.
   */
  get holdings(): ReadonlyMap<object, number> {
    const { statics, steps } = this.#graph;
    const holdings = new Map<object, number>(statics.packings.map((packed) => [packed, packed.bytes]));
    return holdings.set(this, steps.length * STEP_BYTES + statics.constantBytes + this.#runner.bytes);
  }

  /** How often its weights were packed: once, and again after a run that found one changed. */
  get packingRounds(): number {
    return this.#graph.statics.rounds;
  }

  /** Kernel names of the steps in order. */
  get kernels(): string[] {
    return this.#graph.steps.map(({ exe }) => exe.kernel);
  }

  /** Whether `dispose` was called. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** False once it was disposed, another backend became active, or its backend was started anew. */
  get isCurrent(): boolean {
    return !this.#disposed && activeBackend() === this.#backend && this.#runner.isLive;
  }

  /** Frees buffers, packed weights and executables, and ends its streams. Later calls do nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const stream of this.#streams) stream.dispose();
    this.#trace.dispose();
    // What an earlier start of the backend made went with it.
    if (!this.#runner.isLive) return;
    this.#runner.free();
    releaseGraph(this.#backend, this.#graph);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #ready(): void {
    if (this.#disposed) throw new ValueError("The plan was disposed. Make a new one with keras.plan().");
  }
}
