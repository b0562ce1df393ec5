/** How far from the machine's limit a row is: the sum, over what a plan runs at once, of the slower of computing and moving. */
import { type Graph, macsOf, type Node, shapeAt } from "../graph/graph.ts";
import { type Shape, sizeOf } from "../workloads/description.ts";
import type { Limits } from "./limits.ts";

export interface Roof {
  readonly limitMs: number;
  /** What sets most of it. */
  readonly bound: "compute" | "memory";
}

const BYTES = 4;

/**
 * Computing counts multiply-adds of direct convolutions (Winograd does with fewer: its rows may pass 100 %). Moving counts the inputs,
 * weights and output of each op once, at the bandwidth of the smallest measured working set that holds them. What can be fused costs nothing:
 * element-wise ops on what was just computed, and what lies between a depthwise convolution and the pointwise one after it.
 */
export function roofOf(graph: Graph, limits: Limits, relaxed: boolean): Roof {
  const gflops = relaxed ? limits.relaxedGflops : limits.gflops;
  if (gflops === null) throw new Error("The peak with relaxed SIMD was not measured.");
  let total = 0;
  let computing = 0;
  for (const [i, node] of graph.nodes.entries()) {
    const bytes = bytesOf(graph, node, i);
    const compute = (2 * macsOf(graph, node)) / (gflops * 1e6);
    const memory = bytes / (bandwidthFor(limits, bytes) * 1e6);
    total += Math.max(compute, memory);
    if (compute >= memory) computing += compute;
  }
  return { limitMs: total, bound: computing >= total / 2 ? "compute" : "memory" };
}

function bytesOf(graph: Graph, node: Node, index: number): number {
  const value = index + 1;
  const main = node.inputs[0] ?? 0;
  const elementwise = node.kind === "affine" || node.kind === "activation" || node.kind === "binary";
  // Part of what made its first input; a second one is read.
  if (elementwise && main > 0)
    return BYTES * node.inputs.slice(1).reduce((sum, input) => sum + sizeAt(graph, input), 0);
  if (node.kind === "flatten" || node.kind === "slice") return 0;
  const made = fusesWithNext(graph, value) ? 0 : sizeOf(node.shape);
  const read = node.inputs.reduce((sum, input) => sum + (fusesWithNext(graph, input) ? 0 : sizeAt(graph, input)), 0);
  const weights = "kernel" in node ? node.kernel.length + (node.bias?.length ?? 0) : 0;
  return BYTES * (made + read + weights);
}

/** Whether a value goes from a depthwise convolution into a pointwise one and nowhere else. */
function fusesWithNext(graph: Graph, value: number): boolean {
  const made = graph.nodes[value - 1];
  const users = graph.nodes.filter(({ inputs }) => inputs.includes(value));
  const [user] = users;
  return (
    made?.kind === "conv" && made.groups > 1 && users.length === 1 && user?.kind === "conv" && isPointwise(user.size)
  );
}

function isPointwise(size: Shape): boolean {
  return size.every((k) => k === 1);
}

function bandwidthFor({ bandwidths }: Limits, bytes: number): number {
  const found = bandwidths.find(({ workingSetBytes }) => workingSetBytes >= bytes) ?? bandwidths.at(-1);
  if (!found) throw new Error("No bandwidth was measured.");
  return found.gigabytes;
}

function sizeAt(graph: Graph, value: number): number {
  return sizeOf(shapeAt(graph, value));
}
