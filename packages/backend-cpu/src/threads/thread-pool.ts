/**
 * Threads that run the parts of one kernel call together with the caller. Workers start with the first call that has parts; until they have,
 * and where they cannot, the caller does all parts itself. Nothing depends on who does which part.
 */
import { KERNEL_NAMES, type KernelModule, type KernelName } from "../wasm.ts";
import { BLOCKS, DONE, FAILED, jobWord, KERNEL, LEFT, MOST_PARTS, READY, takePart, WORKER_SOURCE } from "./control.ts";
import { startWorker, type WorkerHandle } from "./environment.ts";

/** How often the caller looks whether the others are done before it sleeps: some microseconds. */
const LOOKS = 2000;

export class ThreadPool {
  /** The caller's thread included. */
  readonly threads: number;
  readonly #module: KernelModule;
  readonly #words: Int32Array;
  #workers: WorkerHandle[] | null = null;
  readonly #maySleep: boolean;
  #job = 0;
  #partsOfWorkers = 0;
  #failure: string | null = null;

  constructor(module: KernelModule, threads: number) {
    this.threads = threads;
    this.#module = module;
    this.#words = new Int32Array(new SharedArrayBuffer(4 * (BLOCKS + MOST_PARTS)));
    this.#maySleep = mayThisThreadSleep(this.#words);
  }

  /** Parts that workers did so far. */
  get partsOfWorkers(): number {
    return this.#partsOfWorkers;
  }

  /** Workers that have started. */
  get ready(): number {
    return Atomics.load(this.#words, READY);
  }

  /** Why the workers could not be started, once that is known. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Calls a kernel for the parameter blocks at these addresses, in any order, and returns when all are done. */
  run(kernel: KernelName, blocks: readonly number[]): void {
    this.#workers ??= this.#start();
    const words = this.#words;
    Atomics.store(words, KERNEL, KERNEL_NAMES.indexOf(kernel));
    for (let i = 0; i < blocks.length; i++) Atomics.store(words, BLOCKS + i, blocks[i] ?? 0);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, LEFT, jobWord(++this.#job, blocks.length));
    Atomics.notify(words, LEFT);
    const call = this.#module.kernels[kernel];
    let own = 0;
    for (let part = takePart(words); part >= 0; part = takePart(words)) {
      call(blocks[part] ?? 0);
      Atomics.add(words, DONE, 1);
      own++;
    }
    this.#wait(blocks.length);
    this.#partsOfWorkers += blocks.length - own;
    if (Atomics.load(words, FAILED) !== 0) throw new Error("A kernel stopped in a worker.");
  }

  /** Parts are small, so the others are nearly done; who was interrupted may take longer, and then this thread sleeps where it may. */
  #wait(parts: number): void {
    const words = this.#words;
    for (let looks = 0; ; looks++) {
      const done = Atomics.load(words, DONE);
      if (done >= parts) return;
      if (looks > LOOKS && this.#maySleep) Atomics.wait(words, DONE, done, 1);
    }
  }

  stop(): void {
    for (const worker of this.#workers ?? []) worker.stop();
    this.#workers = [];
  }

  #start(): WorkerHandle[] {
    const { module, memory } = this.#module;
    const data = { module, memory, control: this.#words.buffer, names: KERNEL_NAMES };
    const failed = (error: unknown): void => {
      this.#failure ??= error instanceof Error ? error.message : String(error);
    };
    const workers: WorkerHandle[] = [];
    try {
      while (workers.length < this.threads - 1) workers.push(startWorker(WORKER_SOURCE, data, failed));
    } catch (error) {
      failed(error); // a page's security policy may forbid workers made of text
    }
    return workers;
  }
}

/** A page's own thread must not. */
function mayThisThreadSleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, LEFT, 1, 0);
    return true;
  } catch {
    return false;
  }
}
