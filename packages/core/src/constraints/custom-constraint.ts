/** A function, or an object with `call`, as a constraint. */
import type { Value } from "../ops/value.ts";
import { Constraint } from "./constraint.ts";

/** A user's function: the projected weight. */
export type ConstraintFunction = (w: Value) => Value;

/** Anything with the method that matters. */
export interface ConstraintLike {
  call(w: Value): Value;
}

/** What `get` makes of something that is not a `Constraint` but can serve as one. */
export class CustomConstraint extends Constraint {
  static override readonly className: string = "CustomConstraint";
  /** What the user gave; configs describe it. */
  readonly source: ConstraintFunction | ConstraintLike;

  constructor(source: ConstraintFunction | ConstraintLike) {
    super();
    this.source = source;
  }

  override call(w: Value): Value {
    return typeof this.source === "function" ? this.source(w) : this.source.call(w);
  }
}
