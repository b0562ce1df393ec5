/** The groups of a `.weights.h5` file for a model. Source: `_save_state` and `H5IOStore.make` of `keras.src.saving.saving_lib`. */
import { Model } from "@keras-ts/core";
import { assertAllFound, join, savedEntries } from "./saved-layers.ts";
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
  const entries = savedEntries(model);
  assertAllFound(
    model,
    entries.map(({ at }) => at.layer),
  );
  for (const { at, isEnd } of entries) {
    const { path, layer } = at;
    if (isEnd) {
      if (includeOptimizer && layer instanceof Model) objects.push(...optimizerObjects(layer, path));
      continue;
    }
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
  return objects;
}

function optimizerObjects(model: Model, at: string): WrittenObject[] {
  return (trainingStateOf(model)?.optimizer ?? []).map(({ path, name, variables }) => {
    const arrays = new Map(variables.map(({ name: key, ...array }): [string, NumberArray] => [key, array]));
    return { path: join(at, path), name, arrays };
  });
}

function arrayOf(dtype: "float32" | "int32", shape: readonly number[], values: Float32Array): NumberArray {
  return dtype === "int32" ? { dtype, shape, data: Int32Array.from(values) } : { dtype, shape, data: values };
}
