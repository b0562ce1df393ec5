/** The spatial axes of a shape, and options that take a pair of numbers for each of them. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { standardizeTuple } from "./arguments.ts";
import type { PartialShape } from "./layer-args.ts";

/** `[before, after]` one axis. */
export type AxisPair = readonly [number, number];

/** One number for all sides; one, or a pair, for each axis. */
export type AxisPairs = number | readonly (number | AxisPair)[];

/** The first spatial axis. */
export function firstSpatialAxis(dataFormat: ConvDataFormat): number {
  return dataFormat === "channels_first" ? 2 : 1;
}

/** A shape with its `rank` spatial sizes replaced; unknown ones are given as null. Refuses shapes of another rank. */
export function mapSpatial(
  shape: PartialShape,
  rank: number,
  dataFormat: ConvDataFormat,
  map: (space: PartialShape) => PartialShape,
): (number | null)[] {
  if (shape.length !== rank + 2) {
    throw new ValueError(
      `Expected a shape of ${rank + 2} axes: batch, channels and ${rank} spatial. Received: input_shape=${formatShape(shape)}`,
    );
  }
  const first = firstSpatialAxis(dataFormat);
  return [...shape.slice(0, first), ...map(shape.slice(first, first + rank)), ...shape.slice(first + rank)];
}

/** `fn` of each size that is known. */
export function mapKnown(space: PartialShape, fn: (n: number, axis: number) => number): (number | null)[] {
  return space.map((n, i) => (n === null ? null : fn(n, i)));
}

/** One pair an axis for a whole shape: nothing for batch and channels. */
export function pairsOfShape(pairs: readonly AxisPair[], dataFormat: ConvDataFormat): AxisPair[] {
  const none: AxisPair = [0, 0];
  return dataFormat === "channels_first" ? [none, none, ...pairs] : [none, ...pairs, none];
}

/**
 * `cropping` and `padding` of two or three axes: a number for all sides, or a list with a number or pair an axis. Fractions in pairs
 * pass, as in Keras, and are refused by shapes and calls.
 */
export function standardizePairs(
  value: unknown,
  rank: number,
  name: string,
  { allowNegative = false }: { readonly allowNegative?: boolean } = {},
): AxisPair[] {
  if (typeof value === "boolean" || (typeof value === "number" && Number.isInteger(value))) {
    const side = Number(value);
    if (side < 0 && !allowNegative)
      throw new ValueError(`\`${name}\` cannot be negative. Received: ${name}=${formatValue(value)}.`);
    return Array.from({ length: rank }, (): AxisPair => [side, side]);
  }
  if (!Array.isArray(value)) {
    throw new ValueError(
      `\`${name}\` should be either an int, a tuple of ${rank} ints, or a tuple of ${rank} tuples of 2 ints. Received: ${name}=${formatValue(value)}.`,
    );
  }
  if (value.length !== rank)
    throw new ValueError(`\`${name}\` should have ${rank} elements. Received: ${name}=${formatValue(value)}.`);
  return value.map((item: unknown, i) => standardizePair(item, `${ORDINALS[i]} entry of ${name}`));
}

/** A pair, or one number for both of its sides. */
export function standardizePair(value: unknown, name: string): AxisPair {
  const [before = 0, after = 0] = standardizeTuple(value, 2, name, { allowZero: true });
  return Object.freeze([before, after] as const);
}

const ORDINALS = ["1st", "2nd", "3rd"];
