/** A workload with its numbers, ready to be given to contestants. */
import type { Graph } from "../graph/graph.ts";
import { lower } from "../graph/lower.ts";
import type { Description } from "./description.ts";
import { makeOperands, type Operands } from "./weights.ts";
import type { Workload } from "./workload.ts";

export interface Task {
  readonly name: string;
  readonly description: Description;
  readonly operands: Operands;
  /** The same as plain ops, BatchNormalization folded. */
  readonly graph: Graph;
}

export function makeTask(workload: Pick<Workload, "name" | "description">): Task {
  const { name, description } = workload;
  const operands = makeOperands(workload);
  return { name, description, operands, graph: lower(description, operands) };
}
