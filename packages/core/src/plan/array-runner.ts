/** Runs a compiled graph on typed arrays, in memory of its own: what a plan and a stream have in common. */
import type { Backend, DeviceBuffer } from "../backend/backend.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { sizeOf } from "../op/output-shape.ts";
import { type ArraySizes, arraySizes, checkArrays } from "./check-arrays.ts";
import { arenaBytes, type CompiledGraph } from "./compile.ts";
import { GraphMemory } from "./graph-memory.ts";
import type { History } from "./history.ts";
import { at, type Buffers } from "./run-steps.ts";
import { StepList } from "./step-list.ts";

/** Whose arrays they are, and of which shapes. The graph may have more inputs and outputs behind these: those of histories. */
export interface RunnerShapes {
  readonly owner: "plan" | "stream";
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
}

/** Memory is taken by the first run and held until `free`. */
export class ArrayRunner {
  readonly #backend: Backend;
  readonly #generation: number;
  readonly #graph: CompiledGraph;
  readonly #steps: StepList;
  readonly #memory: GraphMemory;
  readonly #histories: readonly History[];
  readonly #owner: string;
  readonly #inputs: ArraySizes;
  readonly #outputs: ArraySizes;

  constructor(backend: Backend, graph: CompiledGraph, shapes: RunnerShapes, histories: readonly History[] = []) {
    this.#backend = backend;
    this.#generation = backend.generation;
    this.#graph = graph;
    this.#steps = new StepList(backend, graph);
    this.#memory = new GraphMemory(backend, graph);
    this.#histories = histories;
    this.#owner = shapes.owner;
    this.#inputs = arraySizes(shapes.owner, "inputs", shapes.inputShapes);
    this.#outputs = arraySizes(shapes.owner, "outputs", shapes.outputShapes);
  }

  /** False once its backend was disposed, lost or started anew. */
  get isLive(): boolean {
    return this.#backend.generation === this.#generation;
  }

  /** What it holds between runs: nothing before the first. */
  get bytes(): number {
    if (!this.#memory.allocated) return 0;
    return arenaBytes(this.#graph.arena) + 4 * this.#graph.workspace + this.historyBytes;
  }

  /** What histories hold apart from the arena. */
  get historyBytes(): number {
    return this.#histories.reduce((total, { bytes }) => total + bytes, 0);
  }

  /** Runs, and waits for the values where the backend reads later. */
  async run(
    inputs: readonly Float32Array[],
    outputs: readonly Float32Array[] | undefined,
  ): Promise<readonly Float32Array[]> {
    if (this.#backend.readsImmediately) return this.runSync(inputs, outputs);
    const into = this.#start(inputs, outputs);
    await Promise.all(into.map((array, i) => this.#backend.read(this.#output(i), array, this.#outputs.shapes[i])));
    return into;
  }

  /** Runs and reads. UnsupportedError where the backend cannot read synchronously. */
  runSync(inputs: readonly Float32Array[], outputs: readonly Float32Array[] | undefined): readonly Float32Array[] {
    const backend = this.#backend;
    if (!backend.readSync)
      throw new UnsupportedError(
        `Backend '${backend.name}' cannot read synchronously. Use \`await ${this.#owner}.run()\`.`,
      );
    const into = this.#start(inputs, outputs);
    for (let i = 0; i < into.length; i++) backend.readSync(this.#output(i), at(into, i), this.#outputs.shapes[i]);
    return into;
  }

  /** The memory of the inputs, or of the outputs, itself. UnsupportedError where the backend has none to share. */
  views(which: "inputs" | "outputs"): Float32Array[] {
    this.ready();
    this.#allocate();
    const backend = this.#backend;
    const { shapes } = which === "inputs" ? this.#inputs : this.#outputs;
    const slots = which === "inputs" ? this.#graph.inputSlots : this.#graph.outputSlots;
    return shapes.map((shape, i) => {
      if (!backend.view)
        throw new UnsupportedError(
          `Backend '${backend.name}' has no memory to share. Pass arrays of your own to run().`,
        );
      return backend.view(at(this.#memory.buffers, at(slots, i)), shape);
    });
  }

  /** Checks that the backend is the one it was compiled for, and packs weights that changed. */
  ready(): void {
    if (!this.isLive) {
      throw new ValueError(
        `The ${this.#owner} belongs to a '${this.#backend.name}' backend that was disposed or lost. Make a new one with keras.plan().`,
      );
    }
    this.#graph.statics.refresh();
  }

  /** Runs the steps on buffers of somebody else's, by slot. `ready` comes before. */
  runOn(buffers: Buffers, workspace: DeviceBuffer | null): void {
    this.#steps.run(buffers, workspace);
  }

  /** Forgets what histories hold. */
  reset(): void {
    if (this.#memory.allocated) for (const history of this.#histories) history.reset(this.#memory.buffers);
  }

  free(): void {
    this.#steps.release();
    this.#memory.free();
    for (const history of this.#histories) history.free();
  }

  #output(i: number): DeviceBuffer {
    return at(this.#memory.buffers, at(this.#graph.outputSlots, i));
  }

  /** Checks and writes the inputs, dispatches, and returns the arrays to read into. */
  #start(inputs: readonly Float32Array[], outputs: readonly Float32Array[] | undefined): readonly Float32Array[] {
    this.ready();
    checkArrays(inputs, this.#inputs);
    if (outputs) checkArrays(outputs, this.#outputs);
    this.#allocate();
    const { buffers, workspace } = this.#memory;
    const { inputSlots } = this.#graph;
    for (let i = 0; i < inputs.length; i++)
      this.#backend.write(at(buffers, at(inputSlots, i)), at(inputs, i), this.#inputs.shapes[i]);
    this.#steps.run(buffers, workspace);
    for (let i = 0; i < this.#histories.length; i++) this.#histories[i]?.advance(buffers);
    return outputs ?? this.#outputs.shapes.map((shape) => new Float32Array(sizeOf(shape)));
  }

  #allocate(): void {
    if (this.#memory.allocated) return;
    const given = new Map<number, DeviceBuffer>();
    try {
      for (const history of this.#histories) history.allocate(given);
      this.#memory.allocate(given);
      this.reset();
    } catch (error) {
      this.free();
      throw error;
    }
  }
}
