/** Keras's own activations as the function of a Lambda: they take their own options, and neither `training` nor `mask`. */
import * as activations from "../activations/index.ts";
import type { Value } from "../ops/value.ts";
import { checkArguments } from "../serialization/argument-names.ts";

/** Options by Keras's name of the activation; the others have none. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  celu: ["alpha"],
  elu: ["alpha"],
  gelu: ["approximate"],
  glu: ["axis"],
  hard_shrink: ["threshold"],
  leaky_relu: ["negativeSlope"],
  log_softmax: ["axis"],
  relu: ["negativeSlope", "maxValue", "threshold"],
  soft_shrink: ["threshold"],
  softmax: ["axis"],
  sparsemax: ["axis"],
  squareplus: ["b"],
  threshold: ["threshold", "defaultValue"],
};

type AnyFunction = (...args: never[]) => unknown;

/** Keras's name of the activation that a function is, null where it is none. */
export function activationName(fn: AnyFunction): string | null {
  const { builtIn, name } = activations.get(fn as activations.ActivationFunction);
  return builtIn ? name : null;
}

/** Calls the activation of this name with these options; those it does not have are refused. */
export function callActivation(
  name: string,
  fn: AnyFunction,
  inputs: Value,
  options: Readonly<Record<string, unknown>>,
): Value {
  checkArguments(name, options, OPTIONS[name] ?? []);
  // By its name it is refused, as nothing could hand it its options; here they are.
  const called: AnyFunction = name === "threshold" ? activations.threshold : fn;
  return called(inputs as never, options as never) as Value;
}
