/**
 * The words through which threads share a job: a kernel, and the parameter blocks of its parts. `LEFT` holds which job it is and which
 * parts are left, so that taking one is one compare-and-exchange and nobody takes a part of a job that is over: a job stays as long
 * as a part of it is not done. The caller takes the first part that is left and workers the last, so that on two threads each has one
 * side of every image in its own caches, from op to op.
 */

/** Job number in the upper bits, then behind the last part that is left, then the first one. */
export const LEFT = 0;
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

/** What `LEFT` is when a job begins. */
export function jobWord(job: number, parts: number): number {
  return ((job & JOB_MASK) << (2 * INDEX_BITS)) | (parts << INDEX_BITS);
}

/** How long a worker that has nothing to do keeps looking before it sleeps, in milliseconds: the steps of a plan follow each other. */
const LOOKING = 0.1;

/**
 * What a worker runs; text, because no bundler has to find it. Told `module`, `memory`, `control` and the kernels' names, it takes parts as long as
 * there are any, looks a little longer, and sleeps until `LEFT` changes.
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
    const left = Atomics.load(words, ${LEFT});
    const part = ((left >>> ${INDEX_BITS}) & ${INDEX_MASK}) - 1;
    if (part >= (left & ${INDEX_MASK})) {
      if (Atomics.compareExchange(words, ${LEFT}, left, left - ${1 << INDEX_BITS}) !== left) continue;
      try {
        kernels[Atomics.load(words, ${KERNEL})](Atomics.load(words, ${BLOCKS} + part));
      } catch {
        Atomics.store(words, ${FAILED}, 1);
      }
      Atomics.add(words, ${DONE}, 1);
      Atomics.notify(words, ${DONE});
      idleSince = performance.now();
    } else if (performance.now() - idleSince > ${LOOKING}) {
      Atomics.wait(words, ${LEFT}, left);
      idleSince = performance.now();
    }
  }
}
const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node) start(node.workerData);
else self.onmessage = ({ data }) => start(data);
`;

/** Takes the first part that is left; its index, or −1 when all are taken. */
export function takePart(words: Int32Array): number {
  for (;;) {
    const left = Atomics.load(words, LEFT);
    const part = left & INDEX_MASK;
    if (part >= ((left >>> INDEX_BITS) & INDEX_MASK)) return -1;
    if (Atomics.compareExchange(words, LEFT, left, left + 1) === left) return part;
  }
}
