/** A model's weights as a `.npz` archive, by Keras's paths: `numpy.load(file)[weight.path]`. */
import type { KerasVariable, Model } from "@keras-ts/core";
import { savedLayers } from "../keras/saved-layers.ts";
import { writeZip } from "../zip/write-zip.ts";
import { weightsByPath } from "./load-numpy-weights.ts";
import { ENDING } from "./numpy-weights.ts";
import { writeNpy } from "./write-npy.ts";

/** The archive's bytes; equal weights give equal bytes. Throws ValueError where two weights have one path. */
export async function npzOf(model: Model, file: string): Promise<Uint8Array> {
  const integers = integerWeights(model);
  const members = new Map<string, Uint8Array>();
  for (const [path, variable] of weightsByPath(model, file)) {
    const { shape } = variable;
    const values = await variable.value.data<"float32">();
    const array = integers.has(variable)
      ? ({ dtype: "int32", shape, data: Int32Array.from(values) } as const)
      : ({ dtype: "float32", shape, data: values } as const);
    members.set(path + ENDING, writeNpy(array));
  }
  return writeZip(members);
}

/** Weights that Keras counts with. */
function integerWeights(model: Model): ReadonlySet<KerasVariable> {
  return new Set(
    savedLayers(model).flatMap(({ layer }) =>
      layer.savedVariables.filter((variable) => layer.savedDtype(variable) === "int32"),
    ),
  );
}
