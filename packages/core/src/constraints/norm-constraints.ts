/** Constraints on norms and signs. Source: `keras.src.constraints.constraints`. */
import { epsilon } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { add, affine, clip, divide, maximum, multiply, sqrt, square, sum } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { inScope, scalar } from "../tf.ts";
import { Constraint } from "./constraint.ts";

type Axis = number | readonly number[];

export interface AxisArgs {
  /**
   * The axes that one norm is taken over. Default 0, right for a dense kernel; the filters of a two-dimensional
   * convolution need [0, 1, 2].
   */
  readonly axis?: Axis;
}

export interface MaxNormArgs extends AxisArgs {
  /** Default 2. */
  readonly maxValue?: number;
}

/** Scales down what has a norm above `maxValue`. */
export class MaxNorm extends Constraint {
  static readonly module: string = "keras.constraints";
  static override readonly className: string = "MaxNorm";
  readonly maxValue: number;
  readonly axis: Axis;

  constructor(args: MaxNormArgs = {}) {
    super();
    checkArguments("MaxNorm", args, ["maxValue", "axis"]);
    this.maxValue = numberArgument(args.maxValue ?? 2, "max_value");
    this.axis = axisArgument(args.axis ?? 0);
  }

  override call(w: Value): Value {
    return inScope(() => {
      const norms = normsOf(w, this.axis);
      return multiply(w, divide(clip(norms, 0, this.maxValue), affine(norms, 1, epsilon())));
    });
  }

  override getConfig(): KerasConfig {
    return { max_value: this.maxValue, axis: copyOf(this.axis) };
  }
}

/** Scales everything to norm 1. */
export class UnitNorm extends Constraint {
  static readonly module: string = "keras.constraints";
  static override readonly className: string = "UnitNorm";
  readonly axis: Axis;

  constructor(args: AxisArgs = {}) {
    super();
    checkArguments("UnitNorm", args, ["axis"]);
    this.axis = axisArgument(args.axis ?? 0);
  }

  override call(w: Value): Value {
    return inScope(() => divide(w, affine(normsOf(w, this.axis), 1, epsilon())));
  }

  override getConfig(): KerasConfig {
    return { axis: copyOf(this.axis) };
  }
}

export interface MinMaxNormArgs extends AxisArgs {
  /** Default 0. */
  readonly minValue?: number;
  /** Default 1. */
  readonly maxValue?: number;
  /** 1 (default) brings norms into the interval at once, less moves them there step by step. */
  readonly rate?: number;
}

/** Scales norms towards `[minValue, maxValue]`. */
export class MinMaxNorm extends Constraint {
  static readonly module: string = "keras.constraints";
  static override readonly className: string = "MinMaxNorm";
  readonly minValue: number;
  readonly maxValue: number;
  readonly rate: number;
  readonly axis: Axis;

  constructor(args: MinMaxNormArgs = {}) {
    super();
    checkArguments("MinMaxNorm", args, ["minValue", "maxValue", "rate", "axis"]);
    this.minValue = numberArgument(args.minValue ?? 0, "min_value");
    this.maxValue = numberArgument(args.maxValue ?? 1, "max_value");
    this.rate = numberArgument(args.rate ?? 1, "rate");
    this.axis = axisArgument(args.axis ?? 0);
  }

  override call(w: Value): Value {
    return inScope(() => {
      const norms = normsOf(w, this.axis);
      const desired = add(
        multiply(clip(norms, this.minValue, this.maxValue), this.rate),
        multiply(norms, 1 - this.rate),
      );
      return multiply(w, divide(desired, affine(norms, 1, epsilon())));
    });
  }

  override getConfig(): KerasConfig {
    return { min_value: this.minValue, max_value: this.maxValue, rate: this.rate, axis: copyOf(this.axis) };
  }
}

/** Sets negative weights to 0. */
export class NonNeg extends Constraint {
  static readonly module: string = "keras.constraints";
  static override readonly className: string = "NonNeg";

  constructor(args: Record<string, never> = {}) {
    super();
    checkArguments("NonNeg", args, []);
  }

  override call(w: Value): Value {
    return inScope(() => maximum(w, scalar(0)));
  }
}

/** L2 norms over `axis`, with axes kept. */
function normsOf(w: Value, axis: Axis): Value {
  return sqrt(sum(square(w), { axis, keepdims: true }));
}

function numberArgument(value: unknown, name: string): number {
  if (typeof value !== "number")
    throw new ValueError(`Argument \`${name}\` must be a number. Received: ${name}=${formatValue(value)}`);
  return value;
}

function axisArgument(axis: unknown): Axis {
  if (Number.isInteger(axis)) return axis as number;
  if (Array.isArray(axis) && axis.every(Number.isInteger)) return axis.map(Number);
  throw new ValueError(
    `Argument \`axis\` must be an integer or a list of integers. Received: axis=${formatValue(axis)}`,
  );
}

function copyOf(axis: Axis): number | number[] {
  return typeof axis === "number" ? axis : [...axis];
}
