/** Penalties on the size of elements. Source: `keras.src.regularizers.regularizers`. */
import { abs, add, clip, multiply, square, sum } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { inScope } from "../tf.ts";
import { Regularizer, validateFloatArg } from "./regularizer.ts";

export interface L1Args {
  /** Default 0.01. */
  readonly l1?: number | null;
}

/** `l1 · Σ|x|`. */
export class L1 extends Regularizer {
  static readonly module: string = "keras.regularizers";
  static override readonly className: string = "L1";
  /** As float32, which is how Keras keeps and saves this one (and not that of L2 or L1L2). */
  readonly l1: number;

  constructor(args: L1Args = {}) {
    super();
    checkArguments("L1", args, ["l1"]);
    this.l1 = Math.fround(validateFloatArg(args.l1 ?? 0.01, "l1"));
  }

  override call(x: Value): Value {
    return inScope(() => multiply(sum(abs(x)), this.l1));
  }

  override getConfig(): KerasConfig {
    return { l1: this.l1 };
  }
}

export interface L2Args {
  /** Default 0.01. */
  readonly l2?: number | null;
}

/** `l2 · Σx²`, without a factor of ½. */
export class L2 extends Regularizer {
  static readonly module: string = "keras.regularizers";
  static override readonly className: string = "L2";
  readonly l2: number;

  constructor(args: L2Args = {}) {
    super();
    checkArguments("L2", args, ["l2"]);
    this.l2 = validateFloatArg(args.l2 ?? 0.01, "l2");
  }

  override call(x: Value): Value {
    return inScope(() => multiply(sum(square(x)), this.l2));
  }

  override getConfig(): KerasConfig {
    return { l2: this.l2 };
  }
}

export interface L1L2Args {
  /** Default 0: unlike L1's. */
  readonly l1?: number | null;
  /** Default 0: unlike L2's. */
  readonly l2?: number | null;
}

/** `l1 · Σ|x| + l2 · Σx²`. */
export class L1L2 extends Regularizer {
  static readonly module: string = "keras.regularizers";
  static override readonly className: string = "L1L2";
  readonly l1: number;
  readonly l2: number;

  constructor(args: L1L2Args = {}) {
    super();
    checkArguments("L1L2", args, ["l1", "l2"]);
    this.l1 = validateFloatArg(args.l1 ?? 0, "l1");
    this.l2 = validateFloatArg(args.l2 ?? 0, "l2");
  }

  override call(x: Value): Value {
    // A factor of 0 drops its term, so that 0 · Infinity does not become NaN. L1's term comes first, as in Keras.
    return inScope(() => {
      const lasso = this.l1 === 0 ? null : multiply(sum(abs(x)), this.l1);
      const ridge = this.l2 === 0 ? null : multiply(sum(square(x)), this.l2);
      if (lasso && ridge) return add(lasso, ridge);
      // 0 that stays connected to x, so that a tape finds its gradient, 0.
      return lasso ?? ridge ?? multiply(sum(clip(x, 0, 0)), 0);
    });
  }

  override getConfig(): KerasConfig {
    return { l1: this.l1, l2: this.l2 };
  }
}
