/** Pooling by plain windows (keras-semantics 1.11): ordinary, global and adaptive. */
import { at, type Operand } from "../reference/operand.ts";
import { arrayOf, channelsFromEnd, channelsToEnd, elementOf, everyCoordinate, operandAt } from "./array.ts";
import { paddingOf } from "./convolution.ts";
import { channelAxis, type LayerReference, maskOf, perAxis } from "./layer-reference.ts";

type Reduce = (values: readonly number[]) => number;

const largest: Reduce = (values) => Math.max(...values);
const average: Reduce = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** The first and the one after the last position, an output position; cut to the input by `pooled`. */
type Windows = readonly (readonly [number, number])[];

/** x `[n, …space, c]`; one list of windows an axis. */
function pooled(x: Operand, axes: readonly Windows[], reduce: Reduce): Operand {
  const space = x.shape.slice(1, -1);
  const shape = [at(x.shape, 0), ...axes.map((windows) => windows.length), at(x.shape, x.shape.length - 1)];
  return arrayOf(shape, (c) => {
    const bounds = axes.map((windows, i) => {
      const [first, end] = windows[at(c, i + 1)] ?? [0, 0];
      return [Math.max(first, 0), Math.min(end, at(space, i))] as const;
    });
    const values = everyCoordinate(bounds.map(([first, end]) => end - first)).map((offset) => {
      const position = offset.map((o, i) => (bounds[i]?.[0] ?? 0) + o);
      return elementOf(x, [at(c, 0), ...position, at(c, c.length - 1)]);
    });
    return reduce(values);
  });
}

function pooling(rank: number, reduce: Reduce): LayerReference {
  return (args, inputs) => {
    const axis = channelAxis(args, rank);
    const x = channelsToEnd(operandAt(inputs, 0), axis);
    const sizes = perAxis(args.poolSize, rank, 2);
    const strides = perAxis(args.strides ?? args.poolSize, rank, 2);
    const axes = sizes.map((size, i): Windows => {
      const [n, stride] = [at(x.shape, i + 1), at(strides, i)];
      const [before, after] = paddingOf(args.padding, n, size, stride, 1);
      const count = Math.floor((n + before + after - size) / stride) + 1;
      return Array.from({ length: count }, (_, o) => [o * stride - before, o * stride - before + size]);
    });
    return [channelsFromEnd(pooled(x, axes, reduce), axis)];
  };
}

function adaptivePooling(rank: number, reduce: Reduce): LayerReference {
  return (args, inputs) => {
    const axis = channelAxis(args, rank);
    const x = channelsToEnd(operandAt(inputs, 0), axis);
    const axes = perAxis(args.outputSize, rank, 1).map((outputs, i): Windows => {
      const n = at(x.shape, i + 1);
      return Array.from({ length: outputs }, (_, o) => [
        Math.floor((o * n) / outputs),
        Math.ceil(((o + 1) * n) / outputs),
      ]);
    });
    return [channelsFromEnd(pooled(x, axes, reduce), axis)];
  };
}

function globalPooling(rank: number, reduce: Reduce): LayerReference {
  return (args, inputs) => {
    const axis = channelAxis(args, rank);
    const x = channelsToEnd(operandAt(inputs, 0), axis);
    const y = pooled(
      x,
      x.shape.slice(1, -1).map((n): Windows => [[0, n]]),
      reduce,
    );
    if (args.keepdims) return [channelsFromEnd(y, axis)];
    return [{ shape: [at(x.shape, 0), at(x.shape, rank + 1)], values: y.values }];
  };
}

/** The mean of the steps that a mask `[n, t]` keeps, NaN where it keeps none. */
const globalAverage1d: LayerReference = (args, inputs, weights, call) => {
  const mask = maskOf(call);
  if (mask === null) return globalPooling(1, average)(args, inputs, weights, call);
  const axis = channelAxis(args, 1);
  const x = channelsToEnd(operandAt(inputs, 0), axis);
  const [n = 0, steps = 0, channels = 0] = x.shape;
  const means = arrayOf([n, 1, channels], ([b = 0, , c = 0]) => {
    const kept = Array.from({ length: steps }, (_, t) => t).filter((t) => elementOf(mask, [b, t]) !== 0);
    return average(kept.map((t) => elementOf(x, [b, t, c])));
  });
  return [args.keepdims ? channelsFromEnd(means, axis) : { shape: [n, channels], values: means.values }];
};

const ranks = [1, 2, 3] as const;

export const poolingReferences: Readonly<Record<string, LayerReference>> = {
  ...Object.fromEntries(
    ranks.flatMap((rank): [string, LayerReference][] => [
      [`MaxPooling${rank}D`, pooling(rank, largest)],
      [`AveragePooling${rank}D`, pooling(rank, average)],
      [`GlobalMaxPooling${rank}D`, globalPooling(rank, largest)],
      [`GlobalAveragePooling${rank}D`, globalPooling(rank, average)],
      [`AdaptiveMaxPooling${rank}D`, adaptivePooling(rank, largest)],
      [`AdaptiveAveragePooling${rank}D`, adaptivePooling(rank, average)],
    ]),
  ),
  GlobalAveragePooling1D: globalAverage1d,
};
