/** The base of layers that merge a list of inputs element by element (Keras: `keras.src.layers.merging.base_merge.Merge`). */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { Nested } from "../structure.ts";
import { isList } from "../structure.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { shapeList } from "./shapes.ts";

/**
 * Takes a list of one or more inputs `[batch, …]` that broadcast together. Inputs of lower rank get axes of size 1 after the batch
 * axis. A mask passes on when all inputs have one: steps count where any input counts.
 */
export abstract class Merge extends Layer {
  static override readonly argumentNames: readonly string[] = LAYER_ARGUMENTS;

  constructor(args: LayerArgs = {}) {
    super(args);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override build(inputShape: Shapes): void {
    const shapes = shapesOf(inputShape);
    const batchSizes = new Set(shapes.map(([batch = null]) => batch).filter((batch) => batch !== null));
    if (batchSizes.size > 1) {
      throw new ValueError(
        `Cannot merge tensors with different batch sizes. Received tensors with shapes ${shapes.map(formatShape).join(", ")}`,
      );
    }
    mergedShape(shapes);
    this.markBuilt(inputShape);
  }

  override call(inputs: readonly Value[]): Value {
    if (!isList(inputs)) throw new ValueError(notAList(`inputs=${formatValue(inputs)}`));
    const rank = Math.max(...inputs.map((x) => x.shape.length));
    return this.merge(inputs.map((x) => withRank(x, rank)));
  }

  /** The values merged, all of one rank. */
  protected abstract merge(inputs: readonly Value[]): Value;

  override computeMask(inputs: Nested<Value>, mask: Nested<Value | null>): Nested<Value | null> {
    const masks = masksOf(inputs, mask);
    return masks.some((item) => item === null)
      ? null
      : masks.reduce((a, b) => (a === null || b === null ? null : ops.logicalOr(a, b)));
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    const shapes = shapesOf(inputShape);
    const batchSizes = [...new Set(shapes.map(([batch = null]) => batch).filter((batch) => batch !== null))];
    return [batchSizes.length === 1 ? (batchSizes[0] ?? null) : null, ...mergedShape(shapes)];
  }

  protected override packInputs<T>(items: readonly T[]): Nested<T> {
    return items;
  }
}

/** The masks of a list of inputs, one each. */
export function masksOf(inputs: Nested<Value>, mask: Nested<Value | null>): (Value | null)[] {
  if (!isList(inputs) || mask === null) return [null];
  if (!isList(mask) || mask.length !== inputs.length) {
    throw new ValueError(
      `The lists \`inputs\` and \`mask\` should have the same length. Received: inputs=${formatValue(inputs)}, mask=${formatValue(mask)}`,
    );
  }
  return mask.map((item) => (item === null || "shape" in item ? (item as Value | null) : null));
}

function shapesOf(inputShape: Shapes): PartialShape[] {
  const shapes = shapeList(inputShape);
  if (shapes && shapes.length > 0) return shapes;
  throw new ValueError(notAList(`input_shape=${formatValue(inputShape)}`));
}

function notAList(received: string): string {
  return `A merge layer should be called on a list of at least 1 input. Received: ${received} (not a list of shapes)`;
}

function withRank(x: Value, rank: number): Value {
  let y = x;
  while (y.shape.length < rank) y = ops.expandDims(y, 1);
  return y;
}

/** The shapes without their batch sizes, broadcast together. */
function mergedShape(shapes: readonly PartialShape[]): (number | null)[] {
  const [first = [], ...others] = shapes.map((shape) => shape.slice(1));
  return others.reduce<PartialShape>(broadcast, first).map((n) => n);
}

function broadcast(a: PartialShape, b: PartialShape): (number | null)[] {
  if (a.length < b.length) return broadcast(b, a);
  const offset = a.length - b.length;
  return a.map((m, i) => {
    if (i < offset) return m;
    const n = b[i - offset] ?? null;
    if (m === null || n === null) return null;
    if (m !== 1 && n !== 1 && m !== n) {
      throw new ValueError(`Inputs have incompatible shapes. Received shapes ${formatShape(a)} and ${formatShape(b)}`);
    }
    return m === 1 ? n : m;
  });
}
