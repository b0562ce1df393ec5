/** The shape an op produces: pure arithmetic that core, backends and tests share. */
import type { Op, Shape } from "./op.ts";

/** The output shape of `op` on data inputs of these shapes (weights excluded). */
export function outputShape(op: Op, inputs: readonly Shape[]): number[] {
  const x = inputs[0] ?? [];
  switch (op.kind) {
    case "conv":
      return [
        dim(x, 0),
        ...op.kernelSize.map((k, i) => {
          const [before, after] = at(op.padding, i);
          return (
            Math.floor((dim(x, i + 1) + before + after - at(op.dilation, i) * (k - 1) - 1) / at(op.strides, i)) + 1
          );
        }),
        op.outChannels,
      ];
    case "conv_transpose":
      return [dim(x, 0), ...op.outputSize, op.outChannels];
    case "separable":
      return outputShape(op.pointwise, [outputShape(op.depthwise, [x])]);
    case "conv_filter_grad":
      return [...op.kernelSize, op.inChannels / op.groups, op.outChannels];
    case "unary":
    case "unary_grad":
    case "softmax":
    case "sparsemax":
    case "sparsemax_grad":
      return [...x];
    case "binary":
      return broadcastShape(x, inputs[1] ?? []);
    case "reduce":
      return op.keepdims ? x.map((n, i) => (op.axes.includes(i) ? 1 : n)) : x.filter((_, i) => !op.axes.includes(i));
    case "transpose":
      return op.perm.map((p) => dim(x, p));
    case "reshape":
    case "broadcast":
    case "elementwise":
      return [...op.shape];
    case "slice":
      return [...op.size];
    case "pad":
      return x.map((n, i) => n + at(op.padding, i)[0] + at(op.padding, i)[1]);
    case "pool":
      return [dim(x, 0), ...op.axes.map(({ outputSize }) => outputSize), dim(x, x.length - 1)];
    case "pool_grad":
      return [dim(x, 0), ...op.inputSize, dim(x, x.length - 1)];
    case "resample":
      return x.map((n, i) => (i === op.axis ? op.starts.length : n));
    case "select":
      return broadcastShape(broadcastShape(x, inputs[1] ?? []), inputs[2] ?? []);
    case "gather":
      return [...x, dim(inputs[1] ?? [], 1)];
    case "gather_grad":
      return [op.rows, dim(inputs[1] ?? [], x.length)];
    case "concat":
      return x.map((n, i) => (i === op.axis ? inputs.reduce((sum, s) => sum + dim(s, i), 0) : n));
  }
}

/** NumPy's broadcasting rule for two shapes. Callers have checked compatibility; a mismatch throws a RangeError. */
export function broadcastShape(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) throw new RangeError(`Shapes [${a}] and [${b}] cannot be broadcast together.`);
    return m === 1 ? n : m;
  });
}

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

function dim(shape: Shape, i: number): number {
  return at(shape, i);
}

function at<T>(list: readonly T[], i: number): T {
  const value = list[i];
  if (value === undefined) throw new RangeError(`Index ${i} is outside [${list}].`);
  return value;
}
