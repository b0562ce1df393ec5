/** Axes of an input shape as layers with weights need them: inside the rank, and of a known size. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { PartialShape } from "./layer-args.ts";

/** The size of an axis that gives a weight its shape. `weight` and `weightShape` are what the message says of the weight. */
export function sizeOfAxis(
  inputShape: PartialShape,
  axis: number,
  layerName: string,
  weight: string,
  weightShape: PartialShape = [null],
): number {
  assertAxis(inputShape, axis, axis, layerName);
  const size = inputShape.at(axis);
  if (size !== null && size !== undefined) return size;
  throw new ValueError(
    `Layer '${layerName}': the shape of a weight must be fully-defined, but the input has no known size on axis ${axis}. Received: shape=${formatShape(weightShape)} for variable '${weight}', input_shape=${formatShape(inputShape)}`,
  );
}

/** Refuses an axis outside of the shape; the message shows the argument. Source: `compute_output_shape` of Keras's normalisation layers. */
export function assertAxis(
  inputShape: PartialShape,
  axis: number,
  argument: number | readonly number[],
  layerName: string,
): void {
  if (Number.isInteger(axis) && axis >= -inputShape.length && axis < inputShape.length) return;
  throw new ValueError(
    `Layer '${layerName}': axis ${axis} is out of bounds for input shape ${formatShape(inputShape)}. Received: axis=${formatValue(argument)}`,
  );
}

/** One axis. Keras finds out when the layer is built. */
export function standardizeOneAxis(value: unknown): number {
  if (Number.isInteger(value)) return Number(value);
  throw new ValueError(`\`axis\` must be an integer. Received: axis=${formatValue(value)}`);
}

/** An axis or a list of axes, kept as it was given. */
export function standardizeAxis(value: unknown): number | readonly number[] {
  if (Number.isInteger(value)) return value as number;
  if (Array.isArray(value) && value.every((axis) => Number.isInteger(axis))) return [...value];
  throw new ValueError(
    `Expected an int or a list of ints for the argument \`axis\`. Received: axis=${formatValue(value)}`,
  );
}

/** As a config holds it. */
export function axisConfig(axis: number | readonly number[]): number | number[] {
  return typeof axis === "number" ? axis : [...axis];
}
