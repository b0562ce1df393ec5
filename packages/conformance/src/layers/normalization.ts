/** Normalisations in inference and other layers that scale (keras-semantics 1.12 to 1.14). */
import { at, type Operand } from "../reference/operand.ts";
import { arrayOf, elementOf, everyCoordinate, operandAt } from "./array.ts";
import { type LayerArguments, type LayerReference, positive } from "./layer-reference.ts";

/** gamma, then beta, where the layer has them, taken one by one from its weights. */
function scaleAndOffset(args: LayerArguments, weights: readonly Operand[]): [Operand?, Operand?] {
  const gamma = args.scale === false ? undefined : operandAt(weights, 0);
  const beta = args.center === false ? undefined : operandAt(weights, gamma ? 1 : 0);
  return [gamma, beta];
}

function axesOf({ axis = -1 }: LayerArguments, rank: number): number[] {
  return (typeof axis === "number" ? [axis] : [...axis]).map((a) => positive(a, rank)).sort((a, b) => a - b);
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

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

const batchNormalization: LayerReference = (args, inputs, weights) => {
  const x = operandAt(inputs, 0);
  const [gamma, beta] = scaleAndOffset(args, weights);
  const [movingMean, movingVariance] = weights.slice(-2);
  const [axis = 0] = axesOf(args, x.shape.length);
  return [
    arrayOf(x.shape, (c) => {
      const i = at(c, axis);
      const centred = elementOf(x, c) - at(movingMean?.values ?? [], i);
      const normal = centred / Math.sqrt(at(movingVariance?.values ?? [], i) + (args.epsilon ?? 1e-3));
      return normal * (gamma ? at(gamma.values, i) : 1) + (beta ? at(beta.values, i) : 0);
    }),
  ];
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
