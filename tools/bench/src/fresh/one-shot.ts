/**
 * A process of its own for one contestant: from the import of the library to its first result. Arguments: contestant, workload.
 * Prints a line of JSON. `none` makes the numbers and stops: what the process takes without a library.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Contestant } from "../contestants/contestant.ts";
import { startOne } from "../contestants/start-node.ts";
import { compare, computeReference } from "../reference/compare.ts";
import { makeTask } from "../workloads/task.ts";
import { WORKLOADS } from "../workloads/workload.ts";
import { BASELINE, BUNDLED, type Shot } from "./shot.ts";

const STATUS = "/proc/self/status";

const [name = "", workloadName = "", checking = ""] = process.argv.slice(2);
const workload = WORKLOADS.find((candidate) => candidate.name === workloadName);
if (!workload) throw new Error(`There is no such workload. Received: ${workloadName}`);
const task = makeTask(workload);

if (name === BASELINE) print({ firstMs: 0, peakBytes: peakBytes(), agrees: true });
else {
  const begin = performance.now();
  const contestant = await start(name);
  const runner = await contestant.prepare(task);
  await runner.activate?.();
  await runner.run(1);
  const output = await runner.output();
  const firstMs = performance.now() - begin;
  const peak = peakBytes();
  const { agrees } =
    checking === "check" ? compare(output, computeReference(task.graph, task.operands.input)) : { agrees: true };
  print({ firstMs, peakBytes: peak, agrees });
}
// Some libraries keep workers.
process.exit(0);

async function start(library: string): Promise<Contestant> {
  if (library === "keras-ts") return (await import("./keras-start.ts")).kerasStart();
  if (library === BUNDLED) return (await import("./bundled-start.ts")).startBundled();
  return startOne(library);
}

function print(shot: Shot): void {
  process.stdout.write(`${JSON.stringify(shot)}\n`);
}

/** The most that the process has held at once. Linux hands a parent's figure of getrusage on to its children; /proc knows the child's own. */
function peakBytes(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, "utf8") : "";
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  return 1024 * (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes));
}
