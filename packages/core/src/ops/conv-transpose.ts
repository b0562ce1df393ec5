/** Transposed convolution (`keras.ops.conv_transpose`). */
import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { type ConvTransposeArguments, resolveConvTransposeGeometry } from "../geometry/conv-transpose-geometry.ts";
import { standardizeIntegers, standardizePadding } from "../layers/arguments.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { inChannelsLast } from "./nn.ts";
import { run } from "./run.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

export interface ConvTransposeOptions {
  /** One number for all axes or one an axis. Default 1. */
  readonly strides?: number | readonly number[];
  /** In any case. Default valid. */
  readonly padding?: "valid" | "same";
  /** Positions more at the end of each axis. Default (also null): what follows from `padding`. */
  readonly outputPadding?: number | readonly number[] | null;
  readonly dilationRate?: number | readonly number[];
  /** Default (also null): `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/**
 * Transposed convolution. x `[n, ...space, c]`, kernel `[...k, f, c]` → `[n, ...out, f]`: every x[i] writes the whole kernel from
 * position `i·stride` on. Strides and dilation may be combined. Source: `keras.ops.conv_transpose`.
 */
export const convTranspose = recordable(
  "conv_transpose",
  (x: Value, kernel: Value, options: ConvTransposeOptions = {}) => {
    const { dataFormat, ...args } = standardizeOptions(x, kernel, options);
    return inChannelsLast(x, dataFormat, (h) => transposeLast(h, kernel, args));
  },
);

function transposeLast(x: Value, kernel: Value, args: ConvTransposeArguments) {
  const [outChannels = 0, inChannels = 0] = shapeOf(kernel).slice(-2);
  if (shapeOf(x).at(-1) !== inChannels) {
    throw new ValueError(
      `The number of input channels must be kernel.shape[-1]. Received: input channels=${shapeOf(x).at(-1)}, kernel.shape=${formatShape(shapeOf(kernel))}`,
    );
  }
  const geometry = resolveConvTransposeGeometry(shapeOf(x).slice(1, -1), args);
  return run(
    { kind: "conv_transpose", ...geometry, groups: 1, inChannels, outChannels, bias: false, activation: null },
    [x],
    [kernel],
  );
}

const OPTION_NAMES = ["strides", "padding", "outputPadding", "dilationRate", "dataFormat"];
const PADDINGS = ["valid", "same"] as const;

function standardizeOptions(x: Value, kernel: Value, options: ConvTransposeOptions) {
  checkArguments("convTranspose", options, OPTION_NAMES);
  const { strides = 1, padding = "valid", outputPadding = null, dilationRate = 1, dataFormat } = options;
  const shape = shapeOf(kernel);
  const rank = shape.length - 2;
  if (rank < 1 || rank > 3 || shapeOf(x).length !== rank + 2) {
    throw new ValueError(
      `convTranspose: x and the kernel must have the same rank, of 3 to 5. Received: x.shape=${formatShape(shapeOf(x))}, kernel.shape=${formatShape(shape)}`,
    );
  }
  return {
    kernelSize: shape.slice(0, rank),
    strides: standardizeIntegers(strides, rank, "strides"),
    padding: standardizePadding(typeof padding === "string" ? padding : null, PADDINGS),
    outputPadding:
      outputPadding === null ? null : standardizeIntegers(outputPadding, rank, "output_padding", { allowZero: true }),
    dilation: standardizeIntegers(dilationRate, rank, "dilation_rate"),
    dataFormat: standardizeDataFormat(dataFormat),
  };
}
