/** Shapes and the symbols that stand for them, in lists and records. */
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Value } from "../ops/value.ts";
import { mapStructure, type Nested } from "../structure.ts";
import type { PartialShape, Shapes } from "./layer-args.ts";
import { isShape } from "./shapes.ts";

/** The shapes of values. */
export function shapesOf(values: Nested<Value>): Nested<PartialShape> {
  return mapStructure(values, (x): PartialShape => [...x.shape]);
}

/** A symbol for each shape. */
export function symbolsOf(
  shapes: Shapes,
  options: ConstructorParameters<typeof KerasTensor>[1] = { name: "symbol" },
): Nested<KerasTensor> {
  if (isShape(shapes)) return new KerasTensor(shapes, options);
  if (Array.isArray(shapes)) return shapes.map((item: Shapes) => symbolsOf(item, options));
  return Object.fromEntries(Object.entries(shapes).map(([key, item]) => [key, symbolsOf(item as Shapes, options)]));
}
