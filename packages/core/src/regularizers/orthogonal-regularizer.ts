/** `keras.regularizers.OrthogonalRegularizer`. */
import { epsilon } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { abs, clip, matmul, multiply, square, sum, transpose, unary } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { inScope, type Tensor, tensor } from "../tf.ts";
import { Regularizer, validateFloatArg } from "./regularizer.ts";

const MODES = ["rows", "columns"] as const;

export interface OrthogonalRegularizerArgs {
  /** Default 0.01. */
  readonly factor?: number;
  /** What shall be orthogonal to each other. Default "rows". */
  readonly mode?: (typeof MODES)[number];
}

/**
 * `factor · ½ · mean |cos|` over all pairs of rows (or columns) of a matrix. Equal to Keras's on tensors and weights; given
 * a NumPy array, Keras 3.15 normalises columns wrongly.
 */
export class OrthogonalRegularizer extends Regularizer {
  static readonly module: string = "keras.regularizers";
  static override readonly className: string = "OrthogonalRegularizer";
  /** As float32, which is how Keras keeps and saves it. */
  readonly factor: number;
  readonly mode: (typeof MODES)[number];

  constructor(args: OrthogonalRegularizerArgs = {}) {
    super();
    checkArguments("OrthogonalRegularizer", args, ["factor", "mode"]);
    const { factor = 0.01, mode = "rows" } = args;
    this.factor = Math.fround(validateFloatArg(factor, "factor"));
    if (!MODES.includes(mode)) {
      throw new ValueError(
        `Invalid value for argument \`mode\`. Expected one of {"rows", "columns"}. Received: mode=${formatValue(mode)}`,
      );
    }
    this.mode = mode;
  }

  override call(x: Value): Value {
    if (x.shape.length !== 2) {
      throw new ValueError(
        `Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=${formatShape(x.shape)}`,
      );
    }
    const axis = this.mode === "rows" ? 1 : 0;
    const size = x.shape[1 - axis];
    if (typeof size !== "number")
      throw new ValueError(`OrthogonalRegularizer needs known sizes. Received: inputs.shape=${formatShape(x.shape)}`);
    return inScope(() => {
      const inverseNorm = clip(
        unary(sum(square(x), { axis, keepdims: true }), { name: "rsqrt", params: [] }),
        0,
        1 / epsilon(),
      );
      const unit = multiply(x, inverseNorm);
      const product = axis === 1 ? matmul(unit, transpose(unit)) : matmul(transpose(unit), unit);
      const total = sum(abs(multiply(product, offDiagonal(size))));
      return multiply(total, (this.factor * 0.5) / ((size * (size - 1)) / 2));
    });
  }

  override getConfig(): KerasConfig {
    return { factor: this.factor, mode: this.mode };
  }
}

/** 1 − identity. */
function offDiagonal(size: number): Tensor {
  return tensor(
    Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 0 : 1)),
    [size, size],
  );
}
