/** Normalisations and other layers that scale (keras-semantics 1.12 to 1.14); BatchNormalization in training, too. */
import { at, type Operand } from "../reference/operand.ts";
import { arrayOf, elementOf, everyCoordinate, operandAt } from "./array.ts";
import { type LayerArguments, type LayerReference, maskOf, positive, type ReferenceCall } from "./layer-reference.ts";

/** gamma, then beta, where the layer has them, taken one by one from its weights. */
function scaleAndOffset(args: LayerArguments, weights: readonly Operand[]): [Operand?, Operand?] {
  const gamma = args.scale === false ? undefined : operandAt(weights, 0);
  const beta = args.center === false ? undefined : operandAt(weights, gamma ? 1 : 0);
  return [gamma, beta];
}

function axesOf({ axis = -1 }: LayerArguments, rank: number): number[] {
  return (typeof axis === "number" ? [axis] : [...axis]).map((a) => positive(a, rank)).sort((a, b) => a - b);
}

const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);

const mean = (values: readonly number[]): number => total(values) / values.length;

const variance = (values: readonly number[]): number => {
  const middle = mean(values);
  return mean(values.map((v) => (v - middle) ** 2));
};

/** The elements of x that differ from `c` along `axes` only. */
function along(x: Operand, c: readonly number[], axes: readonly number[]): number[] {
  return everyCoordinate(axes.map((axis) => at(x.shape, axis))).map((own) =>
    elementOf(
      x,
      c.map((i, axis) => (axes.includes(axis) ? at(own, axes.indexOf(axis)) : i)),
    ),
  );
}

interface Moments {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

/** Keras adds it to the number of elements that a mask keeps. */
const FUZZ = 1e-7;

/** Mean and biased variance a channel, of what a mask `[…all axes but the last]` keeps. */
function batchMoments(x: Operand, axis: number, mask: Operand | null): Moments {
  const own = Array.from({ length: at(x.shape, axis) }, (): number[] => []);
  for (const c of everyCoordinate(x.shape))
    if (mask === null || elementOf(mask, c.slice(0, -1)) !== 0) own[at(c, axis)]?.push(elementOf(x, c));
  if (mask === null) return { mean: own.map(mean), variance: own.map(variance) };
  const means = own.map((values) => total(values) / (values.length + FUZZ));
  const squares = own.map((values, i) => total(values.map((v) => (v - at(means, i)) ** 2)) / (values.length + FUZZ));
  return { mean: means, variance: squares };
}

/** What a call computes with: the batch's moments in training, the moving ones in inference and in a frozen layer. */
function usedMoments(args: LayerArguments, x: Operand, weights: readonly Operand[], call: ReferenceCall): Moments {
  const [axis = 0] = axesOf(args, x.shape.length);
  if (call.training && args.trainable !== false) return batchMoments(x, axis, maskOf(call));
  const [movingMean, movingVariance] = weights.slice(-2);
  return { mean: movingMean?.values ?? [], variance: movingVariance?.values ?? [] };
}

const batchNormalization: LayerReference = (args, inputs, weights, call) => {
  const x = operandAt(inputs, 0);
  const [gamma, beta] = scaleAndOffset(args, weights);
  const [axis = 0] = axesOf(args, x.shape.length);
  const moments = usedMoments(args, x, weights, call);
  return [
    arrayOf(x.shape, (c) => {
      const i = at(c, axis);
      const centred = elementOf(x, c) - at(moments.mean, i);
      const normal = centred / Math.sqrt(at(moments.variance, i) + (args.epsilon ?? 1e-3));
      return normal * (gamma ? at(gamma.values, i) : 1) + (beta ? at(beta.values, i) : 0);
    }),
  ];
};

/** moving · momentum + batch · (1 − momentum), in training. */
export const batchNormalizationState: LayerReference = (args, inputs, weights, call) => {
  if (!call.training || args.trainable === false) return weights;
  const used = usedMoments(args, operandAt(inputs, 0), weights, call);
  const momentum = args.momentum ?? 0.99;
  const follow = (moving: Operand, batch: ArrayLike<number>): Operand => ({
    shape: moving.shape,
    values: moving.values.map((v, i) => v * momentum + at(batch, i) * (1 - momentum)),
  });
  const [movingMean, movingVariance] = [operandAt(weights, weights.length - 2), operandAt(weights, weights.length - 1)];
  return [...weights.slice(0, -2), follow(movingMean, used.mean), follow(movingVariance, used.variance)];
};

/** gamma and beta have the shape of the normalised axes. */
const layerNormalization: LayerReference = (args, inputs, weights) => {
  const x = operandAt(inputs, 0);
  const [gamma, beta] = scaleAndOffset(args, weights);
  const axes = axesOf(args, x.shape.length);
  return [
    arrayOf(x.shape, (c) => {
      const values = along(x, c, axes);
      const own = axes.map((axis) => at(c, axis));
      const normal = (elementOf(x, c) - mean(values)) / Math.sqrt(variance(values) + (args.epsilon ?? 1e-3));
      return normal * (gamma ? elementOf(gamma, own) : 1) + (beta ? elementOf(beta, own) : 0);
    }),
  ];
};

/** Per sample, over the channels of a group and all positions. */
const groupNormalization: LayerReference = (args, inputs, weights) => {
  const x = operandAt(inputs, 0);
  const [gamma, beta] = scaleAndOffset(args, weights);
  const [axis = 0] = axesOf(args, x.shape.length);
  const channels = at(x.shape, axis);
  const groups = args.groups === -1 ? channels : (args.groups ?? 32);
  const size = channels / groups;
  return [
    arrayOf(x.shape, (c) => {
      const i = at(c, axis);
      const values = everyCoordinate(x.shape)
        .filter((o) => o[0] === c[0] && Math.floor(at(o, axis) / size) === Math.floor(i / size))
        .map((o) => elementOf(x, o));
      const normal = (elementOf(x, c) - mean(values)) / Math.sqrt(variance(values) + (args.epsilon ?? 1e-3));
      return normal * (gamma ? at(gamma.values, i) : 1) + (beta ? at(beta.values, i) : 0);
    }),
  ];
};

const rmsNormalization: LayerReference = (args, inputs, weights) => {
  const x = operandAt(inputs, 0);
  const axes = axesOf(args, x.shape.length);
  const scale = operandAt(weights, 0);
  return [
    arrayOf(x.shape, (c) => {
      const squares = along(x, c, axes).map((v) => v * v);
      const own = axes.map((axis) => at(c, axis));
      return (elementOf(x, c) / Math.sqrt(mean(squares) + (args.epsilon ?? 1e-6))) * elementOf(scale, own);
    }),
  ];
};

const unitNormalization: LayerReference = (args, inputs) => {
  const x = operandAt(inputs, 0);
  const axes = axesOf(args, x.shape.length);
  return [arrayOf(x.shape, (c) => elementOf(x, c) / Math.max(Math.hypot(...along(x, c, axes)), 1e-12))];
};

/** With `mean` and `variance` given: a number, or one an element of the last axis. */
const normalization: LayerReference = (args, inputs) => {
  const x = operandAt(inputs, 0);
  const own = (value: number | readonly number[] | undefined, c: readonly number[]): number =>
    typeof value === "number" ? value : at(value ?? [], at(c, c.length - 1));
  return [
    arrayOf(x.shape, (c) => {
      const deviation = Math.max(Math.sqrt(own(args.variance, c)), 1e-7);
      const centre = own(args.mean, c);
      return args.invert ? elementOf(x, c) * deviation + centre : (elementOf(x, c) - centre) / deviation;
    }),
  ];
};

const rescaling: LayerReference = ({ scale, offset = 0 }, inputs) => {
  const x = operandAt(inputs, 0);
  return [arrayOf(x.shape, (c) => elementOf(x, c) * Number(scale) + offset)];
};

export const normalizationReferences: Readonly<Record<string, LayerReference>> = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  Normalization: normalization,
  RMSNormalization: rmsNormalization,
  Rescaling: rescaling,
  UnitNormalization: unitNormalization,
};
