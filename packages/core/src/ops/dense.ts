/** The product that Dense is made of (`keras.ops.matmul` with a matrix on the right). */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { add } from "./elementwise.ts";
import { run } from "./run.ts";
import { reshape } from "./shape.ts";
import { recordable } from "./symbolic.ts";
import { type SymbolicShape, shapeOf, symbolicShapeOf, type Value } from "./value.ts";

/**
 * `x · kernel + bias` along the last axis: x `[..., k]`, kernel `[k, n]`, bias `[n]` or null → `[..., n]`. It is one convolution
 * of width 1, so that a plan joins bias and activation to it.
 */
export const dense = recordable(
  "matmul",
  (x: Value, kernel: Value, bias: Value | null = null) => {
    denseShape(shapeOf(x), shapeOf(kernel));
    const shape = shapeOf(x);
    const [k = 0, n = 0] = shapeOf(kernel);
    // Steps and images are convolved as they are; anything else as one long row of positions.
    const rank = shape.length === 3 || shape.length === 4 ? shape.length - 2 : 1;
    const asIs = rank === shape.length - 2;
    const ones = Array.from({ length: rank }, () => 1);
    const rows = asIs ? x : reshape(x, [1, shape.slice(0, -1).reduce((a, b) => a * b, 1), k]);
    const product = run(
      {
        kind: "conv",
        kernelSize: ones,
        strides: ones,
        dilation: ones,
        padding: ones.map(() => [0, 0] as const),
        groups: 1,
        inChannels: k,
        outChannels: n,
        bias: false,
        activation: null,
      },
      [rows],
      [kernel],
    );
    const y = bias ? add(product, bias) : product;
    return asIs ? y : reshape(y, [...shape.slice(0, -1), n]);
  },
  (x, kernel, _bias?: Value | null) => denseShape(symbolicShapeOf(x), symbolicShapeOf(kernel)),
);

function denseShape(x: SymbolicShape, kernel: SymbolicShape): (number | null)[] {
  const [k = null, n = null] = kernel;
  const last = x.at(-1) ?? null;
  if (x.length === 0 || kernel.length !== 2 || (last !== k && last !== null && k !== null)) {
    throw new ValueError(
      `dense needs shapes (..., k) and (k, n). Received: x.shape=${formatShape(x)}, kernel.shape=${formatShape(kernel)}`,
    );
  }
  return [...x.slice(0, -1), n];
}
