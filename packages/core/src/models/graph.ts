/**
 * The calls between a model's inputs and outputs, in the order in which Keras lists and runs them. Follows
 * `keras.src.ops.function.map_graph`: by decreasing distance from the outputs, then by a depth-first walk from them.
 */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import type { KerasTensor, Node, Operation } from "./keras-tensor.ts";

/** A model between its inputs and outputs. */
export interface Graph {
  /** Every call that belongs to the model. */
  readonly nodes: ReadonlySet<Node>;
  /** The same in an order in which they can run. */
  readonly order: readonly Node[];
  /** Layers and uses of ops, each once. */
  readonly operations: readonly Operation[];
}

/** Maps the graph. Refuses one that the inputs do not reach, a cycle, and two operations of one name. */
export function mapGraph(inputs: readonly KerasTensor[], outputs: readonly KerasTensor[]): Graph {
  const { nodes, indexOf } = walk(inputs, outputs);
  const { nodeDepth, operationDepth } = depths(nodes);
  for (const input of inputs) {
    const { operation, node } = historyOf(input);
    if (operationDepth.has(operation) || !node.isInput) continue;
    operationDepth.set(operation, 0);
    indexOf.set(operation, -1);
    nodeDepth.set(node, 0);
  }
  const order = byDecreasingDepth(nodeDepth);
  const operations = byDecreasingDepth(operationDepth, (a, b) => (indexOf.get(a) ?? 0) - (indexOf.get(b) ?? 0));
  assertConnected(inputs, outputs, order);
  assertUniqueNames(operations);
  return { nodes: new Set(order), order, operations };
}

/** The call that made a symbol. */
export function historyOf(symbol: KerasTensor): { operation: Operation; node: Node; tensorIndex: number } {
  if (!symbol.history) {
    throw new ValueError(
      `A symbol that no Input leads to cannot be part of a model. Received: '${symbol.name}' of shape ${formatShape(symbol.shape)}`,
    );
  }
  return symbol.history;
}

interface Walk {
  /** Producers before their readers. */
  readonly nodes: readonly Node[];
  /** When the walk first met each operation. */
  readonly indexOf: Map<Operation, number>;
}

/** Depth first from the outputs, without recursion: models may be thousands of layers deep. */
export function walk(inputs: readonly KerasTensor[], outputs: readonly KerasTensor[]): Walk {
  const given = new Set(inputs);
  const finished = new Set<Node>();
  const inProgress = new Set<Node>();
  const nodes: Node[] = [];
  const indexOf = new Map<Operation, number>();
  const stack: { node: Node; next: number }[] = [];
  const enter = (symbol: KerasTensor): void => {
    const { operation, node } = historyOf(symbol);
    if (finished.has(node)) return;
    if (!node.isInput && given.has(symbol)) {
      finished.add(node);
      return;
    }
    if (inProgress.has(node))
      throw new ValueError(`The symbol '${symbol.name}' of operation '${operation.name}' is part of a cycle.`);
    if (!indexOf.has(operation)) indexOf.set(operation, indexOf.size);
    inProgress.add(node);
    stack.push({ node, next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input) {
        enter(input);
        continue;
      }
      stack.pop();
      finished.add(top.node);
      inProgress.delete(top.node);
      nodes.push(top.node);
    }
  }
  return { nodes, indexOf };
}

/** The longest way to an output, of calls and of operations; an operation called several times counts its farthest call. */
function depths(nodes: readonly Node[]): { nodeDepth: Map<Node, number>; operationDepth: Map<Operation, number> } {
  const inGraph = new Set(nodes);
  const nodeDepth = new Map<Node, number>();
  const operationDepth = new Map<Operation, number>();
  for (const node of [...nodes].reverse()) {
    const depth = Math.max(nodeDepth.get(node) ?? 0, operationDepth.get(node.operation) ?? 0);
    operationDepth.set(node.operation, depth);
    nodeDepth.set(node, depth);
    for (const input of node.inputs) {
      const producer = input.history?.node;
      if (producer && inGraph.has(producer)) nodeDepth.set(producer, Math.max(depth + 1, nodeDepth.get(producer) ?? 0));
    }
  }
  return { nodeDepth, operationDepth };
}

function byDecreasingDepth<T>(depth: ReadonlyMap<T, number>, tie: (a: T, b: T) => number = () => 0): T[] {
  return [...depth.entries()].sort(([a, m], [b, n]) => n - m || tie(a, b)).map(([item]) => item);
}

function assertConnected(
  inputs: readonly KerasTensor[],
  outputs: readonly KerasTensor[],
  order: readonly Node[],
): void {
  const computable = new Set(inputs);
  const lost: Node[] = [];
  for (const node of order) {
    if (node.isInput) continue;
    if (node.inputs.every((input) => computable.has(input))) for (const output of node.outputs) computable.add(output);
    else lost.push(node);
  }
  const bad = outputs.findIndex((output) => !computable.has(output));
  if (bad === -1) return;
  const [first] = lost;
  const missing = first?.inputs.find((input) => !computable.has(input)) ?? outputs[bad];
  throw new ValueError(
    `Output ${bad} is not connected to \`inputs\`: the symbol '${missing?.name}' of shape ${formatShape(missing?.shape ?? [])}${first ? `, which '${first.operation.name}' takes,` : ""} does not come from them. Received: inputs=${inputs.map(({ name }) => name).join(", ")}`,
  );
}

function assertUniqueNames(operations: readonly Operation[]): void {
  const seen = new Set<string>();
  for (const { name } of operations) {
    if (seen.has(name)) {
      const count = operations.filter((other) => other.name === name).length;
      throw new ValueError(
        `The name "${name}" is used ${count} times in the model. All operation names should be unique. Received: name='${name}'`,
      );
    }
    seen.add(name);
  }
}
