/** Rows of a table by their numbers (`keras.ops.take` along axis 0). */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { run } from "./run.ts";
import { recordable } from "./symbolic.ts";
import { type SymbolicShape, shapeOf, symbolicShapeOf, type Value } from "./value.ts";

/**
 * table `[rows, d]`, indices of any shape → `[...indices.shape, d]`. Indices are cut to integers, negative ones count from the
 * end; outside the table the row is NaN, as on JAX.
 */
export const take = recordable(
  "take",
  (table: Value, indices: Value) => {
    tableRow(shapeOf(table));
    return run({ kind: "gather" }, [indices, table]);
  },
  (table, indices) => [...symbolicShapeOf(indices), tableRow(symbolicShapeOf(table))],
);

function tableRow(shape: SymbolicShape): number | null {
  const [, d] = shape;
  if (shape.length !== 2 || d === undefined)
    throw new ValueError(`take needs a table of shape (rows, d). Received: table.shape=${formatShape(shape)}`);
  return d;
}
