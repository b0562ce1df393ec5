/** What a converter does with layers that can go into the op before them. */
import type { LayerCall } from "../workloads/description.ts";
import type { Weight } from "../workloads/weights.ts";
import type { Node } from "./graph.ts";

type Weighted = Node & { readonly kind: "conv" | "conv_transpose" | "dense" };

/** Puts BatchNormalization or an activation into the node that makes its input; false where it cannot go there. */
export function fold(nodes: Node[], inputs: readonly number[], call: LayerCall, weights: readonly Weight[]): boolean {
  const index = (inputs[0] ?? 0) - 1;
  const node = nodes[index];
  if (!node || !isWeighted(node) || node.activation !== "linear") return false;
  if (call.layer === "Activation") nodes[index] = { ...node, activation: call.config.activation };
  else if (call.layer === "BatchNormalization")
    nodes[index] = scaled(node, normalization(weights, call.config.epsilon));
  else return false;
  return true;
}

function isWeighted(node: Node): node is Weighted {
  return node.kind === "conv" || node.kind === "conv_transpose" || node.kind === "dense";
}

function scaled(node: Weighted, { factor, term }: { factor: Float64Array; term: Float64Array }): Weighted {
  const channels = factor.length;
  // Output channels are the last axis of kernels, but the last but one of transposed convolutions.
  const inner =
    node.kind === "conv_transpose" ? node.kernel.length / channels / node.size.reduce((n, k) => n * k, 1) : 1;
  const kernel = node.kernel.map((value, i) => value * (factor[Math.floor(i / inner) % channels] ?? 1));
  return { ...node, kernel, bias: term.map((value, c) => value + (node.bias?.[c] ?? 0) * (factor[c] ?? 1)) };
}

/** BatchNormalization in inference as a factor and a term a channel. */
export function normalization(
  weights: readonly Weight[],
  epsilon: number,
): { factor: Float64Array; term: Float64Array } {
  const [gamma, beta, mean, variance] = weights.map(({ values }) => values);
  const count = gamma?.length ?? 0;
  const factor = Float64Array.from(
    { length: count },
    (_, c) => (gamma?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon),
  );
  return { factor, term: factor.map((f, c) => (beta?.[c] ?? 0) - (mean?.[c] ?? 0) * f) };
}
