/** A compiled forward pass: `plan(layer)` once, then `run` on typed arrays without touching tfjs or allocating. */
import { getBackend } from "../backend/active.ts";
import type { Backend, DeviceBuffer } from "../backend/backend.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { sizeOf } from "../op/output-shape.ts";
import { adoptTensor, type Tensor } from "../tf.ts";
import { type Traceable, traceForward } from "../trace/trace-forward.ts";
import { arenaBytes, type CompiledGraph, compileGraph, type Operand, releaseGraph } from "./compile.ts";
import { explainTable } from "./explain.ts";

export interface PlanOptions {
  /** One shape an input, batch size included. Left out: the shape a model was built with, where all of it is known. */
  readonly inputShapes?: readonly (readonly number[])[];
}

/**
 * Compiles the inference pass of a layer or model for the active backend. A weight that changes later is picked up by
 * the next run. Throws UnsupportedError naming the layer where something cannot be planned; nothing falls back.
 */
export async function plan(target: Traceable, options: PlanOptions = {}): Promise<Plan> {
  return new Plan(target, options);
}

export class Plan {
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
  readonly #backend: Backend;
  readonly #graph: CompiledGraph;
  readonly #buffers: DeviceBuffer[] = [];
  #workspace: DeviceBuffer | null = null;
  #disposed = false;

  constructor(target: Traceable, options: PlanOptions) {
    this.#backend = getBackend();
    const { inputs, outputs } = traceForward(target, options.inputShapes);
    this.inputShapes = inputs.map((x) => x.shape);
    this.outputShapes = outputs.map((x) => x.shape);
    this.#graph = compileGraph(this.#backend, inputs, outputs);
    try {
      for (const slot of this.#graph.arena.slots) this.#buffers.push(this.#backend.alloc(slot.shape));
      if (this.#graph.workspace > 0) this.#workspace = this.#backend.alloc([this.#graph.workspace]);
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
    const into = this.#start(inputs, outputs);
    const { outputSlots } = this.#graph;
    if (this.#backend.readSync && this.#backend.readsImmediately) {
      for (let i = 0; i < into.length; i++) this.#backend.readSync(this.#buffer(outputSlots[i]), at(into, i), this.outputShapes[i]);
      return into;
    }
    await Promise.all(into.map((array, i) => this.#backend.read(this.#buffer(outputSlots[i]), array, this.outputShapes[i])));
    return into;
  }

  /** As `run`, without a promise. UnsupportedError where the backend cannot read synchronously. */
  runSync(inputs: readonly Float32Array[], outputs?: readonly Float32Array[]): Float32Array[] {
    if (!this.#backend.readSync) throw new UnsupportedError(`Backend '${this.#backend.name}' cannot read synchronously. Use \`await plan.run()\`.`);
    const into = this.#start(inputs, outputs);
    for (let i = 0; i < into.length; i++) {
      this.#backend.readSync(this.#buffer(this.#graph.outputSlots[i]), at(into, i), this.outputShapes[i]);
    }
    return into;
  }

  /** Runs on tensors of the backend; the results belong to the caller. Used by `apply` and `predict`. */
  runTensors(inputs: readonly Tensor[]): Tensor[] {
    this.#ready();
    const backend = this.#backend;
    const swapped = new Map<number, DeviceBuffer>();
    const results: Tensor[] = [];
    try {
      for (const [i, x] of inputs.entries()) swapped.set(at(this.#graph.inputSlots, i), backend.borrow(x));
      for (const [i, shape] of this.outputShapes.entries()) swapped.set(at(this.#graph.outputSlots, i), backend.alloc(shape));
      this.#dispatch(swapped);
      for (const [i, shape] of this.outputShapes.entries()) {
        const slot = at(this.#graph.outputSlots, i);
        const buffer = swapped.get(slot);
        swapped.delete(slot);
        if (buffer) results.push(adoptTensor(backend.adopt(buffer, shape)));
      }
      return results;
    } finally {
      for (const buffer of swapped.values()) backend.free(buffer);
    }
  }

  /** A table with one row a step: layer, op, kernel, output shape, bytes; then what the plan holds. */
  explain(): string {
    const { steps, arena, statics, workspace } = this.#graph;
    return explainTable(steps, { backend: this.#backend.name, arenaBytes: arenaBytes(arena), packedBytes: statics.packedBytes, workspaceBytes: 4 * workspace });
  }

  /** Kernel names of the steps in order. */
  get kernels(): string[] {
    return this.#graph.steps.map(({ exe }) => exe.kernel);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Frees buffers, packed weights and executables. Later calls do nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const buffer of this.#buffers.splice(0)) this.#backend.free(buffer);
    if (this.#workspace) this.#backend.free(this.#workspace);
    this.#workspace = null;
    releaseGraph(this.#backend, this.#graph);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Checks and writes the inputs, dispatches, and returns the arrays to read into. */
  #start(inputs: readonly Float32Array[], outputs: readonly Float32Array[] | undefined): Float32Array[] {
    this.#ready();
    checkArrays("inputs", inputs, this.inputShapes);
    if (outputs) checkArrays("outputs", outputs, this.outputShapes);
    for (let i = 0; i < inputs.length; i++) {
      this.#backend.write(this.#buffer(this.#graph.inputSlots[i]), at(inputs, i), this.inputShapes[i]);
    }
    this.#dispatch(null);
    return outputs ? (outputs as Float32Array[]) : this.outputShapes.map((shape) => new Float32Array(sizeOf(shape)));
  }

  #ready(): void {
    if (this.#disposed) throw new ValueError("The plan was disposed. Make a new one with keras.plan().");
    this.#graph.statics.refresh();
  }

  #dispatch(swapped: ReadonlyMap<number, DeviceBuffer> | null): void {
    for (const step of this.#graph.steps) {
      const inputs = step.inputs.map((x) => this.#operand(x, swapped));
      const output = swapped?.get(step.output) ?? this.#buffer(step.output);
      if (!step.dynamicWeights) {
        this.#backend.dispatch(step.exe, step.weights?.packed ?? null, inputs, output, this.#workspace);
        continue;
      }
      const packed = this.#backend.pack(step.exe.op, step.dynamicWeights.map((w) => this.#operand(w, swapped)));
      try {
        this.#backend.dispatch(step.exe, packed, inputs, output, this.#workspace);
      } finally {
        this.#backend.release(packed);
      }
    }
  }

  #operand(operand: Operand, swapped: ReadonlyMap<number, DeviceBuffer> | null): DeviceBuffer {
    if ("constant" in operand) {
      if (!operand.constant.buffer) throw new TypeError("A constant of the plan was freed.");
      return operand.constant.buffer;
    }
    return swapped?.get(operand.slot) ?? this.#buffer(operand.slot);
  }

  #buffer(slot: number | undefined): DeviceBuffer {
    const buffer = this.#buffers[slot ?? -1];
    if (!buffer) throw new TypeError(`The plan has no buffer ${slot}.`);
    return buffer;
  }
}

function checkArrays(name: string, arrays: readonly Float32Array[], shapes: readonly (readonly number[])[]): void {
  if (!Array.isArray(arrays) || arrays.length !== shapes.length) {
    throw new ValueError(`The plan takes ${shapes.length} ${name}. Received: ${name}.length=${Array.isArray(arrays) ? arrays.length : typeof arrays}`);
  }
  for (const [i, array] of arrays.entries()) {
    const shape = shapes[i] ?? [];
    if (!(array instanceof Float32Array)) throw new ValueError(`${name}[${i}] must be a Float32Array. Received: ${Object.prototype.toString.call(array)}`);
    if (array.length !== sizeOf(shape)) {
      throw new ValueError(`${name}[${i}] must hold ${sizeOf(shape)} values for shape ${formatShape(shape)}. Received: length=${array.length}`);
    }
  }
}

function at<T>(list: readonly T[], i: number): T {
  const item = list[i];
  if (item === undefined) throw new RangeError(`No item ${i} among ${list.length}.`);
  return item;
}
