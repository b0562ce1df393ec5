/** Constraints after an update of weights, as `keras.optimizers.Optimizer.apply` ends. For training with tfjs's optimizers. */
import * as constraints from "./constraints/index.ts";
import { ValueError } from "./errors.ts";
import { formatShape, formatValue } from "./format.ts";
import { Layer } from "./layers/layer.ts";
import { inScope, isTensor } from "./tf.ts";
import { KerasVariable } from "./variable.ts";

/**
 * Puts every trainable weight that has a constraint back inside it: `weight.assign(weight.constraint.call(weight))`, one after
 * the other in their order. tfjs's optimizers know nothing of constraints, so call this after each of their steps:
 *
 * ```ts
 * optimizer.minimize(() => loss(model), false, model.trainableWeights.map(({ value }) => value));
 * applyConstraints(model);
 * ```
 *
 * Keras's optimizers leave out weights that have no gradient; this takes all of `target`. Weights of a frozen layer, and those
 * that are not trainable themselves, stay as they are. Nothing is left for the caller to dispose.
 *
 * @param target a model or layer (its `trainableWeights`), one weight, or a list of any of these; a weight met twice is
 *   constrained once.
 * @throws ValueError where `target` is something else, and where a constraint gives no tensor of the weight's shape.
 */
export function applyConstraints(target: Layer | KerasVariable | readonly (Layer | KerasVariable)[]): void {
  const targets: readonly unknown[] = Array.isArray(target) ? target : [target];
  for (const weight of new Set(targets.flatMap(trainableIn))) constrain(weight);
}

function trainableIn(target: unknown): readonly KerasVariable[] {
  if (target instanceof Layer) return target.trainableWeights;
  if (target instanceof KerasVariable) return target.trained ? [target] : [];
  throw new ValueError(
    `applyConstraints takes a layer or model, one of its weights, or a list of them. Received: ${formatValue(target)}`,
  );
}

function constrain(weight: KerasVariable): void {
  const constraint = constraints.get(weight.constraint as constraints.ConstraintIdentifier); // refuses by itself what is none
  if (!constraint) return;
  inScope(() => {
    const constrained = constraint.call(weight);
    if (!isTensor(constrained)) {
      throw new ValueError(
        `The constraint of ${weight.path} must give a tensor of shape ${formatShape(weight.shape)}. Received: ${formatValue(constrained)}`,
      );
    }
    weight.assign(constrained);
  });
}
