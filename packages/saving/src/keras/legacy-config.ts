/**
 * Configs of legacy `.h5` files in the form of Keras 3: written by Keras 2 and tf.keras, or by Keras 3 in its legacy format.
 * Source: `saving_utils.model_from_config` and `functional.deserialize_node` of Keras 3, and configs that tf_keras 2 wrote.
 */
import { saving } from "@keras-ts/core";

type Json = Readonly<Record<string, unknown>>;

/** A layer's or model's entry with `module` and `registered_name`, its config and everything inside in Keras 3's words. */
export function upgradeEntry(entry: Json): Json {
  const className = String(entry["class_name"]);
  const config = upgradeConfig(className, recordOf(entry["config"]));
  if ("module" in entry) return { ...entry, config };
  const { class_name: _, config: __, ...others } = entry;
  return { ...identityOf(className), config, ...others };
}

/** A `training_config` of Keras 3 as a `compile_config`. */
export function upgradeTraining({ optimizer_config: optimizer, ...others }: Json): Json {
  return { optimizer: { module: "keras.optimizers", ...recordOf(optimizer), registered_name: null }, ...others };
}

function identityOf(className: string): Json {
  if (className === "Model" || className === "Functional")
    return { module: "keras.src.models.functional", class_name: "Functional", registered_name: "Functional" };
  if (className === "Sequential") return { module: "keras", class_name: className, registered_name: null };
  const isCustom = className.includes(">") || saving.getRegisteredObject(className) !== undefined;
  if (isCustom) return { module: null, class_name: className, registered_name: className };
  return { module: "keras.layers", class_name: className, registered_name: null };
}

/** Config keys that Keras 2 wrote where Keras 3 has no argument, and with which values they say nothing; null is any. */
const SAYS_NOTHING: readonly (readonly [classes: RegExp, keys: readonly string[], value: unknown])[] = [
  [/^(DepthwiseConv|SeparableConv|Conv\dDTranspose)/, ["groups"], 1],
  [/^SeparableConv/, ["kernel_initializer", "kernel_regularizer", "kernel_constraint"], null],
  [/^(LSTM|GRU|ConvLSTM)/, ["time_major"], false],
  [/^(LSTM|GRU|ConvLSTM)/, ["implementation"], null],
];

function saysNothing(className: string, key: string, given: unknown): boolean {
  return SAYS_NOTHING.some(
    ([classes, keys, value]) => classes.test(className) && keys.includes(key) && (value === null || value === given),
  );
}

function upgradeConfig(className: string, config: Json): Json {
  const { batch_input_shape: batchShape, ...rest } = Object.fromEntries(
    Object.entries(config).filter(([key, value]) => !saysNothing(className, key, value)),
  );
  const [upgraded, shape] = [upgradeValues(rest), listOf(batchShape)];
  if (Array.isArray(upgraded["axis"]) && upgraded["axis"].length === 1) upgraded["axis"] = upgraded["axis"][0];
  if (Array.isArray(upgraded["layers"])) upgradeGraph(upgraded);
  if (batchShape === undefined || batchShape === null) return upgraded;
  return className === "InputLayer"
    ? { ...upgraded, batch_shape: shape }
    : { ...upgraded, input_shape: shape.slice(1) };
}

/** What stands under a config's keys: the key says of which family an entry without a module is. */
function upgradeValues(config: Json): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (key === "layers") return [key, listOf(value).map((item) => upgradeEntry(recordOf(item)))];
      if (!isEntry(value)) return [key, value];
      if (key === "function" || key.startsWith("__")) return [key, value];
      if (/^(layer|cell|backward_layer|activation|recurrent_activation)$/.test(key)) return [key, upgradeEntry(value)];
      const family = FAMILIES.find(([ending]) => key.endsWith(ending))?.[1];
      return [key, family && !("module" in value) ? { module: family, registered_name: null, ...value } : value];
    }),
  );
}

const FAMILIES = [
  ["_initializer", "keras.initializers"],
  ["_regularizer", "keras.regularizers"],
  ["_constraint", "keras.constraints"],
] as const;

/** Where an input comes from: layer, call, output; then what the layer was called with besides. */
type Reference = readonly unknown[];

/** Calls as Keras 2 wrote them, as Keras 3 does. */
function upgradeGraph(config: Record<string, unknown>): void {
  const entries = listOf(config["layers"]).map(recordOf);
  const isKeras2 = entries.some((entry) => listOf(entry["inbound_nodes"]).some(Array.isArray));
  if (!isKeras2) return;
  const calls = entries.map((entry) => listOf(entry["inbound_nodes"]).map(referencesOf));
  const ends = ["input_layers", "output_layers"].map((key) => referencesOf(config[key]));
  const first = firstCalls(entries, [...calls.flat(2), ...ends.flat()]);
  const counted = ([name, call, output]: Reference) => [name, Number(call) - (first.get(name) ?? 0), output];
  config["layers"] = entries.map((entry, i) => ({
    ...entry,
    inbound_nodes: (calls[i] ?? []).map((references) => nodeOf(references, counted)),
  }));
  const isFunctional = new Set(entries.filter((entry) => entry["class_name"] === "Functional").map(({ name }) => name));
  for (const [i, key] of ["input_layers", "output_layers"].entries())
    config[key] = (ends[i] ?? []).map((end) => {
      const [name, call, output] = counted(end);
      // Keras 3 counts from 1 here, and only here.
      return [name, Number(call) + (isFunctional.has(name) ? 1 : 0), output];
    });
}

/** Keras 2 counts the calls of a model inside from 1 where the model was called once when it was made. */
function firstCalls(entries: readonly Json[], references: readonly Reference[]): ReadonlyMap<unknown, number> {
  const models = entries.filter((entry) => /^(Functional|Sequential)$/.test(String(entry["class_name"])));
  return new Map(
    models.map(({ name }) => {
      const calls = references.filter(([to]) => to === name).map(([, call]) => Number(call));
      return [name, calls.length === 0 ? 0 : Math.min(...calls)];
    }),
  );
}

/** One reference, or a list of them. */
function referencesOf(value: unknown): readonly Reference[] {
  const list = listOf(value);
  return typeof list[0] === "string" ? [list] : list.map(listOf);
}

function nodeOf(references: readonly Reference[], counted: (reference: Reference) => unknown): Json {
  const symbols = references.map((reference) => ({
    class_name: "__keras_tensor__",
    config: { keras_history: counted(reference) },
  }));
  const kwargs: unknown = Object.assign({}, ...references.map(([, , , given]) => recordOf(given)));
  return { args: symbols.length === 1 ? symbols : [symbols], kwargs };
}

function isEntry(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "class_name" in value;
}

function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
