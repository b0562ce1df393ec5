/** A copy of the calls between symbols in the middle of a graph, so that they can be a model of their own. */
import { InputLayer } from "../layers/input-layer.ts";
import { flatten, mapStructure, type Nested } from "../structure.ts";
import { walk } from "./graph.ts";
import { KerasTensor, recordNode } from "./keras-tensor.ts";

interface Ends {
  readonly inputs: Nested<KerasTensor>;
  readonly outputs: Nested<KerasTensor>;
}

/**
 * Puts an `Input` in place of each input that is not one and repeats the calls behind the outputs on them; layers are shared.
 * Source: `keras.src.models.functional.clone_graph_nodes`.
 */
export function cloneGraph({ inputs, outputs }: Ends): Ends {
  const copies = new Map<KerasTensor, KerasTensor>();
  for (const input of flatten(inputs)) {
    if (isInput(input)) copies.set(input, input);
    else {
      const { shape, dtype, name } = input;
      copies.set(input, new InputLayer({ batchShape: shape, dtype, name: `${name}CLONE` }).output);
    }
  }
  const copyOf = (symbol: KerasTensor): KerasTensor => {
    const { shape, dtype, name } = symbol;
    const copy = copies.get(symbol) ?? new KerasTensor(shape, { dtype, name: `${name}_clone` });
    copies.set(symbol, copy);
    return copy;
  };
  for (const node of walk(flatten(inputs), flatten(outputs)).nodes) {
    if (node.isInput) {
      for (const output of node.outputs) copies.set(output, output);
      continue;
    }
    const { args, kwargs } = node.fillIn(copyOf);
    recordNode(node.operation, args, kwargs, node.outputs.map(copyOf));
  }
  return { inputs: mapStructure(inputs, copyOf), outputs: mapStructure(outputs, copyOf) };
}

/** Whether a symbol is what an `Input` returned. */
export function isInput(symbol: KerasTensor): boolean {
  return symbol.history?.node.isInput ?? false;
}
