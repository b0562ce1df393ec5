/** Activations by name with Keras's defaults, and the layers that are activations. */
import type { UnaryFn, UnaryName } from "@keras-ts/core";
import { at, type Operand } from "../reference/operand.ts";
import { softmax, sparsemax } from "../reference/softmax.ts";
import { unary } from "../reference/unary.ts";
import { arrayOf, channelsFromEnd, channelsToEnd, elementOf, mapped, operandAt } from "./array.ts";
import { type LayerReference, maskOf, positive } from "./layer-reference.ts";

const NO_MAX = Number.POSITIVE_INFINITY;
const f = (name: UnaryName, ...params: number[]): UnaryFn => ({ name, params });

const ELEMENTWISE: Readonly<Record<string, UnaryFn>> = {
  celu: f("celu", 1),
  elu: f("elu", 1),
  exponential: f("exp"),
  gelu: f("gelu"),
  hard_shrink: f("hard_shrink", 0.5),
  hard_sigmoid: f("hard_sigmoid"),
  hard_silu: f("hard_silu"),
  hard_tanh: f("hard_tanh"),
  leaky_relu: f("leaky_relu", 0.2),
  linear: f("affine", 1, 0),
  log_sigmoid: f("log_sigmoid"),
  mish: f("mish"),
  relu: f("relu", 0, NO_MAX, 0),
  relu6: f("relu", 0, 6, 0),
  selu: f("selu"),
  sigmoid: f("sigmoid"),
  silu: f("silu"),
  soft_shrink: f("soft_shrink", 0.5),
  softplus: f("softplus"),
  softsign: f("softsign"),
  sparse_plus: f("sparse_plus"),
  sparse_sigmoid: f("sparse_sigmoid"),
  squareplus: f("squareplus", 4),
  tanh: f("tanh"),
  tanh_shrink: f("tanh_shrink"),
};

/** Names that `activated` knows. */
export const ACTIVATIONS: readonly string[] = [...Object.keys(ELEMENTWISE), "softmax", "log_softmax", "sparsemax"];

/** The activation of this name; softmax and its like run over the last axis, whatever the data format. */
export function activated(x: Operand, name: string | null | undefined): Operand {
  if (name === null || name === undefined) return x;
  if (name === "softmax" || name === "log_softmax") return { ...x, values: softmax(x, name === "log_softmax") };
  if (name === "sparsemax") return { ...x, values: sparsemax(x) };
  const fn = ELEMENTWISE[name];
  if (fn === undefined) throw new RangeError(`There is no reference of the activation "${name}".`);
  return mapped(x, (v) => unary(fn, v));
}

const activationLayer: LayerReference = ({ activation }, [x]) => (x ? [activated(x, activation)] : []);

const relu: LayerReference = ({ maxValue = null, negativeSlope = 0, threshold = 0 }, inputs) => [
  mapped(operandAt(inputs, 0), (v) => {
    if (maxValue !== null && v >= maxValue) return maxValue;
    return v >= threshold ? v : negativeSlope * (v - threshold);
  }),
];

const leakyRelu: LayerReference = ({ negativeSlope = 0.3 }, inputs) => [
  mapped(operandAt(inputs, 0), (v) => (v >= 0 ? v : negativeSlope * v)),
];

const elu: LayerReference = ({ alpha = 1 }, inputs) => [
  mapped(operandAt(inputs, 0), (v) => (v > 0 ? v : alpha * Math.expm1(v))),
];

/** alpha has one sample's shape, with 1 along `sharedAxes` (counted with the batch axis). */
const prelu: LayerReference = (_, inputs, weights) => {
  const x = operandAt(inputs, 0);
  const alpha = operandAt(weights, 0);
  return [
    arrayOf(x.shape, (c) => {
      const v = elementOf(x, c);
      const own = c.slice(1).map((i, axis) => (at(alpha.shape, axis) === 1 ? 0 : i));
      return v > 0 ? v : elementOf(alpha, own) * v;
    }),
  ];
};

/** What a mask, broadcast from the last axis on, leaves out is 0 and adds nothing to the sum; all of it where nothing is left. */
const softmaxLayer: LayerReference = ({ axis = -1 }, inputs, _, call) => {
  const given = operandAt(inputs, 0);
  const mask = maskOf(call);
  const isKept = (c: readonly number[]): boolean => {
    if (mask === null) return true;
    const own = c.slice(c.length - mask.shape.length).map((i, a) => (at(mask.shape, a) === 1 ? 0 : i));
    return elementOf(mask, own) !== 0;
  };
  const x = arrayOf(given.shape, (c) => (isKept(c) ? elementOf(given, c) : Number.NEGATIVE_INFINITY));
  if (typeof axis !== "number") throw new RangeError("The reference of Softmax takes one axis.");
  const along = positive(axis, x.shape.length);
  const last = channelsToEnd(x, along);
  const shares = channelsFromEnd({ ...last, values: softmax(last, false) }, along);
  return [arrayOf(given.shape, (c) => (isKept(c) ? elementOf(shares, c) : 0))];
};

export const activationReferences: Readonly<Record<string, LayerReference>> = {
  Activation: activationLayer,
  ELU: elu,
  LeakyReLU: leakyRelu,
  PReLU: prelu,
  ReLU: relu,
  Softmax: softmaxLayer,
};
