/** What a layer says its output is, before a symbol is made of it (Keras: `standardize_shape` in the constructor of KerasTensor). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Shapes } from "./layer-args.ts";
import { isShape } from "./shapes.ts";

/** Refuses sizes that no value has: negative ones, fractions, and what is no number. */
export function assertOutputSizes(shapes: Shapes, layerName: string): void {
  if (isShape(shapes)) return;
  const items: readonly unknown[] = Object.values(shapes);
  if (items.every((item) => typeof item === "object" && item !== null)) {
    for (const item of items) assertOutputSizes(item as Shapes, layerName);
    return;
  }
  throw new ValueError(
    `Layer '${layerName}': sizes of its output must be whole numbers, not negative. Received: output_shape=${formatValue(shapes)}`,
  );
}
