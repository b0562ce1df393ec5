/** Matrix products (`keras.ops.matmul`). */

import { run } from "./run.ts";
import { reshape, transpose } from "./shape.ts";
import { matmulShape } from "./shapes.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, symbolicShapeOf, type Value } from "./value.ts";

/**
 * `[…, m, k] · [k, n]`, or `[b, m, k] · [b, k, n]`, matrix by matrix. Computed as a convolution of width 1 over m positions; a
 * batch of right sides is one with b groups.
 */
export const matmul = recordable(
  "matmul",
  (a: Value, b: Value) => {
    matmulShape(shapeOf(a), shapeOf(b));
    return shapeOf(b).length === 2 ? plain(a, b) : batched(a, b);
  },
  (a, b) => matmulShape(symbolicShapeOf(a), symbolicShapeOf(b)),
);

function plain(a: Value, b: Value): Value {
  const left = shapeOf(a);
  const [k = 0, n = 0] = shapeOf(b);
  const rows = left.slice(0, -1).reduce((product, size) => product * size, 1);
  const y = run(product(1, k, n), [reshape(a, [1, rows, k])], [reshape(b, [1, k, n])]);
  return reshape(y, [...left.slice(0, -1), n]);
}

function batched(a: Value, b: Value): Value {
  const [size = 0, m = 0, k = 0] = shapeOf(a);
  const n = shapeOf(b)[2] ?? 0;
  const rows = reshape(transpose(a, [1, 0, 2]), [1, m, size * k]);
  const kernel = reshape(transpose(b, [1, 0, 2]), [1, k, size * n]);
  return transpose(reshape(run(product(size, k, n), [rows], [kernel]), [m, size, n]), [1, 0, 2]);
}

function product(groups: number, k: number, n: number) {
  return {
    kind: "conv",
    kernelSize: [1],
    strides: [1],
    dilation: [1],
    padding: [[0, 0]],
    groups,
    inChannels: groups * k,
    outChannels: groups * n,
    bias: false,
    activation: null,
  } as const;
}
