/** The base of layers that draw in training and return their input otherwise: dropouts and noises. */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Value } from "../ops/value.ts";
import { SeedGenerator } from "../random/index.ts";
import { isTensor, type Tensor } from "../tf.ts";
import type { IntegerUse } from "./integers.ts";
import type { CallOptions, LayerArgs } from "./layer-args.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export abstract class RandomLayer extends StatelessLayer {
  static override readonly trainingDefault: boolean | null = false;
  static override readonly integers: IntegerUse = "kept";
  /** Dropout's rate, or the noise's standard deviation, in [0, 1]. */
  readonly #strength: number;
  readonly seed: number | null;
  /** Null where nothing is ever drawn. */
  protected readonly seedGenerator: SeedGenerator | null;

  /** `check` runs between the checks of the strength and of the seed. */
  constructor(
    args: LayerArgs,
    strength: { readonly name: "rate" | "stddev"; readonly value: unknown },
    seed: number | null | undefined,
    check: () => void = () => {},
  ) {
    super(args);
    this.#strength = standardizeStrength(strength.value, strength.name);
    check();
    this.seed = seed ?? null;
    this.seedGenerator = this.#strength > 0 ? new SeedGenerator({ seed: this.seed }) : null;
  }

  protected get strength(): number {
    return this.#strength;
  }

  override call(inputs: Value, options: CallOptions = {}): Value {
    if (!options.training || !this.seedGenerator) return inputs;
    if (!isTensor(inputs)) {
      throw new UnsupportedError(
        `${this.className} '${this.name}' cannot be planned with training=true: it draws other numbers at each call. Call it with apply().`,
      );
    }
    return this.draw(inputs, this.seedGenerator);
  }

  /** What becomes of x in training. */
  protected abstract draw(x: Tensor, seed: SeedGenerator): Value;
}

function standardizeStrength(value: unknown, name: string): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new ValueError(
    `Invalid value received for argument \`${name}\`. Expected a float value between 0 and 1. Received: ${name}=${formatValue(value)}`,
  );
}
