/** Takes an optimizer's variables out of a file, as they are. */
import { unsupportedInFile } from "../file-error.ts";
import type { Hdf5Dataset } from "../hdf5/hdf5-dataset.ts";
import type { Hdf5Group } from "../hdf5/hdf5-group.ts";
import { fromBfloat16Bytes, type Hdf5Weights, kerasDtype } from "./hdf5-weights.ts";
import { join, OPTIMIZER } from "./saved-layers.ts";
import type { NumberArray, OptimizerGroup, OptimizerVariable } from "./training-state.ts";

/**
 * The groups below `optimizer` of the model at a path, from all files that have some; none where the model was not compiled. Legacy files
 * have one optimizer.
 */
export function readOptimizer(files: readonly Hdf5Weights[], model: string): OptimizerGroup[] {
  const groups = files.flatMap(({ root, owned }) => {
    const legacy = root.get("optimizer_weights");
    if (legacy?.kind === "group") return model === "" ? [legacyGroup(legacy, owned)] : [];
    const group = root.get(join(model, OPTIMIZER));
    return group?.kind === "group" ? groupsIn(group, OPTIMIZER, owned) : [];
  });
  return joined(groups);
}

/** A group that is spread over files, as one. */
function joined(groups: readonly OptimizerGroup[]): OptimizerGroup[] {
  const byPath = new Map<string, OptimizerGroup>();
  for (const group of groups) {
    const known = byPath.get(group.path);
    const variables = [...(known?.variables ?? []), ...group.variables].sort((a, b) => Number(a.name) - Number(b.name));
    byPath.set(group.path, { path: group.path, name: known?.name ?? group.name, variables });
  }
  return [...byPath.values()];
}

/** In a legacy file the variables are listed by name, in the order of their numbers. */
function legacyGroup(group: Hdf5Group, owned: boolean): OptimizerGroup {
  const names = group.attributes.get("weight_names")?.readStrings() ?? [];
  const variables = names.flatMap((name, i): OptimizerVariable[] => {
    const dataset = group.get(name);
    return dataset?.kind === "dataset" ? [{ ...numbersOf(dataset, owned), name: String(i) }] : [];
  });
  return { path: OPTIMIZER, name: names[0]?.split("/")[0] ?? null, variables };
}

function groupsIn(group: Hdf5Group, path: string, owned: boolean): OptimizerGroup[] {
  return Array.from(group.entries()).flatMap(([name, child]): OptimizerGroup[] => {
    if (child.kind !== "group") return [];
    if (name !== "vars") return groupsIn(child, `${path}/${name}`, owned);
    const datasets = Array.from(child.entries(), ([, item]) => item).filter((item) => item.kind === "dataset");
    const variables = datasets.map((dataset) => variableOf(dataset, owned));
    return [{ path, name: child.attributes.get("name")?.readString() ?? null, variables }];
  });
}

function variableOf(dataset: Hdf5Dataset, owned: boolean): OptimizerVariable {
  return { ...numbersOf(dataset, owned), name: dataset.path.split("/").at(-1) ?? "" };
}

/** The values with the type that they had; half types are read as float32, which holds their values exactly. */
function numbersOf(dataset: Hdf5Dataset, owned: boolean): NumberArray {
  const { shape, dtype, path, offset, file } = dataset;
  const read = dataset.read();
  const data = owned || Array.isArray(read) ? read : read.slice();
  if (data instanceof Float32Array) return { dtype: "float32", shape, data };
  if (data instanceof Float64Array) return { dtype: "float64", shape, data };
  if (data instanceof Int8Array) return { dtype: "int8", shape, data };
  if (data instanceof Int16Array) return { dtype: "int16", shape, data };
  if (data instanceof Int32Array) return { dtype: "int32", shape, data };
  if (data instanceof BigInt64Array) return { dtype: "int64", shape, data };
  if (data instanceof Uint16Array) return { dtype: "uint16", shape, data };
  if (data instanceof Uint32Array) return { dtype: "uint32", shape, data };
  if (data instanceof BigUint64Array) return { dtype: "uint64", shape, data };
  if (data instanceof Uint8Array && (dtype === "uint8" || dtype === "bool")) return { dtype, shape, data };
  if (data instanceof Uint8Array && kerasDtype(dataset) === "bfloat16")
    return { dtype: "float32", shape, data: fromBfloat16Bytes(data) };
  const place = { file: file.name, path, offset };
  throw unsupportedInFile(`an optimizer's variables are numbers. Received: dtype=${dtype}.`, place);
}
