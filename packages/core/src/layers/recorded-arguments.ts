/** Configs of the classes that write none of their own: Keras records what the constructor was given (its `_auto_config`). */
import { configKey } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { LayerArgs } from "./layer-args.ts";

const RECORDED = ["trainable", "dtype", "activityRegularizer"];

/** The config keys of the base arguments that were given, in the order in which they were. */
export function recordedKeys(args: LayerArgs): readonly string[] {
  return Object.entries(args)
    .filter(([name, value]) => value !== undefined && RECORDED.includes(name))
    .map(([name]) => configKey(name));
}

/** `base` in Keras's order: the name, the class's own arguments, what was given (null, too), the rest. */
export function recordedConfig(base: KerasConfig, own: KerasConfig, given: readonly string[]): KerasConfig {
  const { name = null, ...others } = base;
  const inOrder = Object.fromEntries(given.map((key) => [key, others[key] ?? null]));
  return { name, ...own, ...inOrder, ...others };
}
