/** Takes an optimizer's variables out of a file, as they are. */
import { unsupportedInFile } from "../file-error.ts";
import type { Hdf5Dataset } from "../hdf5/hdf5-dataset.ts";
import type { Hdf5Group } from "../hdf5/hdf5-group.ts";
import { fromBfloat16Bytes, kerasDtype } from "./hdf5-weights.ts";
import { OPTIMIZER } from "./load-variables.ts";
import type { NumberArray, OptimizerGroup, OptimizerVariable } from "./training-state.ts";

/** The groups below `optimizer` that Keras's file has; none where the model was not compiled. The values are copies. */
export function readOptimizer(root: Hdf5Group): OptimizerGroup[] {
  const group = root.get(OPTIMIZER);
  return group?.kind === "group" ? groupsIn(group, OPTIMIZER) : [];
}

function groupsIn(group: Hdf5Group, path: string): OptimizerGroup[] {
  return Array.from(group.entries()).flatMap(([name, child]): OptimizerGroup[] => {
    if (child.kind !== "group") return [];
    if (name !== "vars") return groupsIn(child, `${path}/${name}`);
    const datasets = Array.from(child.entries(), ([, item]) => item).filter((item) => item.kind === "dataset");
    const variables = datasets.map(variableOf).sort((a, b) => Number(a.name) - Number(b.name));
    return [{ path, name: child.attributes.get("name")?.readString() ?? null, variables }];
  });
}

function variableOf(dataset: Hdf5Dataset): OptimizerVariable {
  return { ...numbersOf(dataset), name: dataset.path.split("/").at(-1) ?? "" };
}

/** A copy of the values with the type that they had; half types were read as float32, which holds their values exactly. */
function numbersOf(dataset: Hdf5Dataset): NumberArray {
  const { shape, path, offset, file } = dataset;
  const values = dataset.read();
  if (values instanceof Float32Array) return { dtype: "float32", shape, data: values.slice() };
  if (values instanceof Float64Array) return { dtype: "float64", shape, data: values.slice() };
  if (values instanceof Int8Array) return { dtype: "int8", shape, data: values.slice() };
  if (values instanceof Int16Array) return { dtype: "int16", shape, data: values.slice() };
  if (values instanceof Int32Array) return { dtype: "int32", shape, data: values.slice() };
  if (values instanceof BigInt64Array) return { dtype: "int64", shape, data: values.slice() };
  if (values instanceof Uint16Array) return { dtype: "uint16", shape, data: values.slice() };
  if (values instanceof Uint32Array) return { dtype: "uint32", shape, data: values.slice() };
  if (values instanceof BigUint64Array) return { dtype: "uint64", shape, data: values.slice() };
  const { dtype } = dataset;
  if (values instanceof Uint8Array && (dtype === "uint8" || dtype === "bool"))
    return { dtype, shape, data: values.slice() };
  if (values instanceof Uint8Array && kerasDtype(dataset) === "bfloat16")
    return { dtype: "float32", shape, data: fromBfloat16Bytes(values) };
  throw unsupportedInFile(`an optimizer's variables are numbers. Received: dtype=${dtype}.`, {
    file: file.name,
    path,
    offset,
  });
}
