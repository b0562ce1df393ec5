/** The lower-case factories: given arguments alone they make a layer, given something before them they add it to that. */
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Sequential } from "../models/sequential.ts";
import type { Value } from "../ops/value.ts";
import { flatten, type Nested } from "../structure.ts";
import { isTensor, type Tensor } from "../tf.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { Layer } from "./layer.ts";

/** The arguments of a class; they may be left out where its constructor lets them. */
type ArgumentsOf<A> = undefined extends A ? [args?: A] : [args: A];

/** `keras.layers.depthwiseConv1d` and its kind. */
export interface LayerFactory<A, L extends Layer> {
  /** The model, with the layer added. */
  (model: Sequential, ...args: ArgumentsOf<A>): Sequential;
  /** The layer's output: a symbol for a symbol, a tensor for a tensor. Layers that merge take lists. */
  (inputs: KerasTensor | readonly KerasTensor[], ...args: ArgumentsOf<A>): KerasTensor;
  (inputs: Tensor | readonly Tensor[], ...args: ArgumentsOf<A>): Tensor;
  /** The layer. Last: models and symbols have a name, too, so that they would pass for arguments. */
  (...args: ArgumentsOf<A>): L;
}

/** Makes the factory of a layer class. */
export function factory<A, L extends Layer>(layerClass: new (args: A) => L): LayerFactory<A, L> {
  function compose(...given: readonly unknown[]): unknown {
    const [target, ...others] = isTarget(given[0]) ? given : [null, ...given];
    // Nothing is nothing here, too: a constructor that needs arguments says so.
    const layer = new layerClass(others[0] as A);
    if (target === null) return layer;
    if (isStack(target)) return target.add(layer);
    const inputs = target as Nested<Value>;
    if (!flatten(inputs).every(isTensor)) return layer.apply<Nested<Value>>(inputs);
    try {
      return layer.apply<Nested<Value>>(inputs);
    } finally {
      layer.dispose(); // nobody can reach it any more; a tape keeps what it needs of the weights itself
    }
  }
  return compose as LayerFactory<A, L>;
}

/** Whether it is something to add a layer to, and no object of arguments. */
function isTarget(given: unknown): boolean {
  return (
    isStack(given) ||
    isTensor(given) ||
    given instanceof KerasTensor ||
    given instanceof TracedTensor ||
    Array.isArray(given)
  );
}

/** A Sequential, known by its method: models know every layer, so that importing the class would bring all of them into a page with one. */
function isStack(given: unknown): given is Pick<Sequential, "add"> {
  return given instanceof Layer && "add" in given && typeof given.add === "function";
}
