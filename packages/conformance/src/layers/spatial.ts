/** Layers that pad, crop, enlarge and resize (keras-semantics 1.8 to 1.10). */
import { at, type Operand } from "../reference/operand.ts";
import { arrayOf, channelsFromEnd, channelsToEnd, elementOf, operandAt } from "./array.ts";
import { channelAxis, type LayerArguments, type LayerReference, perAxis } from "./layer-reference.ts";

type Pairs = readonly (readonly [number, number])[];

/** An int, an int or pair an axis, or in 1-D a pair, as pairs. */
function pairs(given: LayerArguments["padding"], rank: number, otherwise: number): Pairs {
  const value = given ?? otherwise;
  if (typeof value === "string") throw new RangeError(`Expected numbers. Received: ${value}`);
  if (typeof value === "number") return Array.from({ length: rank }, () => [value, value] as const);
  if (rank === 1) return [[Number(value[0]), Number(value[1])]];
  return value.map((entry) => (typeof entry === "number" ? [entry, entry] : [at(entry, 0), at(entry, 1)]));
}

/** x `[n, …space, c]` with every axis taken from `−before` to `n + after`, zeros outside. */
function reframed(x: Operand, frame: Pairs): Operand {
  const grown = frame.map(([before, after], i) => at(x.shape, i + 1) + before + after);
  return arrayOf([at(x.shape, 0), ...grown, at(x.shape, x.shape.length - 1)], (c) => {
    const own = c.map((i, axis) => i - (frame[axis - 1]?.[0] ?? 0));
    return own.every((i, axis) => i >= 0 && i < at(x.shape, axis)) ? elementOf(x, own) : 0;
  });
}

function inChannelsLast(args: LayerArguments, x: Operand, fn: (x: Operand) => Operand): readonly Operand[] {
  const axis = channelAxis(args, x.shape.length - 2);
  return [channelsFromEnd(fn(channelsToEnd(x, axis)), axis)];
}

const zeroPadding =
  (rank: number): LayerReference =>
  (args, inputs) =>
    inChannelsLast(args, operandAt(inputs, 0), (x) => reframed(x, pairs(args.padding, rank, 1)));

/** Cropping2D alone crops nothing unless told. */
const cropping =
  (rank: number): LayerReference =>
  (args, inputs) =>
    inChannelsLast(args, operandAt(inputs, 0), (x) => {
      const cut = pairs(args.cropping, rank, rank === 2 ? 0 : 1);
      return reframed(
        x,
        cut.map(([before, after]) => [-before, -after] as const),
      );
    });

/** `weights[o][j]`: how much of position j output o takes. */
function weightsOf(interpolation: string, n: number, outputs: number): number[][] {
  return Array.from({ length: outputs }, (_, o) => {
    if (interpolation === "nearest") {
      const source = Math.floor(((o + 0.5) * n) / outputs);
      return Array.from({ length: n }, (_, j) => (j === source ? 1 : 0));
    }
    const centre = ((o + 0.5) * n) / outputs - 0.5;
    const raw = Array.from({ length: n }, (_, j) => kernelAt(interpolation, Math.abs(centre - j)));
    const total = raw.reduce((sum, w) => sum + w, 0);
    return raw.map((w) => w / total);
  });
}

function kernelAt(interpolation: string, t: number): number {
  switch (interpolation) {
    case "bilinear":
      return Math.max(0, 1 - t);
    case "bicubic": // Keys, a = −½
      if (t >= 2) return 0;
      return t < 1 ? 1.5 * t ** 3 - 2.5 * t ** 2 + 1 : -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2;
    case "lanczos3":
      return t < 3 ? sinc(t) * sinc(t / 3) : 0;
    case "lanczos5":
      return t < 5 ? sinc(t) * sinc(t / 5) : 0;
    default:
      throw new RangeError(`There is no reference of the interpolation "${interpolation}".`);
  }
}

function sinc(t: number): number {
  return t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
}

/** x `[n, …space, c]` to other sizes, axis by axis. */
function resized(x: Operand, sizes: readonly number[], interpolation: string): Operand {
  return sizes.reduce((y, outputs, i) => {
    const axis = i + 1;
    const n = at(y.shape, axis);
    if (n === outputs) return y;
    const weights = weightsOf(interpolation, n, outputs);
    const shape = y.shape.map((length, a) => (a === axis ? outputs : length));
    return arrayOf(shape, (c) =>
      (weights[at(c, axis)] ?? []).reduce((sum, weight, j) => {
        if (weight === 0) return sum;
        return (
          sum +
          weight *
            elementOf(
              y,
              c.map((own, a) => (a === axis ? j : own)),
            )
        );
      }, 0),
    );
  }, x);
}

const upSampling =
  (rank: number): LayerReference =>
  (args, inputs) =>
    inChannelsLast(args, operandAt(inputs, 0), (x) => {
      const sizes = perAxis(args.size, rank, 2).map((factor, i) => factor * at(x.shape, i + 1));
      return resized(x, sizes, args.interpolation ?? "nearest");
    });

const resizing: LayerReference = (args, inputs) =>
  inChannelsLast(args, operandAt(inputs, 0), (x) =>
    resized(x, [args.height ?? 0, args.width ?? 0], args.interpolation ?? "bilinear"),
  );

/** The middle of images that are large enough; the odd row or column is cut at the end. */
const centerCrop: LayerReference = (args, inputs) =>
  inChannelsLast(args, operandAt(inputs, 0), (x) => {
    const cut = [args.height ?? 0, args.width ?? 0].map((size, i) => {
      const spare = at(x.shape, i + 1) - size;
      return [-Math.floor(spare / 2), -(spare - Math.floor(spare / 2))] as const;
    });
    return reframed(x, cut);
  });

export const spatialReferences: Readonly<Record<string, LayerReference>> = {
  CenterCrop: centerCrop,
  Cropping1D: cropping(1),
  Cropping2D: cropping(2),
  Cropping3D: cropping(3),
  Resizing: resizing,
  UpSampling1D: upSampling(1),
  UpSampling2D: upSampling(2),
  UpSampling3D: upSampling(3),
  ZeroPadding1D: zeroPadding(1),
  ZeroPadding2D: zeroPadding(2),
  ZeroPadding3D: zeroPadding(3),
};
