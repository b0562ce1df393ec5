/**
 * The graph of a functional model: calls in Keras 2's form, `[["image", 0, 0, {}]]`, become calls in Keras 3's, and models inside count
 * their calls as there. Source: `deserialize_node` of `keras.src.models.functional`; `get_network_config` of Keras 2.
 */
import { ValueError } from "@keras-ts/core";
import { isJson, type Json } from "./json.ts";

/** A symbol: the layer that made it, which of its calls, which of its outputs. */
type Triple = readonly [name: string, call: number, output: number];

/** Of a layer: the number that its first call has in the graph, and whether it is a functional model. */
interface Calls {
  readonly first: number;
  readonly isFunctional: boolean;
}

/** The config of a functional model in Keras 3's form; `upgradeLayer` does the layers. Throws ValueError for a graph that is none. */
export function upgradeGraph(config: Json, path: string, upgradeLayer: (entry: unknown) => Json): Json {
  const layers = Array.isArray(config["layers"]) ? (config["layers"] as unknown[]) : [];
  const entries = layers.filter(isJson).map((entry) => ({ entry, name: nameOf(entry), nodes: nodesOf(entry, path) }));
  const upgraded = (nodes: (entry: (typeof entries)[number]) => readonly unknown[]) =>
    entries.map((item) => ({ ...upgradeLayer(item.entry), name: item.name, inbound_nodes: nodes(item) }));
  const isOld = entries.some(({ nodes }) => nodes.some(Array.isArray));
  if (!isOld) return { ...config, layers: upgraded(({ nodes }) => nodes) };

  const ends = [config["input_layers"], config["output_layers"]];
  const used = highestCalls([entries.map(({ nodes }) => nodes), ends]);
  const calls = new Map<string, Calls>();
  for (const { entry, name, nodes } of entries) {
    const isFunctional = /^(Functional|Model)$/.test(String(entry["class_name"]));
    // Models that were made with an input have a call of their own, which is not in the config. The last call that is there is always used.
    const counted = isModel(entry) && (used.get(name) ?? 0) >= nodes.length ? 1 : 0;
    calls.set(name, { first: counted, isFunctional });
  }
  const [inputs, outputs] = ends.map((end) => upgradeEnd(withoutList(end), calls, path));
  return {
    ...config,
    layers: upgraded(({ nodes }) => nodes.map((node) => upgradeNode(node, calls, path))),
    input_layers: inputs,
    output_layers: outputs,
  };
}

function nameOf(entry: Json): string {
  const { name, config } = entry;
  return String(name ?? (isJson(config) ? config["name"] : undefined));
}

function nodesOf(entry: Json, path: string): readonly unknown[] {
  const { inbound_nodes: nodes = [] } = entry;
  if (Array.isArray(nodes)) return nodes;
  throw new ValueError(
    `${path}/${nameOf(entry)}: inbound_nodes is a list of calls. Received: ${JSON.stringify(nodes)}`,
  );
}

function isModel({ config }: Json): boolean {
  return Array.isArray(config) || (isJson(config) && Array.isArray(config["layers"]));
}

/** The highest number of a call, by layer. */
function highestCalls(value: unknown, found = new Map<string, number>()): ReadonlyMap<string, number> {
  if (isTriple(value)) found.set(value[0], Math.max(found.get(value[0]) ?? 0, value[1]));
  if (Array.isArray(value)) for (const item of value) highestCalls(item, found);
  else if (isJson(value)) for (const item of Object.values(value)) highestCalls(item, found);
  return found;
}

/** Also with the arguments of the call as a fourth. */
function isTriple(value: unknown): value is Triple {
  return (
    Array.isArray(value) &&
    (value.length === 3 || value.length === 4) &&
    typeof value[0] === "string" &&
    Number.isInteger(value[1]) &&
    Number.isInteger(value[2])
  );
}

/** Keras 2 gives a model of one input, or of one output, that one alone. */
function withoutList(end: unknown): unknown {
  return Array.isArray(end) && end.length === 1 && isTriple(end[0]) ? end[0] : end;
}

/** Keras 3 counts the calls of functional models from 1 here, and only here. */
function upgradeEnd(end: unknown, calls: ReadonlyMap<string, Calls>, path: string): unknown {
  if (isTriple(end)) {
    const [name, call, output] = end;
    const { first, isFunctional } = callsOf(name, calls, path);
    return [name, call - first + (isFunctional ? 1 : 0), output];
  }
  if (Array.isArray(end)) return end.map((item) => upgradeEnd(item, calls, path));
  if (isJson(end))
    return Object.fromEntries(Object.entries(end).map(([key, item]) => [key, upgradeEnd(item, calls, path)]));
  throw new ValueError(`${path}: the inputs and outputs of a model are symbols. Received: ${JSON.stringify(end)}`);
}

function upgradeNode(node: unknown, calls: ReadonlyMap<string, Calls>, path: string): unknown {
  if (isJson(node)) return node;
  // Keras 2 writes a call on one symbol without the outer list, at times.
  const inputs: unknown[] = isTriple(node) ? [node] : Array.isArray(node) ? node : [];
  const symbols = inputs.map((input) => {
    if (isTriple(input)) return symbolOf(input, calls, path);
    throw new ValueError(
      `${path}: a call has symbols, [name, call, output, arguments]. Received: ${JSON.stringify(input)}`,
    );
  });
  const kwargs: Record<string, unknown> = {};
  for (const input of inputs)
    for (const [key, value] of Object.entries((input as readonly unknown[])[3] ?? {}))
      kwargs[key] = isTriple(value) && calls.has(value[0]) ? symbolOf(value, calls, path) : value;
  return { args: [symbols.length === 1 ? symbols[0] : symbols], kwargs };
}

function symbolOf([name, call, output]: Triple, calls: ReadonlyMap<string, Calls>, path: string): Json {
  const history = [name, call - callsOf(name, calls, path).first, output];
  return { class_name: "__keras_tensor__", config: { keras_history: history } };
}

function callsOf(name: string, calls: ReadonlyMap<string, Calls>, path: string): Calls {
  const found = calls.get(name);
  if (found) return found;
  throw new ValueError(`${path}: a call takes what no layer of the model makes. Received: layer='${name}'`);
}
