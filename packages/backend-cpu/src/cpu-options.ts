/** What `cpu()` takes. */
import { ValueError } from "@keras-ts/core";
import type { CpuKernels } from "./wasm.ts";

/** Of WebAssembly's memory: the least that `maximumMemory` may be. */
export const PAGE_BYTES = 65536;
const OPTIONS = ["relaxed", "maximumMemory", "threads", "leastWork", "separableFrom", "kernels"];
const MOST_THREADS = 64;

export interface CpuOptions {
  /** False: never use the relaxed-SIMD build. Results are then the same on every machine. */
  readonly relaxed?: boolean;
  /** The WebAssembly heap never grows beyond this; 4 GiB where left out. */
  readonly maximumMemory?: number;
  /**
   * Threads that share large kernel calls, this one included. Where left out: as many as there are processors, up to 8, where memory can be
   * shared (Node, cross-origin isolated pages), else 1. Results are the same bits for any number.
   */
  readonly threads?: number;
  /**
   * Multiply-adds, or steps that take as long, below which a part of a divided call is not worth a thread; 400,000 where left out. Tests set
   * 1, which divides every call that can be, `Infinity` divides none. Results are the same bits for any number.
   */
  readonly leastWork?: number;
  /**
   * Elements of what a depthwise convolution gives from which plans compute it in stripes with the pointwise one behind it; 262,144 where left
   * out, which is 1 MiB. Tests set 1; `Infinity` keeps them apart. Results are the same bits.
   */
  readonly separableFrom?: number;
  /**
   * What `compileCpuKernels()` gave elsewhere, for an AudioWorklet, which has nothing to unpack kernels with: post them to it. They run on
   * one thread; which build they are was settled there, so that `relaxed` is refused beside them.
   */
  readonly kernels?: CpuKernels;
}

/** Throws ValueError for what is no option, RangeError for a number out of range. */
export function checkOptions(options: CpuOptions): void {
  const unknown = Object.keys(options).filter((name) => !OPTIONS.includes(name));
  if (unknown.length > 0) throw new ValueError(`cpu() takes ${OPTIONS.join(", ")}. Received: ${unknown.join(", ")}.`);
  const { maximumMemory, threads, leastWork, separableFrom, kernels, relaxed } = options;
  if (kernels !== undefined && !(kernels.module instanceof WebAssembly.Module))
    throw new ValueError("kernels must be what compileCpuKernels() gave. Received: no WebAssembly.Module.");
  if (kernels !== undefined && (relaxed !== undefined || (threads ?? 1) > 1))
    throw new ValueError(
      `Compiled kernels are of one build and run on one thread. Received: relaxed=${relaxed}, threads=${threads}.`,
    );
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS))
    throw new RangeError(`threads must be an integer from 1 to ${MOST_THREADS}. Received: threads=${threads}.`);
  if (leastWork !== undefined && !(typeof leastWork === "number" && leastWork >= 1))
    throw new RangeError(`leastWork must be at least 1. Received: leastWork=${leastWork}.`);
  if (maximumMemory !== undefined && !(maximumMemory >= PAGE_BYTES)) {
    throw new RangeError(
      `maximumMemory must be at least ${PAGE_BYTES} bytes. Received: maximumMemory=${maximumMemory}.`,
    );
  }
  if (separableFrom !== undefined && !(typeof separableFrom === "number" && separableFrom >= 1))
    throw new RangeError(`separableFrom must be at least 1. Received: separableFrom=${separableFrom}.`);
}
