/** Initializers whose spread follows from the weight's shape (Keras: `VarianceScaling` and the six named after it). */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { normalValues, truncatedNormalValues, uniformValues } from "../random/distributions.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { sizeOf } from "./initializer.ts";
import { RandomInitializer, type RandomInitializerArgs } from "./random-initializers.ts";

const MODES = ["fan_in", "fan_out", "fan_avg"] as const;
const DISTRIBUTIONS = ["uniform", "truncated_normal", "untruncated_normal"] as const;

export type FanMode = (typeof MODES)[number];
export type ScaledDistribution = (typeof DISTRIBUTIONS)[number];

/** Arguments of the named initializers. */
export interface FanArgs extends RandomInitializerArgs {
  /** Axes whose product is the fan-in, where the weight is not a dense or convolution kernel. Used only with `outputAxes`. */
  readonly inputAxes?: readonly number[] | null;
  readonly outputAxes?: readonly number[] | null;
}

export interface VarianceScalingArgs extends FanArgs {
  /** Positive. Default 1. */
  readonly scale?: number;
  /** Default "fan_in". */
  readonly mode?: FanMode;
  /** Default "truncated_normal", which "normal" also means. */
  readonly distribution?: ScaledDistribution | "normal";
}

const FAN_ARGUMENTS = ["seed", "inputAxes", "outputAxes"];
const ARGUMENTS = ["scale", "mode", "distribution", ...FAN_ARGUMENTS];

/** The standard deviation of N(0, 1) cut at ±2. */
const TRUNCATED_STDDEV = 0.8796256610342398;

/** Draws with variance `scale / n`, where n is the weight's fan-in, its fan-out, or their mean. */
export class VarianceScaling extends RandomInitializer {
  static readonly module: string = "keras.initializers";
  static override readonly className: string = "VarianceScaling";
  readonly scale: number;
  readonly mode: FanMode;
  readonly distribution: ScaledDistribution;
  readonly inputAxes: readonly number[] | null;
  readonly outputAxes: readonly number[] | null;

  constructor(args: VarianceScalingArgs = {}) {
    checkArguments("VarianceScaling", args, ARGUMENTS);
    const { scale = 1, mode = "fan_in", distribution = "truncated_normal" } = args;
    if (typeof scale !== "number" || !(scale > 0)) {
      throw new ValueError(`Argument \`scale\` must be positive float. Received: scale=${formatValue(scale)}`);
    }
    const knownMode = oneOf(MODES, mode, "mode");
    // Unlike the mode, the distribution may be written in any case.
    const lowered = typeof distribution === "string" ? distribution.toLowerCase() : distribution;
    const knownDistribution = oneOf(DISTRIBUTIONS, lowered === "normal" ? "truncated_normal" : lowered, "distribution");
    super(args);
    this.scale = scale;
    this.mode = knownMode;
    this.distribution = knownDistribution;
    this.inputAxes = args.inputAxes ?? null;
    this.outputAxes = args.outputAxes ?? null;
  }

  override values(shape: readonly number[]): Float32Array {
    const [fanIn, fanOut] = computeFans(shape, this.inputAxes, this.outputAxes);
    const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[this.mode];
    const variance = this.scale / Math.max(1, fan);
    const key = this.nextKey();
    const size = sizeOf(shape);
    if (this.distribution === "truncated_normal")
      return truncatedNormalValues(key, size, 0, Math.sqrt(variance) / TRUNCATED_STDDEV);
    if (this.distribution === "untruncated_normal") return normalValues(key, size, 0, Math.sqrt(variance));
    const limit = Math.sqrt(3 * variance);
    return uniformValues(key, size, -limit, limit);
  }

  override getConfig(): KerasConfig {
    const { scale, mode, distribution } = this;
    return { ...super.getConfig(), scale, mode, distribution, ...this.axesConfig() };
  }

  protected axesConfig(): KerasConfig {
    return { input_axes: copyOf(this.inputAxes), output_axes: copyOf(this.outputAxes) };
  }
}

/** A VarianceScaling whose rule is fixed: configs hold only seed and axes. */
abstract class NamedScaling extends VarianceScaling {
  constructor(className: string, args: FanArgs, rule: Omit<VarianceScalingArgs, keyof FanArgs>) {
    checkArguments(className, args, FAN_ARGUMENTS);
    super({ ...args, ...rule });
  }

  override getConfig(): KerasConfig {
    const { seed = null } = super.getConfig();
    return { seed, ...this.axesConfig() };
  }
}

/** Uniform within ±√(6 / (fan_in + fan_out)). Glorot & Bengio 2010; also called Xavier. */
export class GlorotUniform extends NamedScaling {
  static override readonly module: string = "keras.initializers";
  static override readonly className: string = "GlorotUniform";

  constructor(args: FanArgs = {}) {
    super("GlorotUniform", args, { scale: 1, mode: "fan_avg", distribution: "uniform" });
  }
}

/** Truncated normal with standard deviation √(2 / (fan_in + fan_out)). Glorot & Bengio 2010. */
export class GlorotNormal extends NamedScaling {
  static override readonly module: string = "keras.initializers";
  static override readonly className: string = "GlorotNormal";

  constructor(args: FanArgs = {}) {
    super("GlorotNormal", args, { scale: 1, mode: "fan_avg", distribution: "truncated_normal" });
  }
}

/** Uniform within ±√(6 / fan_in). He et al. 2015. */
export class HeUniform extends NamedScaling {
  static override readonly module: string = "keras.initializers";
  static override readonly className: string = "HeUniform";

  constructor(args: FanArgs = {}) {
    super("HeUniform", args, { scale: 2, mode: "fan_in", distribution: "uniform" });
  }
}

/** Truncated normal with standard deviation √(2 / fan_in). He et al. 2015. */
export class HeNormal extends NamedScaling {
  static override readonly module: string = "keras.initializers";
  static override readonly className: string = "HeNormal";

  constructor(args: FanArgs = {}) {
    super("HeNormal", args, { scale: 2, mode: "fan_in", distribution: "truncated_normal" });
  }
}

/** Uniform within ±√(3 / fan_in). Klambauer et al. 2017. */
export class LecunUniform extends NamedScaling {
  static override readonly module: string = "keras.initializers";
  static override readonly className: string = "LecunUniform";

  constructor(args: FanArgs = {}) {
    super("LecunUniform", args, { scale: 1, mode: "fan_in", distribution: "uniform" });
  }
}

/** Truncated normal with standard deviation √(1 / fan_in). Klambauer et al. 2017. */
export class LecunNormal extends NamedScaling {
  static override readonly module: string = "keras.initializers";
  static override readonly className: string = "LecunNormal";

  constructor(args: FanArgs = {}) {
    super("LecunNormal", args, { scale: 1, mode: "fan_in", distribution: "truncated_normal" });
  }
}

/** Number of input and output units of a weight: `[fanIn, fanOut]`. Source: `keras.src.initializers.random_initializers.compute_fans`. */
export function computeFans(
  shape: readonly number[],
  inputAxes: readonly number[] | null = null,
  outputAxes: readonly number[] | null = null,
): [number, number] {
  if (inputAxes && outputAxes)
    return [productOver(shape, inputAxes, "input_axes"), productOver(shape, outputAxes, "output_axes")];
  const [last = 1, beforeLast = last] = [...shape].reverse();
  const receptiveField = sizeOf(shape.slice(0, -2));
  return [beforeLast * receptiveField, last * receptiveField];
}

function productOver(shape: readonly number[], axes: readonly number[], name: string): number {
  return axes.reduce((product, axis) => {
    const size = shape.at(axis);
    if (size === undefined)
      throw new ValueError(`Axis out of range. Received: ${name}=${formatValue(axes)}, shape=${formatShape(shape)}`);
    return product * size;
  }, 1);
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown, name: string): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) {
    throw new ValueError(
      `Invalid \`${name}\` argument: ${String(value)}. Please use one of {${allowed.map((item) => `'${item}'`).join(", ")}}. Received: ${name}=${formatValue(value)}`,
    );
  }
  return found;
}

function copyOf(axes: readonly number[] | null): number[] | null {
  return axes && [...axes];
}
