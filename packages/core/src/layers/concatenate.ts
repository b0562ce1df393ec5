/** Concatenate (Keras: `keras.layers.Concatenate`). */

import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { isList, type Nested } from "../structure.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { Merge, masksOf } from "./merge.ts";
import { shapeList } from "./shapes.ts";

export interface ConcatenateArgs extends LayerArgs {
  /** The axis along which inputs are joined. Default −1. */
  readonly axis?: number;
}

/** Its inputs joined along one axis; all other sizes must be equal. A step counts where any of its joined elements does. */
export class Concatenate extends Merge {
  static override readonly className = "Concatenate";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "axis"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";
  readonly axis: number;

  constructor(args: ConcatenateArgs = {}) {
    super(args);
    const axis: unknown = args.axis ?? -1;
    // Keras finds out when the layer is built.
    if (!Number.isInteger(axis)) throw new ValueError(`axis must be an integer. Received: axis=${formatValue(axis)}`);
    this.axis = Number(axis);
  }

  override build(inputShape: Shapes): void {
    const shapes = this.#shapesOf(inputShape);
    const rests = shapes.map((shape) => this.#withoutAxis(shape));
    const [first = []] = rests;
    const fits = rests.every((rest) => rest.length === first.length && rest.every((_, i) => agree(rests, i)));
    if (!fits) {
      throw new ValueError(
        `A \`Concatenate\` layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape=${shapes.map(formatShape).join(", ")}, axis=${this.axis}`,
      );
    }
    this.markBuilt(inputShape);
  }

  override call(inputs: readonly Value[]): Value {
    return ops.concatenate(inputs, this.axis);
  }

  protected override merge(inputs: readonly Value[]): Value {
    return this.call(inputs);
  }

  override computeMask(inputs: Nested<Value>, mask: Nested<Value | null>): Nested<Value | null> {
    const masks = masksOf(inputs, mask);
    if (!isList(inputs) || masks.every((item) => item === null)) return null;
    const wide = masks.map((item, i) => {
      const x = inputs[i] as Value;
      if (item === null) return ops.onesLike(x, { dtype: "bool" });
      if (item.shape.length >= x.shape.length) return item;
      return ops.logicalOr(ops.expandDims(item, -1), ops.zerosLike(x, { dtype: "bool" }));
    });
    return ops.any(ops.concatenate(wide, this.axis), { axis: -1 });
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    const shapes = this.#shapesOf(inputShape);
    const [first = []] = shapes;
    const at = this.axis < 0 ? this.axis + first.length : this.axis;
    if (at < 0 || at >= first.length) {
      throw new ValueError(
        `Layer '${this.name}': axis ${this.axis} is out of bounds. Received: axis=${this.axis}, input_shape=${shapes.map(formatShape).join(", ")}`,
      );
    }
    const sizes = shapes.map((shape) => shape.at(this.axis) ?? null);
    const total = sizes.reduce((sum, n) => (sum === null || n === null ? null : sum + n), 0);
    return first.map((n, i) => (i === at ? total : n));
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), axis: this.axis };
  }

  #shapesOf(inputShape: Shapes): PartialShape[] {
    const shapes = shapeList(inputShape);
    if (shapes && shapes.length > 0) return shapes;
    throw new ValueError(
      `A \`Concatenate\` layer should be called on a list of at least 1 input. Received: input_shape=${formatValue(inputShape)}`,
    );
  }

  #withoutAxis(shape: PartialShape): PartialShape {
    const at = this.axis < 0 ? this.axis + shape.length : this.axis;
    return shape.filter((_, i) => i !== at);
  }
}

/** Whether the known sizes on this axis are one. */
function agree(shapes: readonly PartialShape[], axis: number): boolean {
  return new Set(shapes.map((shape) => shape[axis] ?? null).filter((n) => n !== null)).size <= 1;
}

/** Makes a `Concatenate`, or adds it to a model, or calls it on tensors or symbols. */
export const concatenate = factory(Concatenate);
