/** The shape in which a dropout draws: null stands for the size of the input, 1 for one draw along an axis. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { PartialShape } from "./layer-args.ts";

/** Source: `keras.layers.Dropout._validate_noise_shape`. */
export function standardizeNoiseShape(value: unknown): PartialShape | null {
  if (value === undefined || value === null) return null;
  const refuse = (expected: string): never => {
    throw new ValueError(
      `Invalid value received for argument \`noise_shape\`. Expected ${expected}. Received: noise_shape=${formatValue(value)}`,
    );
  };
  if (typeof value === "string") return refuse("a tuple or list of integers");
  if (typeof value !== "object" || !(Symbol.iterator in value))
    return refuse("an iterable of integers (e.g., a tuple or list)");
  return Array.from(value as Iterable<unknown>, (size) => {
    if (size === null) return null;
    if (!Number.isInteger(size)) return refuse("all elements to be integers or None");
    return Number(size) > 0 ? Number(size) : refuse("all dimensions to be positive integers or None");
  });
}

/** The shape for one input: of its rank or less, each size 1 or the input's. */
export function concreteNoiseShape(noiseShape: PartialShape | null, shape: readonly number[]): number[] {
  if (noiseShape === null) return [...shape];
  const sizes = noiseShape.map((n, i) => n ?? shape[i] ?? Number.NaN);
  const fits =
    sizes.length <= shape.length && sizes.every((n, i) => n === 1 || n === shape[i - sizes.length + shape.length]);
  if (fits) return sizes;
  throw new ValueError(
    `The noise cannot be broadcast to the input. Received: noise_shape=${formatShape(noiseShape)}, inputs.shape=${formatShape(shape)}`,
  );
}
