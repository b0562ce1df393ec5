/**
 * What a file says of training: how the model was compiled, and its optimizer's variables. Models have no optimizer here yet; what was
 * read stays with the model, and is written again with it.
 */
import type { Model, saving } from "@keras-ts/core";
import type { Hdf5Written } from "../hdf5/write/hdf5-tree.ts";

/** Numbers as a file has them: dtype, shape and `data` in row-major order. */
export type NumberArray = Exclude<Hdf5Written, { readonly dtype: "string" }>;

/** One array of an optimizer, with its name in the group: "0", "1", … */
export type OptimizerVariable = NumberArray & { readonly name: string };

/** The variables of one object of the optimizer; one that scales losses holds another one. */
export interface OptimizerGroup {
  /** From the model: `optimizer`, `optimizer/inner_optimizer` */
  readonly path: string;
  /** The object's name, where the file says it. */
  readonly name: string | null;
  /** In the order of their numbers: iteration, learning rate, then the slots. Source: `keras.optimizers.Optimizer.variables`. */
  readonly variables: readonly OptimizerVariable[];
}

/** How a model was trained up to now. */
export interface TrainingState {
  /** Keras's `compile_config`: optimizer, loss, metrics, … */
  readonly compileConfig: saving.KerasConfig;
  /** Empty where the file held none. */
  readonly optimizer: readonly OptimizerGroup[];
}

/** Of models that have a `compile_config`. */
const optimizers = new WeakMap<Model, readonly OptimizerGroup[]>();

/**
 * What the file of a model said of its training; null for models that were not compiled, or were made here. A model inside of another has
 * its own, where Python compiled it. `saveModel` writes it again, bit for bit. It is not brought up to date when weights change: an
 * optimizer that goes on in Python after weights were edited here starts from momenta that belong to the weights before.
 */
export function trainingStateOf(model: Model): TrainingState | null {
  const compileConfig = model.getCompileConfig();
  if (Object.keys(compileConfig).length === 0) return null;
  return { compileConfig, optimizer: optimizers.get(model) ?? [] };
}

/** Keeps a state with a model; null forgets it, so that the model is saved as one that was never compiled. */
export function setTrainingState(model: Model, state: TrainingState | null): void {
  model.compileFromConfig(state?.compileConfig ?? {});
  if (state) optimizers.set(model, state.optimizer);
  else optimizers.delete(model);
}
