/** Which arrays a case names, and what must hold between their shapes. */
import { type Case, type FileRef, groupOf, property } from "./manifest.ts";
import { type NdArray, shapeMatches, showShape } from "./nd-array.ts";

/** Arrays by the file name that the manifest uses. */
export type Arrays = ReadonlyMap<string, NdArray>;

export interface ArrayUse {
  readonly file: string;
  /** `outputs[0]`: for messages. */
  readonly role: string;
  /** Element type the format asks for; `null` where several are allowed. */
  readonly type: "f4" | "f8" | null;
}

/** Every array of a case, in the order of the format's description. */
export function arraysOf(item: Case): ArrayUse[] {
  if (item.kind !== "layer" && item.kind !== "value") return [];
  const uses: ArrayUse[] = [];
  const add = (list: readonly FileRef[] | undefined, role: string, type: ArrayUse["type"]) =>
    list?.forEach(({ file }, at) => uses.push({ file, role: `${role}[${at}]`, type }));
  const addNames = (list: readonly (string | null)[] | undefined, role: string) =>
    list?.forEach((file, at) => file !== null && uses.push({ file, role: `${role}[${at}]`, type: "f4" }));
  const discrete =
    item.kind === "value" && (item.sort === "loss" || item.sort === "metric" || item.sort === "initializer");
  add(item.inputs, "inputs", discrete ? null : "f4");
  if (item.kind === "layer") add(item.weights, "weights", "f4");
  add(item.outputs, "outputs", discrete ? null : "f4");
  add(item.outputs_float64, "outputs_float64", "f8");
  addNames(item.gradients?.upstream, "gradients.upstream");
  addNames(item.gradients?.inputs, "gradients.inputs");
  addNames(item.gradients?.weights, "gradients.weights");
  if (item.kind === "layer") add(item.state, "state", "f4");
  return uses;
}

/** Throws an error naming the file and the role where two shapes that must be equal are not. */
export function checkShapes(item: Case, arrays: Arrays): void {
  if (item.kind !== "layer" && item.kind !== "value") return;
  const shapeOf = (file: string) => {
    const array = arrays.get(file);
    if (!array) throw new Error(`${file} was not read`);
    return array.shape;
  };
  const equal = (file: string, role: string, wanted: readonly (number | null)[], from: string) => {
    const shape = shapeOf(file);
    if (!shapeMatches(wanted, shape))
      throw new Error(`${role} ${file} has shape ${showShape(shape)}, ${from} asks for ${showShape(wanted)}`);
  };
  const sameLength = (role: string, list: readonly unknown[] | undefined, wanted: readonly unknown[], from: string) => {
    if (list && list.length !== wanted.length)
      throw new Error(`${role} has ${list.length} items, ${from} has ${wanted.length}`);
  };

  if (item.kind === "layer") {
    if (item.inputs.length === 0) throw new Error(`inputs is empty, ${groupOf(item)} needs one`);
    if (item.outputs.length === 0) throw new Error("outputs is empty");
    sameLength("output_shape", item.output_shapes, item.outputs, "outputs");
    // A glu inside a layer halves the last axis, which Keras's compute_output_shape does not know.
    const halved = property(item.layer["config"], "activation") === "glu";
    item.outputs.forEach(({ file }, at) => {
      const wanted = item.output_shapes[at] ?? [];
      equal(
        file,
        `outputs[${at}]`,
        halved ? wanted.map((n, axis) => (axis === wanted.length - 1 && n !== null ? n / 2 : n)) : wanted,
        "output_shape",
      );
    });
  }
  sameLength("outputs_float64", item.outputs_float64, item.outputs, "outputs");
  item.outputs_float64?.forEach(({ file }, at) =>
    equal(file, `outputs_float64[${at}]`, shapeOf(item.outputs[at]?.file ?? ""), `outputs[${at}]`),
  );
  const { gradients } = item;
  if (!gradients) return;
  sameLength("gradients.inputs", gradients.inputs, item.inputs, "inputs");
  gradients.inputs.forEach(
    (file, at) =>
      file !== null && equal(file, `gradients.inputs[${at}]`, shapeOf(item.inputs[at]?.file ?? ""), `inputs[${at}]`),
  );
  if (item.outputs.length > 0) {
    sameLength("gradients.upstream", gradients.upstream, item.outputs, "outputs");
    gradients.upstream.forEach((file, at) =>
      equal(file, `gradients.upstream[${at}]`, shapeOf(item.outputs[at]?.file ?? ""), `outputs[${at}]`),
    );
  }
  if (item.kind !== "layer") return;
  sameLength("gradients.weights", gradients.weights, item.weights, "weights");
  gradients.weights.forEach(
    (file, at) =>
      file !== null && equal(file, `gradients.weights[${at}]`, shapeOf(item.weights[at]?.file ?? ""), `weights[${at}]`),
  );
}
