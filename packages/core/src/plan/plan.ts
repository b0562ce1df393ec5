/** A compiled forward pass: `plan(layer)` once, then `run` on typed arrays without touching tfjs or allocating. */
import { activeBackend, getBackend } from "../backend/active.ts";
import type { Backend, DeviceBuffer } from "../backend/backend.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { sizeOf } from "../op/output-shape.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { adoptTensor, type Tensor } from "../tf.ts";
import { type InputShapes, type Traceable, traceForward } from "../trace/trace-forward.ts";
import type { Trace } from "../trace/traced-tensor.ts";
import { arenaBytes, type CompiledGraph, compileGraph, type Operand, releaseGraph } from "./compile.ts";
import { explainTable } from "./explain.ts";

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
  readonly #generation: number;
  /** Owns the constants of the graph. */
  readonly #trace: Trace;
  readonly #graph: CompiledGraph;
  /** The arena, allocated by the first `run` on arrays. */
  #buffers: DeviceBuffer[] = [];
  #workspace: DeviceBuffer | null = null;
  #disposed = false;

  constructor(target: Traceable, options: PlanOptions) {
    checkArguments("plan", options, ["inputShapes"]);
    this.#backend = getBackend();
    this.#generation = this.#backend.generation;
    const { trace, inputs, outputs } = traceForward(target, options.inputShapes);
    this.#trace = trace;
    this.inputShapes = inputs.map((x) => x.shape);
    this.outputShapes = outputs.map((x) => x.shape);
    try {
      this.#graph = compileGraph(this.#backend, inputs, outputs);
    } catch (error) {
      trace.dispose();
      throw error;
    }
    try {
      this.#graph.statics.refresh();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * Runs on row-major values, one array an input. Fills `outputs` where given (nothing is allocated then), else new
   * arrays. Overlapping runs of one plan are allowed: values are read back in the order of the calls.
   */
  async run(inputs: readonly Float32Array[], outputs?: readonly Float32Array[]): Promise<Float32Array[]> {
    if (this.#backend.readsImmediately) return this.runSync(inputs, outputs);
    const into = this.#start(inputs, outputs);
    await Promise.all(into.map((array, i) => this.#backend.read(this.#output(i), array, this.outputShapes[i])));
    return [...into];
  }

  /** As `run`, without a promise. UnsupportedError where the backend cannot read synchronously. */
  runSync(inputs: readonly Float32Array[], outputs?: readonly Float32Array[]): Float32Array[] {
    if (!this.#backend.readSync)
      throw new UnsupportedError(
        `Backend '${this.#backend.name}' cannot read synchronously. Use \`await plan.run()\`.`,
      );
    const into = this.#start(inputs, outputs);
    for (let i = 0; i < into.length; i++) this.#backend.readSync(this.#output(i), at(into, i), this.outputShapes[i]);
    return [...into];
  }

  #output(i: number): DeviceBuffer {
    return at(this.#buffers, at(this.#graph.outputSlots, i));
  }

  /**
   * Runs on tensors of the backend; the results belong to the caller. Used by `apply` and `predict`. Holds no buffers
   * between calls: what happens in between is borrowed, allocated and freed here.
   */
  runTensors(inputs: readonly Tensor[]): Tensor[] {
    this.#ready();
    const backend = this.#backend;
    const { arena, inputSlots, outputSlots, workspace } = this.#graph;
    const buffers: (DeviceBuffer | undefined)[] = [];
    let scratch: DeviceBuffer | null = null;
    try {
      for (const [i, x] of inputs.entries()) buffers[at(inputSlots, i)] = backend.borrow(x);
      for (const [i, slot] of arena.slots.entries()) buffers[i] ??= backend.alloc(slot.shape);
      if (workspace > 0) scratch = backend.alloc([workspace]);
      this.#dispatch(buffers, scratch);
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
    return this.#views(this.#graph.inputSlots, this.inputShapes);
  }

  /** The memory of the outputs itself, likewise: passed to `run` as its second argument, they hold the results afterwards. */
  get outputs(): Float32Array[] {
    return this.#views(this.#graph.outputSlots, this.outputShapes);
  }

  /** A table with one row a step: layer, op, kernel, output shape, bytes; then what the plan holds. */
  explain(): string {
    const { steps, arena, statics, workspace } = this.#graph;
    return explainTable(steps, {
      backend: this.#backend.name,
      arenaBytes: arenaBytes(arena),
      packedBytes: statics.packedBytes,
      workspaceBytes: 4 * workspace,
    });
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
    return !this.#disposed && activeBackend() === this.#backend && this.#backend.generation === this.#generation;
  }

  /** Frees buffers, packed weights and executables. Later calls do nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#trace.dispose();
    // What an earlier start of the backend made went with it.
    if (this.#backend.generation !== this.#generation) return;
    for (const buffer of this.#buffers) this.#backend.free(buffer);
    this.#buffers = [];
    if (this.#workspace) this.#backend.free(this.#workspace);
    this.#workspace = null;
    releaseGraph(this.#backend, this.#graph);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Checks and writes the inputs, dispatches, and returns the arrays to read into. */
  #start(inputs: readonly Float32Array[], outputs: readonly Float32Array[] | undefined): readonly Float32Array[] {
    this.#ready();
    checkArrays("inputs", inputs, this.inputShapes);
    if (outputs) checkArrays("outputs", outputs, this.outputShapes);
    if (this.#buffers.length === 0) this.#allocate();
    for (let i = 0; i < inputs.length; i++) {
      this.#backend.write(at(this.#buffers, at(this.#graph.inputSlots, i)), at(inputs, i), this.inputShapes[i]);
    }
    this.#dispatch(this.#buffers, this.#workspace);
    return outputs ?? this.outputShapes.map((shape) => new Float32Array(sizeOf(shape)));
  }

  #views(slots: readonly number[], shapes: readonly (readonly number[])[]): Float32Array[] {
    this.#ready();
    const backend = this.#backend;
    if (this.#buffers.length === 0) this.#allocate();
    return slots.map((slot, i) => {
      if (!backend.view)
        throw new UnsupportedError(
          `Backend '${backend.name}' has no memory to share. Pass arrays of your own to run().`,
        );
      return backend.view(at(this.#buffers, slot), shapes[i]);
    });
  }

  #allocate(): void {
    const made: DeviceBuffer[] = [];
    try {
      for (const slot of this.#graph.arena.slots) made.push(this.#backend.alloc(slot.shape));
      if (this.#graph.workspace > 0) this.#workspace = this.#backend.alloc([this.#graph.workspace]);
    } catch (error) {
      for (const buffer of made) this.#backend.free(buffer);
      throw error;
    }
    this.#buffers = made;
  }

  #ready(): void {
    if (this.#disposed) throw new ValueError("The plan was disposed. Make a new one with keras.plan().");
    if (this.#backend.generation !== this.#generation) {
      throw new ValueError(
        `The plan belongs to a '${this.#backend.name}' backend that was disposed or lost. Make a new one with keras.plan().`,
      );
    }
    this.#graph.statics.refresh();
  }

  #dispatch(buffers: readonly (DeviceBuffer | undefined)[], workspace: DeviceBuffer | null): void {
    for (const step of this.#graph.steps) {
      const { operands } = step;
      for (let i = 0; i < operands.length; i++) operands[i] = resolve(step.inputs[i], buffers);
      const output = at(buffers, step.output);
      if (!step.dynamicWeights) {
        this.#backend.dispatch(step.exe, step.weights?.packed ?? null, operands, output, workspace);
        continue;
      }
      const packed = this.#backend.pack(
        step.exe.op,
        step.dynamicWeights.map((w) => resolve(w, buffers)),
      );
      try {
        this.#backend.dispatch(step.exe, packed, operands, output, workspace);
      } finally {
        this.#backend.release(packed);
      }
    }
  }
}

function resolve(operand: Operand | undefined, buffers: readonly (DeviceBuffer | undefined)[]): DeviceBuffer {
  if (operand && "slot" in operand) return at(buffers, operand.slot);
  if (!operand?.constant.buffer) throw new TypeError("An operand of the plan was freed.");
  return operand.constant.buffer;
}

function checkArrays(name: string, arrays: readonly Float32Array[], shapes: readonly (readonly number[])[]): void {
  if (!Array.isArray(arrays) || arrays.length !== shapes.length) {
    throw new ValueError(
      `The plan takes ${shapes.length} ${name}. Received: ${name}.length=${Array.isArray(arrays) ? arrays.length : typeof arrays}`,
    );
  }
  for (const [i, array] of arrays.entries()) {
    const shape = shapes[i] ?? [];
    if (!(array instanceof Float32Array))
      throw new ValueError(`${name}[${i}] must be a Float32Array. Received: ${Object.prototype.toString.call(array)}`);
    if (array.length !== sizeOf(shape)) {
      throw new ValueError(
        `${name}[${i}] must hold ${sizeOf(shape)} values for shape ${formatShape(shape)}. Received: length=${array.length}` +
          (array.length === 0
            ? ". A view of the plan's memory ends when that memory grows: read plan.inputs and plan.outputs again."
            : ""),
      );
    }
  }
}

function at<T>(list: readonly (T | undefined)[], i: number): T {
  const item = list[i];
  if (item === undefined) throw new RangeError(`No item ${i} among ${list.length}.`);
  return item;
}
