/** Numbers in rows as a tensor, with every row and number looked at: what is missing or of another kind is refused by its place. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { sizeOf } from "../op/output-shape.ts";
import { type Tensor, tensor } from "../tf.ts";

/** Numbers in rows: `[[1, 2], [3, 4]]`. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** Whether the first item, followed down, is a number: what an array of numbers begins with. */
export function beginsWithNumber(x: readonly unknown[]): boolean {
  return x.length === 0 || typeof x[0] === "number" || (Array.isArray(x[0]) && beginsWithNumber(x[0]));
}

/** A float32 tensor of the numbers; `place` is what messages call them. */
export function tensorOfNumbers(numbers: NestedNumbers, place: string): Tensor {
  const shape = shapeOfFirst(numbers);
  const values = new Float32Array(sizeOf(shape));
  fill(numbers, shape, { values, written: 0 }, place);
  return tensor(values, shape, "float32");
}

/** The sizes that the first rows have; the others must have them too. */
function shapeOfFirst(numbers: unknown): number[] {
  return Array.isArray(numbers) ? [numbers.length, ...shapeOfFirst(numbers[0])] : [];
}

interface Target {
  readonly values: Float32Array;
  written: number;
}

/** Writes the numbers below `item`, all of which have `shape`. */
function fill(item: unknown, shape: readonly number[], target: Target, place: string): void {
  const [size = 0, ...rest] = shape;
  if (!Array.isArray(item) || item.length !== size) {
    throw new ValueError(
      `The rows of an array must be of one shape: expected ${formatShape(shape)}, as of the first. Received: ${received(item, place)}`,
    );
  }
  // By index: a hole of the array is a missing number too.
  for (let i = 0; i < size; i++) {
    const value: unknown = item[i];
    if (rest.length > 0) fill(value, rest, target, `${place}[${i}]`);
    else if (typeof value === "number") target.values[target.written++] = value;
    else throw new ValueError(`Expected a number. Received: ${received(value, `${place}[${i}]`)}`);
  }
}

/** Arrays by their length: they may be long. */
function received(value: unknown, place: string): string {
  return Array.isArray(value) ? `${place}.length=${value.length}` : `${place}=${formatValue(value)}`;
}
