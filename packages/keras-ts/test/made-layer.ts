/** Layers from the arguments of a draw: wrapped layers are made first, functions are found by name. */
import * as keras from "@keras-ts/core";
import type { LayerArguments } from "../../conformance/src/layers/index.ts";

export interface LayerClass {
  new (args: object): keras.Layer;
  readonly takesMask: boolean;
  fromConfig(config: keras.KerasConfig): keras.Layer;
}

interface Given {
  readonly factor?: number;
  readonly weight?: number;
  readonly training?: boolean | null;
  readonly mask?: keras.Value | null;
}

/** By the names of `conformance/src/layers/lambda.ts`, where the formulas are. */
const FUNCTIONS: Readonly<Record<string, unknown>> = {
  squareAndScale: (x: keras.Value, { factor = 2 }: Given) => keras.ops.multiply(keras.ops.square(x), factor),
  weightedDifference: ([a, b]: readonly [keras.Value, keras.Value], { weight = 0.5 }: Given) =>
    keras.ops.subtract(a, keras.ops.multiply(b, weight)),
  stepSums: (x: keras.Value) => keras.ops.sum(x, { axis: 1 }),
  mirrored: (x: keras.Value) => [x, keras.ops.negative(x)],
  doubledInTraining: (x: keras.Value, { training }: Given) => (training ? keras.ops.multiply(x, 2) : x),
  keptSteps: (x: keras.Value, { mask }: Given) => (mask ? keras.ops.where(keras.ops.expandDims(mask, -1), x, 0) : x),
  softplus: keras.activations.softplus,
};

/** The exported class of this name, null where there is none. */
export function classOf(className: string): LayerClass | null {
  const known: Readonly<Record<string, unknown>> = keras;
  const found = known[className];
  return isLayerClass(found) ? found : null;
}

/** Every exported layer class by its own name: aliases and models left out. */
export function exportedClasses(): string[] {
  const classes: readonly unknown[] = Object.values(keras);
  const names = classes.filter(isLayerClass).map((found) => String(Object(found).className));
  return [...new Set(names)].sort();
}

function isLayerClass(found: unknown): found is LayerClass {
  return typeof found === "function" && found.prototype instanceof keras.Layer;
}

/** A new layer. */
export function makeLayer(className: string, args: LayerArguments): keras.Layer {
  const Class = classOf(className);
  if (Class === null) throw new Error(`There is no layer class ${className}.`);
  const { layer, backwardLayer, function: name, ...others } = args;
  return new Class({
    ...others,
    ...(layer ? { layer: makeLayer(layer.className, layer.args) } : {}),
    ...(backwardLayer ? { backwardLayer: makeLayer(backwardLayer.className, backwardLayer.args) } : {}),
    ...(name === undefined ? {} : { function: FUNCTIONS[name] }),
  });
}

/** Lets configs name the functions. */
export function registerFunctions(): void {
  for (const [name, fn] of Object.entries(FUNCTIONS))
    if (typeof fn === "function")
      keras.saving.registerKerasSerializable("drawn", name)(fn as keras.LambdaArgs["function"]);
}
