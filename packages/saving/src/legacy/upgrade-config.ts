/**
 * The `model_config` of a legacy file in the form that Keras 3 writes to `.keras` files: entries with a module, Keras 3's keys, calls as
 * arguments. Source: `keras.src.legacy.saving.saving_utils.model_from_config` and `keras.src.models.functional`.
 */
import { saving, ValueError } from "@keras-ts/core";
import { isJson, type Json } from "./json.ts";
import { renamedClass, renamedKeys } from "./renamed-keys.ts";
import { upgradeGraph } from "./upgrade-graph.ts";

/** The config of a model or layer in Keras 3's form; to be called in the scope of custom objects. Throws ValueError for what is no config, UnsupportedError for what Keras 3 lacks. */
export function upgradeConfig(entry: unknown): Json {
  return upgradeLayer(entry, "");
}

function upgradeLayer(entry: unknown, around: string): Json {
  if (!isJson(entry) || typeof entry["class_name"] !== "string")
    throw new ValueError(
      `${around || "model_config"}: a layer's entry has a class_name and a config. Received: ${shown(entry)}`,
    );
  const className = renamedClass(entry["class_name"]);
  const config = configOf(entry["config"], `${around}/${className}`);
  const path = [around, String(config["name"] ?? className)].filter((part) => part !== "").join("/");
  const { name: _, inbound_nodes: __, ...identity } = entry;
  return {
    ...identity,
    ...identityOf(className, entry["module"]),
    config: upgradeLayerConfig(className, config, path),
  };
}

/** Sequential models had a list for a config until Keras 2.2.3. */
function configOf(config: unknown, path: string): Json {
  if (isJson(config)) return config;
  if (Array.isArray(config) && path.endsWith("/Sequential")) return { layers: config };
  throw new ValueError(`${path}: the config of a layer is an object. Received: ${shown(config)}`);
}

function upgradeLayerConfig(className: string, config: Json, path: string): Json {
  const { layers } = config;
  if (!Array.isArray(layers))
    return upgradeValues(renamedKeys(className, withoutInputShape(config), path), className, path);
  if ("input_layers" in config) return upgradeGraph(config, path, (entry) => upgradeLayer(entry, path));
  return { ...config, layers: withInput(layers).map((entry) => upgradeLayer(entry, path)) };
}

/** A layer that came first in a Sequential model says what it takes; Keras 3 has an InputLayer for that. */
function withInput(layers: readonly unknown[]): readonly unknown[] {
  const [first] = layers;
  const config = isJson(first) && isJson(first["config"]) ? first["config"] : {};
  const shape = config["batch_input_shape"];
  if (!Array.isArray(shape) || (isJson(first) && first["class_name"] === "InputLayer")) return layers;
  const input = { batch_shape: shape, dtype: "float32", sparse: false, name: `${String(config["name"])}_input` };
  return [{ class_name: "InputLayer", config: input }, ...layers];
}

function withoutInputShape({ batch_input_shape: shape, ...config }: Json): Json {
  // Only an InputLayer needs it: elsewhere the model says it.
  const isInput = "sparse" in config && !("trainable" in config);
  return isInput && shape !== undefined ? { batch_shape: shape, ...config } : config;
}

function identityOf(className: string, module: unknown): Json {
  if (typeof module === "string") return { class_name: className };
  if (className === "Functional") return { module: "keras.src.models.functional", class_name: className };
  if (className === "Sequential") return { module: "keras", class_name: className };
  // A class that keras-ts does not have may be the user's own: it has no module then.
  const entry = { module: "keras.layers", class_name: className };
  return saving.findUnsupported({ ...entry, config: {} }).length === 0 ? entry : { class_name: className };
}

function upgradeValues(config: Json, className: string, path: string): Json {
  const upgraded: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) upgraded[key] = upgradeValue(key, value, path);
  if (className === "Lambda") return { ...withoutLambdaKeys(upgraded), function: lambdaOf(config["function"]) };
  return upgraded;
}

function upgradeValue(key: string, value: unknown, path: string): unknown {
  if (LAYER_KEYS.has(key)) {
    return isJson(value) ? upgradeLayer(value, path) : value;
  }
  // Legacy files name functions only, and those of the user go before Keras's own.
  if (key.endsWith("activation") && typeof value === "string" && saving.getRegisteredObject(value))
    return { class_name: "function", config: value };
  const family = /_(initializer|regularizer|constraint)$/.exec(key)?.[1];
  return family !== undefined && isJson(value) ? upgradeFamily(value, family) : value;
}

/** Keys of layers inside of layers. */
const LAYER_KEYS = new Set(["layer", "backward_layer"]);

function upgradeFamily(entry: Json, family: string): Json {
  const { config } = entry;
  const { dtype: _, ...kept } = isJson(config) ? config : {};
  // TensorFlow's initializers had a dtype; `normal` was a truncated one.
  const upgraded = kept["distribution"] === "normal" ? { ...kept, distribution: "truncated_normal" } : kept;
  return { module: `keras.${family}s`, ...entry, config: isJson(config) ? upgraded : (config ?? {}) };
}

/** What a function is in Keras 3's configs: byte code of a lambda, or a function's name. */
function lambdaOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [code, defaults, closure] = value as unknown[];
  return { class_name: "__lambda__", config: { code, defaults, closure } };
}

function withoutLambdaKeys(config: Json): Json {
  const { module: _, function_type: __, output_shape_type: ___, output_shape_module: ____, ...kept } = config;
  return kept;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 200);
}
