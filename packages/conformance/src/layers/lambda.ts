/** Lambda by the name of its function: what the functions that the random layers are given compute. */
import { at, type Operand } from "../reference/operand.ts";
import { activated } from "./activation.ts";
import { arrayOf, elementOf, joined, mapped, operandAt } from "./array.ts";
import { type LayerReference, maskOf } from "./layer-reference.ts";

const FUNCTIONS: Readonly<Record<string, LayerReference>> = {
  squareAndScale: ({ arguments: given }, inputs) => [mapped(operandAt(inputs, 0), (v) => (given?.factor ?? 2) * v * v)],
  weightedDifference: ({ arguments: given }, inputs) => [
    joined(operandAt(inputs, 0), operandAt(inputs, 1), (a, b) => a - (given?.weight ?? 0.5) * b),
  ],
  stepSums: (_, inputs) => {
    const x = operandAt(inputs, 0);
    const steps = Array.from({ length: at(x.shape, 1) }, (_step, t) => t);
    return [
      arrayOf([at(x.shape, 0), ...x.shape.slice(2)], ([b = 0, ...c]) =>
        steps.reduce((sum, t) => sum + elementOf(x, [b, t, ...c]), 0),
      ),
    ];
  },
  mirrored: (_, inputs) => {
    const x = operandAt(inputs, 0);
    return [x, mapped(x, (v) => -v)];
  },
  doubledInTraining: (_, inputs, _weights, { training }) => [
    mapped(operandAt(inputs, 0), (v) => (training ? 2 * v : v)),
  ],
  keptSteps: (_, inputs, _weights, call) => {
    const x = operandAt(inputs, 0);
    const mask = maskOf(call);
    return [mask ? arrayOf(x.shape, (c) => (elementOf(mask, c.slice(0, -1)) === 0 ? 0 : elementOf(x, c))) : x];
  },
  softplus: (_, inputs) => [activated(operandAt(inputs, 0), "softplus")],
};

/** Names of functions. */
export const LAMBDA_FUNCTIONS: readonly string[] = Object.keys(FUNCTIONS);

export const lambda: LayerReference = (args, inputs, weights, call): readonly Operand[] => {
  const reference = FUNCTIONS[args.function ?? ""];
  if (reference === undefined) throw new RangeError(`There is no reference of the function "${args.function}".`);
  return reference(args, inputs, weights, call);
};
