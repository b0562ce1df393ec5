/** An activation as layers hold it. */
import type { UnaryFn } from "../op/unary.ts";
import type { Value } from "../ops/value.ts";

/** A user's function of a value. Written with `keras.ops` it can be planned too. */
export type ActivationFunction = (x: Value) => Value;

/** A layer, or anything else that is called by `apply` and has a config. */
export interface ActivationLayer {
  readonly name?: string;
  apply(x: Value): Value;
}

/** What `activations.get` returns for every kind of identifier. */
export class Activation {
  /** Keras's name, or the user's function's or layer's own. */
  readonly name: string;
  /**
   * The element-wise function this is, for an op's epilogue. Null where there is nothing to compute (linear) and where
   * it is not element-wise or not known (softmax, a user's function, a layer): then only `call` will do.
   */
  readonly fn: UnaryFn | null;
  /** The function or layer behind it. A layer's weights belong to the layer that holds the activation. */
  readonly source: ActivationFunction | ActivationLayer;
  /** One of Keras's own. */
  readonly builtIn: boolean;

  constructor(
    name: string,
    source: ActivationFunction | ActivationLayer,
    { fn = null, builtIn = false }: { fn?: UnaryFn | null; builtIn?: boolean } = {},
  ) {
    this.name = name;
    this.source = source;
    this.fn = fn;
    this.builtIn = builtIn;
  }

  /** True where `call` returns its argument. */
  get isLinear(): boolean {
    return this.builtIn && this.name === "linear";
  }

  call(x: Value): Value {
    return typeof this.source === "function" ? this.source(x) : this.source.apply(x);
  }
}
