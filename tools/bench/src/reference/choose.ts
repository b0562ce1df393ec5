/** Who computes what the others are compared with. */
import type { Contestant } from "../contestants/contestant.ts";
import type { Task } from "../workloads/task.ts";
import { computeReference, isTooLong, type Reference, referenceOf } from "./compare.ts";

/** Takes its place where nested loops take too long. */
const SUBSTITUTE = "onnxruntime-node";

/** The loops; for a large graph onnxruntime-node, where it takes part. */
export async function referenceFor(task: Task, contestants: readonly Contestant[]): Promise<Reference> {
  const substitute = contestants.find(({ name }) => name === SUBSTITUTE);
  if (!substitute || !isTooLong(task.graph)) return computeReference(task.graph, task.operands.input);
  const runner = await substitute.prepare(task);
  try {
    await runner.run(1);
    return referenceOf((await runner.output()).slice(), SUBSTITUTE);
  } finally {
    await runner.dispose();
  }
}
