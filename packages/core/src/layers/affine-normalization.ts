/** What GroupNormalization and LayerNormalization share: both end in `· gamma + beta`. */
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { type AffineArgs, type AffineOptions, affineSpecs, readAffineOptions } from "./affine-args.ts";
import { Layer } from "./layer.ts";
import { weightOptionsConfig } from "./weight-options.ts";

export abstract class AffineNormalization extends Layer {
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #options: AffineOptions;
  #gamma: KerasVariable | null = null;
  #beta: KerasVariable | null = null;

  /** `checkFirst` refuses what is looked at before the options of the weights. */
  constructor(args: AffineArgs, checkFirst: () => void) {
    super(args);
    checkFirst();
    this.epsilon = args.epsilon ?? 0.001;
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
    this.#options = readAffineOptions(args);
  }

  /** Null where the layer has none or is not built. */
  get gamma(): KerasVariable | null {
    return this.#gamma;
  }

  /** Null where the layer has none or is not built. */
  get beta(): KerasVariable | null {
    return this.#beta;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** Adds those of both weights that the layer has. */
  protected addAffine(shape: readonly number[], has: { readonly gamma: boolean; readonly beta: boolean }): void {
    const made = this.addWeights(affineSpecs(this.#options, shape, has));
    this.#gamma = (has.gamma ? made[0] : null) ?? null;
    this.#beta = (has.beta ? made.at(-1) : null) ?? null;
  }

  /** What configs end with. */
  protected affineConfig(): KerasConfig {
    return weightOptionsConfig(this.#options);
  }
}
