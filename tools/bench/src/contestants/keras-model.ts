/** The keras-ts form of a workload: the layer itself, or a functional model of several, with its weights set. */
import { Input, type KerasTensor, type Layer, layers, Model } from "@keras-ts/core";
import type { LayerSpec } from "../workloads/description.ts";
import type { Task } from "../workloads/task.ts";
import type { Weight } from "../workloads/weights.ts";

/** Built; its owner disposes it. */
export function makeKeras({ description, operands }: Task): Layer {
  const { calls, inputShape } = description;
  const made = calls.map(makeLayer);
  const [only] = made;
  if (only && made.length === 1) {
    only.build(inputShape);
    setWeights(only, operands.weights[0] ?? []);
    return only;
  }
  const input = Input({ batchShape: inputShape });
  const values: KerasTensor[] = [input];
  for (const [i, { inputs }] of calls.entries()) {
    const given = inputs.map((value) => valueAt(values, value));
    const layer = made[i];
    if (layer) values.push(layer.apply<KerasTensor>(given.length === 1 ? valueAt(given, 0) : given));
  }
  for (const [i, layer] of made.entries()) setWeights(layer, operands.weights[i] ?? []);
  return new Model({ inputs: input, outputs: valueAt(values, calls.length) });
}

function makeLayer({ layer, config }: LayerSpec): Layer {
  return layers.deserialize({
    module: "keras.layers",
    class_name: layer,
    config: { ...config },
    registered_name: null,
  });
}

function setWeights(layer: Layer, weights: readonly Weight[]): void {
  if (weights.length !== layer.weights.length)
    throw new Error(`${layer.name} has ${layer.weights.length} weights. Received: ${weights.length}`);
  for (const [i, { values }] of weights.entries()) layer.weights[i]?.assign(values);
}

function valueAt(values: readonly KerasTensor[], index: number): KerasTensor {
  const value = values[index];
  if (!value) throw new Error(`A value is used before it was made. Received: value=${index}`);
  return value;
}
