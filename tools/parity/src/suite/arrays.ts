/** Which arrays a case names, and what must hold between their shapes. */
import {
  type Case,
  type FileRef,
  type GradientRefs,
  groupOf,
  type LayerCase,
  type ModelCase,
  type PartialShape,
  property,
  type ValueCase,
} from "./manifest.ts";
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

type WithArrays = LayerCase | ValueCase | ModelCase;

function hasArrays(item: Case): item is WithArrays {
  return item.kind === "layer" || item.kind === "value" || item.kind === "model";
}

/** Every array of a case, in the order of the format's description. */
export function arraysOf(item: Case): ArrayUse[] {
  if (!hasArrays(item)) return [];
  const uses: ArrayUse[] = [];
  const add = (list: readonly (FileRef | null)[] | undefined, role: string, type: ArrayUse["type"]) =>
    list?.forEach((ref, at) => ref !== null && uses.push({ file: ref.file, role: `${role}[${at}]`, type }));
  const addNames = (list: readonly (string | null)[] | undefined, role: string) =>
    list?.forEach((file, at) => file !== null && uses.push({ file, role: `${role}[${at}]`, type: "f4" }));
  const discrete =
    item.kind === "value" && (item.sort === "loss" || item.sort === "metric" || item.sort === "initializer");
  add(item.inputs, "inputs", discrete ? null : "f4");
  if (item.kind === "layer") {
    add(item.mask, "mask", null);
    add(item.initial_state, "initial_state", "f4");
  }
  if (item.kind !== "value") add(item.weights, "weights", "f4");
  add(item.outputs, "outputs", discrete ? null : "f4");
  add(item.outputs_float64, "outputs_float64", "f8");
  addNames(item.gradients?.upstream, "gradients.upstream");
  addNames(item.gradients?.inputs, "gradients.inputs");
  addNames(item.gradients?.weights, "gradients.weights");
  if (item.kind === "layer") {
    add(item.output_masks, "output_masks", null);
    add(item.state, "state", "f4");
    addNames(item.sgd_step?.weights, "sgd_step.weights");
  }
  if (item.kind === "model") add(item.layers, "layers", "f4");
  return uses;
}

/** Throws an error naming the file and the role where two shapes that must be equal are not. */
export function checkShapes(item: Case, arrays: Arrays): void {
  if (!hasArrays(item)) return;
  const check = new ShapeCheck(arrays);
  if (item.kind === "layer") checkLayer(item, check);
  if (item.kind === "model") {
    if (item.input_shapes) check.all("inputs", item.inputs, item.input_shapes, "input_shape");
    if (item.output_shapes) check.all("outputs", item.outputs, item.output_shapes, "output_shape");
  }
  check.alike("outputs_float64", item.outputs_float64, item.outputs, "outputs");
  if (!item.gradients) return;
  checkGradients(item, item.gradients, check);
  if (item.kind === "layer" && item.sgd_step)
    check.alike("sgd_step.weights", refsTo(item.sgd_step.weights), item.weights, "weights");
}

function checkLayer(item: LayerCase, check: ShapeCheck): void {
  if (item.inputs.length === 0) throw new Error(`inputs is empty, ${groupOf(item)} needs one`);
  if (item.outputs.length === 0) throw new Error("outputs is empty");
  check.sameLength("mask", item.mask, item.inputs, "inputs");
  check.sameLength("output_masks", item.output_masks, item.outputs, "outputs");
  // A glu inside a layer halves the last axis, which Keras's compute_output_shape does not know.
  const halved = property(item.layer["config"], "activation") === "glu";
  const shapes = halved
    ? item.output_shapes.map((shape) => shape.map((n, axis) => (axis === shape.length - 1 && n !== null ? n / 2 : n)))
    : item.output_shapes;
  check.all("outputs", item.outputs, shapes, "output_shape");
}

function checkGradients(item: WithArrays, gradients: GradientRefs, check: ShapeCheck): void {
  check.alike("gradients.inputs", refsTo(gradients.inputs), item.inputs, "inputs");
  if (item.outputs.length > 0) check.alike("gradients.upstream", refsTo(gradients.upstream), item.outputs, "outputs");
  if (item.kind !== "value") check.alike("gradients.weights", refsTo(gradients.weights), item.weights, "weights");
}

function refsTo(files: readonly (string | null)[]): (FileRef | null)[] {
  return files.map((file) => (file === null ? null : { file }));
}

/** Every method throws an error naming the field. */
class ShapeCheck {
  readonly #arrays: Arrays;

  constructor(arrays: Arrays) {
    this.#arrays = arrays;
  }

  sameLength(role: string, list: readonly unknown[] | undefined, wanted: readonly unknown[], from: string): void {
    if (list && list.length !== wanted.length)
      throw new Error(`${role} has ${list.length} items, ${from} has ${wanted.length}`);
  }

  /** Arrays against shapes that the case states. */
  all(role: string, list: readonly FileRef[], shapes: readonly PartialShape[], from: string): void {
    this.sameLength(from, shapes, list, role);
    list.forEach(({ file }, at) => this.#equal(file, `${role}[${at}]`, shapes[at] ?? [], from));
  }

  /** Arrays against the shapes of other arrays. */
  alike(role: string, list: readonly (FileRef | null)[] | undefined, others: readonly FileRef[], from: string): void {
    this.sameLength(role, list, others, from);
    list?.forEach((ref, at) => {
      if (ref) this.#equal(ref.file, `${role}[${at}]`, this.#shapeOf(others[at]?.file ?? ""), `${from}[${at}]`);
    });
  }

  #equal(file: string, role: string, wanted: PartialShape, from: string): void {
    const shape = this.#shapeOf(file);
    if (!shapeMatches(wanted, shape))
      throw new Error(`${role} ${file} has shape ${showShape(shape)}, ${from} asks for ${showShape(wanted)}`);
  }

  #shapeOf(file: string): readonly number[] {
    const array = this.#arrays.get(file);
    if (!array) throw new Error(`${file} was not read`);
    return array.shape;
  }
}
