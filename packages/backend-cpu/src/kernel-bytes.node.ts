/**
 * Stands in for `kernel-bytes.ts` in the file for Node, beside which the builds lie inflated, in a file each: loading Node's zlib takes longer
 * than all of compiling and starting the kernels. Files that are required are what every bundler follows.
 */
import type * as kernelText from "./kernel-bytes.ts";

/** Of CommonJS, which the file for Node is: base64. */
declare function require(file: "./simd.cjs" | "./relaxed-simd.cjs"): string;

declare const Buffer: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> };

export const kernelBytes: typeof kernelText.kernelBytes = async (target) =>
  Buffer.from(target === "simd" ? require("./simd.cjs") : require("./relaxed-simd.cjs"), "base64");
