/** The public surface of @keras-ts/backend-cpu. */
import type { Backend } from "@keras-ts/core";
import { CpuBackend } from "./cpu-backend.ts";
import type { CpuOptions } from "./cpu-options.ts";
import { type CpuKernels, compileKernels } from "./wasm.ts";

export type { CpuKernels, CpuOptions };

/** A backend that computes with WebAssembly SIMD on the machine's processors, for `registerBackend`; tensors are those of tfjs "cpu". */
export function cpu(options: CpuOptions = {}): Backend {
  return new CpuBackend(options);
}

/**
 * The kernels for this engine, compiled: what `cpu({ kernels })` takes where they cannot be unpacked. Rejects where WebAssembly or SIMD is
 * missing.
 */
export function compileCpuKernels(options: Pick<CpuOptions, "relaxed"> = {}): Promise<CpuKernels> {
  return compileKernels(options.relaxed !== false, false);
}
