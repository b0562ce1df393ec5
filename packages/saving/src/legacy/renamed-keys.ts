/**
 * What Keras 2 wrote into the configs of layers and Keras 3 does not take. Found by comparing `get_config()` of each class of tf-keras 2.21 with
 * that of Keras 3.15.1; where Keras 3 refuses the key (`groups`, `time_major`, …) this reads more than it does.
 */
import { UnsupportedError } from "@keras-ts/core";

/** What becomes of a key. `drop` is no loss for `only` this value (for any value where there is no `only`). */
interface KeyChange {
  readonly key: string;
  readonly rename?: string;
  readonly only?: unknown;
}

const GROUPS: KeyChange = { key: "groups", only: 1 };
const TIME_MAJOR: KeyChange = { key: "time_major", only: false };
const SEPARABLE = [
  GROUPS,
  ...["kernel_initializer", "kernel_regularizer", "kernel_constraint"].map((key): KeyChange => ({ key })),
];

/** By class: a pattern that its whole name matches. */
const CHANGES: readonly (readonly [pattern: RegExp, changes: readonly KeyChange[]])[] = [
  [/^(Conv[123]DTranspose|DepthwiseConv[12]D)$/, [GROUPS]],
  [/^SeparableConv[12]D$/, SEPARABLE],
  [/^(ConvLSTM[123]D|LSTM|GRU)$/, [TIME_MAJOR]],
  [/^LeakyReLU$/, [{ key: "alpha", rename: "negative_slope" }]],
  // The layer makes its own noise shape, and has nothing to train.
  [/^SpatialDropout[123]D$/, [{ key: "noise_shape" }, { key: "trainable" }]],
  [/^Embedding$/, [{ key: "input_length" }]],
];

/** Names of classes that changed. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  Model: "Functional",
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
};

/** Keras 3's name of a class. */
export function renamedClass(className: string): string {
  return CLASS_NAMES[className] ?? className;
}

/** A layer's config with Keras 3's keys. `path` names the layer. Throws UnsupportedError for a value that Keras 3 has no word for. */
export function renamedKeys(className: string, config: Config, path: string): Config {
  const changed: Record<string, unknown> = { ...config };
  for (const { key, rename, only } of CHANGES.find(([pattern]) => pattern.test(className))?.[1] ?? []) {
    if (!(key in changed)) continue;
    const value = changed[key];
    delete changed[key];
    if (rename !== undefined) changed[rename] = value;
    else if (only !== undefined && value !== only)
      throw new UnsupportedError(
        `${path}: ${className} of Keras 3 has no \`${key}\`; without a loss it can be left out only where it is ${String(only)}. Received: ${key}=${JSON.stringify(value)}`,
      );
  }
  const { axis } = changed;
  if (Array.isArray(axis) && axis.length === 1 && typeof axis[0] === "number") changed["axis"] = axis[0];
  return changed;
}

type Config = Readonly<Record<string, unknown>>;
