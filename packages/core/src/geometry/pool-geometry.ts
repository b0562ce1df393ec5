/** The windows of pooling layers as numbers: `valid`, `same` and adaptive (Keras: `compute_pooling_output_shape`). */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { PoolAxis } from "../op/op.ts";
import { convOutputSize, convPadding } from "./conv-geometry.ts";

/** What kind of pooling: windows of a size, or as many windows as outputs are wanted. */
export interface PoolArguments {
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
}

/** The windows on inputs of this spatial size. Refuses windows that do not fit. */
export function poolAxes(space: readonly number[], { poolSize, strides, padding }: PoolArguments): PoolAxis[] {
  poolOutputSize(space, { poolSize, strides, padding });
  return space.map((n, i) => {
    const size = poolSize[i] ?? 1;
    const stride = strides[i] ?? 1;
    const [before] = convPadding(n, size, stride, 1, padding);
    return {
      outputSize: convOutputSize(n, size, stride, 1, padding) ?? 0,
      step: stride,
      divisor: 1,
      reach: size,
      before,
    };
  });
}

/** `outputSize` windows an axis that cover the input: the i-th is `[floor(i·n/o), ceil((i+1)·n/o))`. */
export function adaptivePoolAxes(space: readonly number[], outputSize: readonly number[]): PoolAxis[] {
  return space.map((n, i) => {
    const o = outputSize[i] ?? 1;
    return { outputSize: o, step: n, divisor: o, reach: n + o - 1, before: 0 };
  });
}

/** Spatial output sizes, null where unknown. Source: `keras.src.ops.operation_utils.compute_pooling_output_shape`. */
export function poolOutputSize(
  space: readonly (number | null)[],
  { poolSize, strides, padding }: PoolArguments,
): (number | null)[] {
  const output = space.map((n, i) => convOutputSize(n, poolSize[i] ?? 1, strides[i] ?? 1, 1, padding));
  if (padding === "valid" && output.some((n) => n !== null && n <= 0)) {
    throw new ValueError(
      `Computed output size would be zero or negative. Received: input size=${formatShape(space)}, pool_size=${formatShape(poolSize)}, ` +
        `strides=${formatShape(strides)}, padding=${formatValue(padding)}. Use a smaller window, padding='same', or a larger input.`,
    );
  }
  return output;
}
