/** The groups of a `.weights.h5` file for a model. Source: `_save_state` and `H5IOStore.make` of `keras.src.saving.saving_lib`. */
import type { Model } from "@keras-ts/core";
import { assertAllFound, savedLayers } from "./saved-layers.ts";
import { type NumberArray, trainingStateOf } from "./training-state.ts";

/** A `vars` group: of a layer, or of an optimizer. */
export interface WrittenObject {
  /** Of the object: `layers/conv1d`; "" for the model. */
  readonly path: string;
  /** The object's name, for people who look into the file. */
  readonly name: string | null;
  /** By name, "0", "1", … */
  readonly arrays: ReadonlyMap<string, NumberArray>;
}

/** Everything that a file of the model's weights holds, in Keras's order. Throws ValueError where a path leads to no layer's weights. */
export async function writtenObjects(model: Model, includeOptimizer: boolean): Promise<WrittenObject[]> {
  const objects: WrittenObject[] = [];
  const layers = savedLayers(model);
  assertAllFound(
    model,
    layers.map(({ layer }) => layer),
  );
  for (const { path, layer } of layers) {
    const arrays = new Map<string, NumberArray>();
    for (const [i, variable] of layer.savedVariables.entries()) {
      const value = layer.savedValue(variable);
      try {
        arrays.set(String(i), arrayOf(layer.savedDtype(variable), variable.shape, await value.data<"float32">()));
      } finally {
        value.dispose();
      }
    }
    objects.push({ path, name: layer.name, arrays });
  }
  const optimizer = includeOptimizer ? (trainingStateOf(model)?.optimizer ?? []) : [];
  for (const { path, name, variables } of optimizer)
    objects.push({ path, name, arrays: new Map(variables.map(({ name: key, ...array }) => [key, array])) });
  return objects;
}

function arrayOf(dtype: "float32" | "int32", shape: readonly number[], values: Float32Array): NumberArray {
  return dtype === "int32" ? { dtype, shape, data: Int32Array.from(values) } : { dtype, shape, data: values };
}
