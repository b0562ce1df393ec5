/** Hands the gradient rules to tfjs's tape under our kernels' names. */
import { opCall } from "../engine/eager.ts";
import { KERNEL_NAMES, kernelKind } from "../engine/kernel-names.ts";
import { UnsupportedError } from "../errors.ts";
import { reshape } from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import type { Value } from "../ops/value.ts";
import { engine, registerGradient, type Tensor } from "../tf.ts";
import { gradientOf, SAVED } from "./rules.ts";

let registered = false;

/** Registers once; later calls do nothing. */
export function registerOpGradients(): void {
  if (registered) return;
  registered = true;
  for (const kernelName of KERNEL_NAMES) {
    const kind = kernelKind(kernelName);
    const saves = SAVED[kind];
    const inputsToSave = [...Array.from({ length: saves.inputs }, (_, i) => `x${i}`), ...(saves.kernel ? ["w0"] : [])];
    registerGradient({
      kernelName,
      inputsToSave,
      outputsToSave: [saves.output],
      gradFunc: (dy, saved, attrs) => gradients(dy, saved, attrs),
    });
  }
}

function gradients(dy: Tensor | Tensor[], saved: Tensor[], attrs: object): Record<string, () => Tensor> {
  const { op, inputShapes, weightShapes } = opCall(attrs);
  const saves = SAVED[op.kind];
  const upstream = Array.isArray(dy) ? dy[0] : dy;
  if (!upstream) throw new TypeError(`No upstream gradient reached ${op.kind}.`);
  const pick = (index: number): Tensor => {
    const tensor = saved[index];
    if (!tensor) throw new TypeError(`The gradient of ${op.kind} misses a saved operand.`);
    return tensor;
  };
  const result = gradientOf({
    op,
    inputShapes,
    input: pick,
    kernel: () => pick(saves.inputs),
    output: () => pick(saves.inputs + (saves.kernel ? 1 : 0)),
    dy: upstream,
  });
  if (!result)
    throw new UnsupportedError(
      `The gradient of ${op.kind} has no gradient of its own: second derivatives are not supported through it.`,
    );
  const named: Record<string, () => Tensor> = {};
  // The tape frees what it adds up: an upstream that goes on as it is, perhaps to two inputs, must be a tensor of its own.
  const ownTensor = (gradient: Value): Tensor => (gradient === upstream ? copyOf(upstream) : asTensor(gradient));
  for (const [i, gradient] of result.inputs.entries()) named[`x${i}`] = () => ownTensor(gradient());
  const { kernel } = result;
  if (kernel) named.w0 = () => asTensor(reshape(kernel(), weightShapes[0] ?? []));
  return named;
}

/** The same values as a tensor of its own. Under an outer tape it is made by an op of ours, which has a derivative. */
function copyOf(x: Tensor): Tensor {
  return engine().state.gradientDepth > 0 ? asTensor(reshape(x, x.shape)) : x.clone();
}
