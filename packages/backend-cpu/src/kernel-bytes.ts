/** The two builds of the kernels, in the modules that carry them as text. In the file for Node, `kernel-bytes.node.ts` stands in for this. */
import { RELAXED_SIMD_WASM } from "./generated/relaxed-simd.ts";
import { SIMD_WASM } from "./generated/simd.ts";
import { unpack } from "./unpack.ts";

/** A build as WebAssembly wants it, in memory of its own. */
export function kernelBytes(target: "simd" | "relaxed_simd"): Promise<Uint8Array<ArrayBuffer>> {
  return unpack(target === "simd" ? SIMD_WASM : RELAXED_SIMD_WASM);
}
