/** A kernel chosen for an op and its shapes: one parameter block, or one for each of the parts that threads share. */
import { type Executable, type Op, outputShape, type Shape, sizeOf } from "@keras-ts/core";
import { type CallList, NOWHERE, type RecordedOperands } from "./call-list.ts";
import { rangesOf } from "./divide.ts";
import type { Heap } from "./heap.ts";
import type { KernelPlan } from "./kernels/kernel-plan.ts";
import { FIRST_INPUT, OUTPUT, WEIGHTS, WORKSPACE } from "./parameter-block.ts";
import { type Layout, selectKernel } from "./select.ts";
import type { ThreadPool } from "./threads/thread-pool.ts";
import type { KernelModule, KernelName } from "./wasm.ts";

/** A filled parameter block, and where its part begins: bytes after the first of each operand. */
interface Part {
  readonly address: number;
  readonly output: number;
  readonly inputs: readonly number[];
  readonly weights: number;
  readonly workspace: number;
}

/** How the kernels are called. */
export interface Engine {
  readonly module: KernelModule;
  readonly heap: Heap;
  readonly threads: ThreadPool | null;
  /** Work of the smallest part (`LEAST_WORK`). */
  readonly leastWork: number;
}

export class CpuExecutable implements Executable {
  readonly op: Op;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly kernel: string;
  readonly workspace: number;
  readonly layout: Layout | null;
  readonly inputSizes: readonly number[];
  readonly outputSize: number;
  readonly heap: Heap;
  readonly #engine: Engine;
  readonly #name: KernelName | null;
  readonly #inputWords: readonly number[];
  readonly #parts: readonly Part[];
  readonly #addresses: readonly number[];
  freed = false;

  constructor(engine: Engine, op: Op, inputs: readonly Shape[]) {
    const output = outputShape(op, inputs);
    const shapes = { inputs, x: inputs[0] ?? [], output };
    const row = selectKernel(op, shapes);
    this.op = op;
    this.inputShapes = inputs;
    this.outputShape = output;
    this.kernel = `${row.name}__${engine.module.target}`;
    this.layout = row.layout;
    this.inputSizes = inputs.map(sizeOf);
    this.outputSize = sizeOf(output);
    this.heap = engine.heap;
    this.#engine = engine;
    // The kernel of an empty output does nothing.
    const division = this.outputSize === 0 ? null : row.divides?.(op, shapes);
    const ranges = division
      ? rangesOf(division, engine.threads?.threads ?? 1, engine.leastWork)
      : [{ begin: 0, end: 0 }];
    const plans = this.outputSize === 0 ? [] : ranges.map((range) => row.build(op, shapes, range));
    this.#name = plans[0]?.kernel ?? null;
    this.#inputWords = plans[0]?.inputWords ?? inputs.map((_, i) => FIRST_INPUT + i);
    const scratch = Math.max(0, ...plans.map(({ workspace }) => aligned(workspace)));
    this.workspace = plans.length > 1 ? scratch * plans.length : (plans[0]?.workspace ?? 0);
    this.#parts = plans.map((plan, i) => placed(plan, engine.heap, i * scratch));
    this.#addresses = this.#parts.map(({ address }) => address);
  }

  /** Writes the pointers and calls the kernel. All numbers are addresses; `inputs` may hold more than there are inputs. */
  run(output: number, weights: number, workspace: number, inputs: readonly number[]): void {
    const words = this.heap.i32;
    const numInputs = this.inputSizes.length;
    for (const part of this.#parts) {
      const block = part.address >>> 2;
      words[block + OUTPUT] = output + part.output;
      words[block + WEIGHTS] = weights + part.weights;
      words[block + WORKSPACE] = workspace + part.workspace;
      for (let i = 0; i < numInputs; i++)
        words[block + (this.#inputWords[i] ?? 0)] = (inputs[i] ?? 0) + (part.inputs[i] ?? 0);
    }
    if (this.#name === null) return;
    const { module, threads } = this.#engine;
    if (threads !== null && this.#addresses.length > 1) threads.run(this.#name, this.#addresses);
    else module.kernels[this.#name](this.#addresses[0] ?? 0);
  }

  /**
   * Adds what `run` does to a list that is being recorded: operands are places in its table of addresses, weights an address. The kernel itself
   * is called by the list unless threads share it.
   */
  record(list: CallList, { output, weights, workspace, inputs }: RecordedOperands): void {
    const { module, threads } = this.#engine;
    if (this.#name === null) return;
    const shared = threads !== null && this.#parts.length > 1;
    for (const part of this.#parts) {
      list.begin(shared ? 0 : module.places[this.#name], part.address);
      list.pointer(OUTPUT, output, part.output);
      if (this.layout !== null) list.pointer(WEIGHTS, NOWHERE, weights + part.weights);
      if (this.workspace > 0) list.pointer(WORKSPACE, workspace, part.workspace);
      for (let i = 0; i < inputs.length; i++)
        list.pointer(this.#inputWords[i] ?? 0, inputs[i] ?? NOWHERE, part.inputs[i] ?? 0);
    }
    if (shared) list.interrupt({ threads, kernel: this.#name, blocks: this.#addresses });
  }

  free(): void {
    for (const address of this.#addresses) this.heap.free(address);
  }
}

function placed(plan: KernelPlan, heap: Heap, workspace: number): Part {
  return {
    address: plan.block.place(heap),
    output: 4 * (plan.outputOffset ?? 0),
    inputs: (plan.inputOffsets ?? []).map((offset) => 4 * offset),
    weights: 4 * (plan.weightsOffset ?? 0),
    workspace: 4 * workspace,
  };
}

/** Whole cache lines, so that threads do not write to the same one. */
function aligned(floats: number): number {
  return 16 * Math.ceil(floats / 16);
}
