/** What every layer is made and called with. */
import type { Value } from "../ops/value.ts";
import type { RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Nested } from "../structure.ts";
import type { DTypePolicy } from "./dtype-policy.ts";

/** A shape with unknown sizes. */
export type PartialShape = readonly (number | null)[];

/** A shape, or those of several inputs in lists and records. */
export type Shapes = PartialShape | readonly Shapes[] | { readonly [key: string]: Shapes };

/** Arguments of every layer. */
export interface LayerArgs {
  /** Unique inside a model; counted automatically (`depthwise_conv1d_1`) where left out. No "/". */
  readonly name?: string | null;
  /** False freezes the layer: its weights get no gradient steps and its regularizers add no loss. Default true. */
  readonly trainable?: boolean;
  /** A dtype or policy. Only float32 can be built; others are kept for configs. Default `keras.config.floatx()`. */
  readonly dtype?: string | DTypePolicy | KerasConfig | null;
  /** Penalises the output; the loss is divided by the batch size. */
  readonly activityRegularizer?: RegularizerIdentifier;
  /** Shape of one sample: a Sequential model that starts with this layer is built at once. */
  readonly inputShape?: PartialShape;
}

/** Names of the arguments above, for the check of unknown ones. */
export const LAYER_ARGUMENTS = ["name", "trainable", "dtype", "activityRegularizer", "inputShape"] as const;

/** What a call takes besides its inputs. A layer whose class does not know an option refuses it by name. */
export interface CallOptions {
  /** True in training, false in inference; left out or null: as the call around this one, else inference. */
  readonly training?: boolean | null;
  /**
   * 1 (or true) for the steps that count, `[batch, steps]`; one an input for several. Left out: what the inputs carry, unless
   * another option (`initialState`) holds tensors.
   */
  readonly mask?: Nested<Value | null> | null;
  /** The states that a recurrent layer starts from. */
  readonly initialState?: Nested<Value> | null;
}
