/**
 * The words through which threads share a job: a kernel, and the parameter blocks of its parts. `NEXT` holds which job it is, how many
 * parts it has and which is to be taken next, so that taking a part is one compare-and-exchange and nobody takes a part of a job
 * that is over: a job stays as long as a part of it is not done.
 */

/** Job number in the upper bits, then the count of parts, then the next part. */
export const NEXT = 0;
/** Parts that are done. */
export const DONE = 1;
export const KERNEL = 2;
/** 1 once a kernel stopped in a worker. */
export const FAILED = 3;
/** Workers that have started. */
export const READY = 4;
/** Addresses of the parts' parameter blocks. */
export const BLOCKS = 16;

const INDEX_BITS = 8;
const INDEX_MASK = (1 << INDEX_BITS) - 1;
const JOB_MASK = (1 << (31 - 2 * INDEX_BITS)) - 1;

/** The most parts a job may have. */
export const MOST_PARTS = INDEX_MASK;

/** What `NEXT` is when a job begins. */
export function jobWord(job: number, parts: number): number {
  return ((job & JOB_MASK) << (2 * INDEX_BITS)) | (parts << INDEX_BITS);
}

/** How long a worker that has nothing to do keeps looking before it sleeps, in milliseconds: the steps of a plan follow each other. */
const LOOKING = 0.1;

/**
 * What a worker runs; text, because no bundler has to find it. Told `module`, `memory`, `control` and the kernels' names, it takes parts as long as
 * there are any, looks a little longer, and sleeps until `NEXT` changes.
 */
export const WORKER_SOURCE = `"use strict";
function start({ module, memory, control, names }) {
  const words = new Int32Array(control);
  const env = { memory, abort() { throw new Error("A kernel stopped."); } };
  const { exports } = new WebAssembly.Instance(module, { env });
  const kernels = names.map((name) => exports[name]);
  Atomics.add(words, ${READY}, 1);
  let idleSince = performance.now();
  for (;;) {
    const next = Atomics.load(words, ${NEXT});
    const part = next & ${INDEX_MASK};
    if (part < ((next >>> ${INDEX_BITS}) & ${INDEX_MASK})) {
      if (Atomics.compareExchange(words, ${NEXT}, next, next + 1) !== next) continue;
      try {
        kernels[Atomics.load(words, ${KERNEL})](Atomics.load(words, ${BLOCKS} + part));
      } catch {
        Atomics.store(words, ${FAILED}, 1);
      }
      Atomics.add(words, ${DONE}, 1);
      Atomics.notify(words, ${DONE});
      idleSince = performance.now();
    } else if (performance.now() - idleSince > ${LOOKING}) {
      Atomics.wait(words, ${NEXT}, next);
      idleSince = performance.now();
    }
  }
}
const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node) start(node.workerData);
else self.onmessage = ({ data }) => start(data);
`;

/** Takes the next part of the job that `next` was read for; its index, or −1 when all are taken. */
export function takePart(words: Int32Array): number {
  for (;;) {
    const next = Atomics.load(words, NEXT);
    const part = next & INDEX_MASK;
    if (part >= ((next >>> INDEX_BITS) & INDEX_MASK)) return -1;
    if (Atomics.compareExchange(words, NEXT, next, next + 1) === next) return part;
  }
}
