/** The limits with and without relaxed SIMD, whatever this process was started with. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Limits, measureLimits } from "./limits.ts";

const PROGRAM = fileURLToPath(new URL("./limits-process.js", import.meta.url));

/** Node 20 takes relaxed SIMD in a process that asks for it; where there is no way to it, its figure is null. */
export async function limitsOfMachine(): Promise<Limits> {
  const here = await measureLimits();
  if (here.relaxedGflops !== null) return here;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["--experimental-wasm-relaxed-simd", PROGRAM]);
    const { relaxedGflops } = JSON.parse(stdout) as Limits;
    return { ...here, relaxedGflops };
  } catch {
    return here;
  }
}
