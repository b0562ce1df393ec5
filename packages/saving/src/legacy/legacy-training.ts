/** How a model in a legacy file was compiled, in the form of `.keras` files. Source: `keras.src.legacy.saving.saving_utils.model_metadata`. */
import { isJson, type Json } from "./json.ts";

/** The `compile_config` of a `training_config` that Keras 3 wrote. */
export function upgradeTraining({ optimizer_config: optimizer, ...others }: Json): Json {
  return {
    optimizer: withModule(optimizer, "keras.optimizers"),
    ...others,
    loss: upgradeAll(others["loss"], "keras.losses"),
    metrics: upgradeAll(others["metrics"], "keras.metrics"),
    weighted_metrics: upgradeAll(others["weighted_metrics"], "keras.metrics"),
  };
}

/** Names stay; lists and records are done item by item. */
function upgradeAll(value: unknown, module: string): unknown {
  if (Array.isArray(value)) return value.map((item) => upgradeAll(item, module));
  if (!isJson(value)) return value ?? null;
  if ("class_name" in value) return withModule(value, module);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, upgradeAll(item, module)]));
}

function withModule(entry: unknown, module: string): unknown {
  return isJson(entry) && !("module" in entry) ? { module, ...entry, registered_name: null } : entry;
}
