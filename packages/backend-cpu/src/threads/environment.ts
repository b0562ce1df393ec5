/** What this runtime has for threads: shared memory, processors, and a way to start a worker from text. */
import { hasNodeModules, nodeModule } from "../node-module.ts";

/** As many as a convolution of ordinary size can use. */
const MOST_BY_DEFAULT = 8;

/** A started worker. */
export interface WorkerHandle {
  stop(): void;
}

interface NodeWorker {
  unref(): void;
  on(event: "error", listener: (error: unknown) => void): void;
  terminate(): Promise<number>;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

/** Why memory cannot be shared here, or null. */
export function whyNotShared(): string | null {
  if (typeof SharedArrayBuffer === "undefined") return "shared memory needs a page that is cross-origin isolated";
  if (!hasNodeModules() && typeof Worker === "undefined") return "there are no workers here";
  return null;
}

/** The number of threads where none is asked for. */
export function defaultThreads(): number {
  const os = nodeModule("node:os") as { availableParallelism(): number } | undefined;
  const processors = os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(MOST_BY_DEFAULT, processors));
}

/** Starts a worker that never keeps a process alive. `failed` is called when it cannot start, or stops by an error. */
export function startWorker(source: string, data: unknown, failed: (error: unknown) => void): WorkerHandle {
  const node = nodeModule("node:worker_threads") as NodeThreads | undefined;
  if (node) {
    const worker = new node.Worker(source, { eval: true, workerData: data, execArgv: [], name: "keras-ts" });
    worker.on("error", failed);
    worker.unref();
    return { stop: () => void worker.terminate() };
  }
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "keras-ts" });
  worker.addEventListener("error", (event) => {
    failed(event.message);
  });
  worker.postMessage(data);
  return {
    stop() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
