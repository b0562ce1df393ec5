/** The lower-case factories: without a first argument they make a layer, with one they add it to something. */
import type { KerasTensor } from "../models/keras-tensor.ts";
import { Sequential } from "../models/sequential.ts";
import { Tensor } from "../tf.ts";
import type { Layer } from "./layer.ts";

/** `keras.layers.depthwiseConv1d` and its kind. */
export interface LayerFactory<A, L extends Layer> {
  /** The layer. */
  (args: A): L;
  /** The model, with the layer added. */
  (model: Sequential, args: A): Sequential;
  /** The layer's output: a symbol for a symbol, a tensor for a tensor. */
  (inputs: KerasTensor, args: A): KerasTensor;
  (inputs: Tensor, args: A): Tensor;
}

/** Makes the factory of a layer class. */
export function factory<A, L extends Layer>(layerClass: new (args: A) => L): LayerFactory<A, L> {
  function compose(...given: readonly [A] | readonly [Sequential | KerasTensor | Tensor, A]): unknown {
    if (given.length === 1) return new layerClass(given[0]);
    const [target, args] = given;
    const layer = new layerClass(args);
    if (target instanceof Sequential) return target.add(layer);
    if (!(target instanceof Tensor)) return layer.apply(target as KerasTensor);
    try {
      return layer.apply(target);
    } finally {
      layer.dispose(); // nobody can reach it any more; a tape keeps what it needs of the weights itself
    }
  }
  return compose as LayerFactory<A, L>;
}
