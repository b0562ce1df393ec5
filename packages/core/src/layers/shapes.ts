/** Shapes as arguments. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { PartialShape, Shapes } from "./layer-args.ts";

/** A list of sizes, null for unknown ones. */
export function standardizeShape(value: unknown, name: string): (number | null)[] {
  if (!isShape(value)) {
    throw new ValueError(
      `\`${name}\` must be a list of sizes, null for unknown ones. Received: ${name}=${formatValue(value)}`,
    );
  }
  return [...value];
}

/** Whether it is one shape, not several. */
export function isShape(value: unknown): value is PartialShape {
  return Array.isArray(value) && value.every((n) => n === null || (Number.isInteger(n) && Number(n) >= 0));
}

/** The shapes of all inputs, records by sorted keys. */
export function flattenShapes(shapes: Shapes): PartialShape[] {
  if (isShape(shapes)) return [shapes];
  if (Array.isArray(shapes)) return shapes.flatMap((item: Shapes) => flattenShapes(item));
  return Object.entries(shapes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, item]) => flattenShapes(item));
}

/** The one shape of a layer with one input. */
export function oneShape(shapes: Shapes, layerName: string): PartialShape {
  if (isShape(shapes)) return shapes;
  throw new ValueError(
    `Layer '${layerName}' expects 1 input(s). Received: input_shape=${flattenShapes(shapes).map(formatShape).join(", ")}`,
  );
}

/** The shapes of a layer that takes a list of inputs. */
export function shapeList(shapes: Shapes): PartialShape[] | null {
  return isShape(shapes) || !Array.isArray(shapes) || !shapes.every(isShape) ? null : [...shapes];
}

/** As a config holds them. */
export function copyShapes(shapes: Shapes): Shapes {
  if (Array.isArray(shapes))
    return shapes.map((item: number | null | Shapes) =>
      typeof item === "object" && item !== null ? copyShapes(item) : item,
    ) as Shapes;
  return Object.fromEntries(Object.entries(shapes).map(([key, item]) => [key, copyShapes(item as Shapes)]));
}
