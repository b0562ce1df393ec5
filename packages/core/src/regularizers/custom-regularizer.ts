/** A function, or an object with `call`, as a regularizer. */
import type { Value } from "../ops/value.ts";
import { tensor } from "../tf.ts";
import { Regularizer } from "./regularizer.ts";

/** A user's function: the penalty, as a scalar. */
export type RegularizerFunction = (x: Value) => Value | number;

/** Anything with the method that matters. */
export interface RegularizerLike {
  call(x: Value): Value | number;
}

/** What `get` makes of something that is not a `Regularizer` but can serve as one. */
export class CustomRegularizer extends Regularizer {
  static override readonly className: string = "CustomRegularizer";
  /** What the user gave; configs describe it. */
  readonly source: RegularizerFunction | RegularizerLike;

  constructor(source: RegularizerFunction | RegularizerLike) {
    super();
    this.source = source;
  }

  override call(x: Value): Value {
    const penalty = typeof this.source === "function" ? this.source(x) : this.source.call(x);
    return typeof penalty === "number" ? tensor(Float32Array.of(penalty), []) : penalty;
  }
}
