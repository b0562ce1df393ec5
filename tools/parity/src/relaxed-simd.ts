/**
 * A host whose backend must get the relaxed-SIMD build. Node 22 and later have relaxed SIMD; Node 20 has it behind a flag of its engine,
 * which is read whenever a module is compiled: it is set before the backend starts, and taken back with the host, so that others in
 * this process start as they would without.
 */
import { setFlagsFromString } from "node:v8";
import { compileCpuKernels } from "@keras-ts/backend-cpu";
import type { Assignment, Host } from "./host.ts";
import type { EngineStatus } from "./replay/engine.ts";
import type { CaseResult } from "./replay/result.ts";

const FLAG = "experimental-wasm-relaxed-simd";
const WITHOUT_FLAG = 22;

export class RelaxedSimdHost implements Host {
  readonly #host: Host;
  #raised = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Not available where the engine has no relaxed SIMD even so: another build under this name would be a false report. */
  async start(): Promise<EngineStatus> {
    if (Number(process.versions.node.split(".")[0]) < WITHOUT_FLAG && !(await hasRelaxedSimd())) {
      setFlagsFromString(`--${FLAG}`);
      this.#raised = true;
    }
    if (!(await hasRelaxedSimd()))
      return { available: false, reason: `this engine has no relaxed SIMD (Node ${process.version})` };
    return this.#host.start();
  }

  replay(work: Assignment, onResult: (result: CaseResult) => void): Promise<void> {
    return this.#host.replay(work, onResult);
  }

  async close(): Promise<void> {
    await this.#host.close();
    if (this.#raised) setFlagsFromString(`--no-${FLAG}`);
    this.#raised = false;
  }
}

async function hasRelaxedSimd(): Promise<boolean> {
  return (await compileCpuKernels()).target === "relaxed_simd";
}
