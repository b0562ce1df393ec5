/** Prints the limits as JSON: for a process that was started with relaxed SIMD. */
import { measureLimits } from "./limits.ts";

process.stdout.write(JSON.stringify(await measureLimits()));
