/** The public surface of @keras-ts/backend-cpu. */
import type { Backend } from "@keras-ts/core";
import { CpuBackend, type CpuOptions } from "./cpu-backend.ts";

export type { CpuOptions };

/** A backend that computes with WebAssembly SIMD on one thread, for `registerBackend`; tensors are those of tfjs "cpu". */
export function cpu(options: CpuOptions = {}): Backend {
  return new CpuBackend(options);
}
