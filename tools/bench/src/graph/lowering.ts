/** The nodes of a graph while it is being made. */
import type { Shape } from "../workloads/description.ts";
import type { Node, Op } from "./graph.ts";

export class Lowering {
  readonly nodes: Node[] = [];
  readonly inputShape: Shape;

  constructor(inputShape: Shape) {
    this.inputShape = inputShape;
  }

  push(op: Op, inputs: readonly number[], shape: Shape): number {
    this.nodes.push({ ...op, inputs, shape });
    return this.nodes.length;
  }
}
