/** Kernel calls that WebAssembly makes by itself, one after another (`assembly/run-list.ts`), and those in between that threads share. */
import type { Heap } from "./heap.ts";
import type { ThreadPool } from "./threads/thread-pool.ts";
import type { KernelModule, KernelName } from "./wasm.ts";

/** Operands of a recorded call: places in the table of addresses, but for `weights`, which lie where they lie. */
export interface RecordedOperands {
  readonly output: number;
  readonly weights: number;
  readonly workspace: number;
  readonly inputs: readonly number[];
}

/** The place whose address is 0: what is added to it is the address itself. */
export const NOWHERE = 0;
export const WORKSPACE_PLACE = 1;
/** The place of the first buffer. */
export const FIRST_PLACE = 2;

/** A call of a kernel that has parts for several threads. */
interface SharedCall {
  readonly threads: ThreadPool;
  readonly kernel: KernelName;
  readonly blocks: readonly number[];
}

/** Entries of the list, in words, then a call from JavaScript; null after the last. */
interface Stretch {
  readonly begin: number;
  end: number;
  shared: SharedCall | null;
}

/** Filled by `begin`, `pointer` and `interrupt`, then placed on the heap, then run. */
export class CallList {
  readonly #words: number[] = [];
  readonly #stretches: Stretch[] = [];
  #counted = 0;
  #address = 0;
  #table = 0;

  /** An entry; 0 for no kernel. */
  begin(kernel: number, block: number): void {
    if (this.#stretches.at(-1)?.shared !== null)
      this.#stretches.push({ begin: this.#words.length, end: this.#words.length, shared: null });
    this.#words.push(kernel, block, 0);
    this.#counted = this.#words.length - 1;
    this.#close();
  }

  /** A pointer of the last entry: word `word` of its block becomes the address at `place` and `bytes` more. */
  pointer(word: number, place: number, bytes: number): void {
    this.#words.push(4 * word, 4 * place, bytes);
    this.#words[this.#counted] = (this.#words[this.#counted] ?? 0) + 1;
    this.#close();
  }

  /** Has threads make a call behind the entries so far. */
  interrupt(call: SharedCall): void {
    const last = this.#stretches.at(-1);
    if (last) last.shared = call;
  }

  /** Takes room for the list and for the addresses of so many buffers. */
  place(heap: Heap, numBuffers: number): void {
    const length = this.#words.length;
    this.#address = heap.alloc(4 * (length + FIRST_PLACE + numBuffers));
    this.#table = this.#address + 4 * length;
    heap.i32.set(this.#words, this.#address >>> 2);
    heap.i32.fill(0, this.#table >>> 2, (this.#table >>> 2) + FIRST_PLACE + numBuffers);
    this.#words.length = 0;
  }

  /** Index of the table's first word among the heap's. */
  get table(): number {
    return this.#table >>> 2;
  }

  /** Makes the calls, with the addresses that stand in the table. */
  run(module: KernelModule): void {
    const stretches = this.#stretches;
    for (let i = 0; i < stretches.length; i++) {
      const stretch = stretches[i];
      if (stretch === undefined) continue;
      module.runList(this.#address + 4 * stretch.begin, this.#address + 4 * stretch.end, this.#table);
      stretch.shared?.threads.run(stretch.shared.kernel, stretch.shared.blocks);
    }
  }

  free(heap: Heap): void {
    heap.free(this.#address);
  }

  #close(): void {
    const last = this.#stretches.at(-1);
    if (last) last.end = this.#words.length;
  }
}
