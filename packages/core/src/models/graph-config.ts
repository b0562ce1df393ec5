/** The graph of a functional model as JSON, and back. Source: `keras.src.models.functional`, `get_config` and `functional_from_config`. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { Layer } from "../layers/layer.ts";
import type { CallOptions } from "../layers/layer-args.ts";
import { deserializeLayer, serializeLayer } from "../layers/serialization.ts";
import { isOpUse } from "../ops/symbolic.ts";
import type { Value } from "../ops/value.ts";
import { argumentName, argumentsToConfig } from "../serialization/argument-names.ts";
import { deserializeKerasObject } from "../serialization/deserialize.ts";
import type { JsonValue, KerasConfig, KerasObjectJson } from "../serialization/json.ts";
import { serializeKerasObject } from "../serialization/serialize.ts";
import { mapStructure, type Nested } from "../structure.ts";
import { inScope, isTensor, keep, type Tensor } from "../tf.ts";
import { type Graph, historyOf } from "./graph.ts";
import { KerasTensor, type Node, type Operation } from "./keras-tensor.ts";
import { isOpEntry, opArguments, RevivedOp, serializeOp } from "./op-config.ts";

/** `layers`, `input_layers`, `output_layers`. */
export function graphConfig(graph: Graph, inputs: Nested<KerasTensor>, outputs: Nested<KerasTensor>): KerasConfig {
  const kept = keptNodes(graph);
  return {
    layers: graph.operations.map((operation) => ({
      ...(operation instanceof Layer ? serializeLayer(operation) : serializeUse(operation)),
      name: operation.name,
      inbound_nodes: (kept.get(operation) ?? []).flatMap((node) => (node.isInput ? [] : [nodeConfig(node, kept)])),
    })),
    input_layers: mapStructure(inputs, (symbol) => endConfig(symbol, kept)) as JsonValue,
    output_layers: mapStructure(outputs, (symbol) => endConfig(symbol, kept)) as JsonValue,
  };
}

type Kept = ReadonlyMap<Operation, readonly Node[]>;

/** The calls of each operation that belong to the model: their numbers count from 0 in it. */
function keptNodes(graph: Graph): Kept {
  return new Map(
    graph.operations.map((operation) => [operation, operation.inboundNodes.filter((node) => graph.nodes.has(node))]),
  );
}

function serializeUse(operation: Operation): KerasObjectJson {
  if (!isOpUse(operation)) throw new TypeError(`The operation '${operation.name}' is neither a layer nor an op.`);
  return serializeOp(operation);
}

function nodeConfig(node: Node, kept: Kept): JsonValue {
  const { operation } = node;
  const { args, kwargs } = isOpUse(operation)
    ? opArguments(operation, node)
    : { args: node.args, kwargs: argumentsToConfig(node.kwargs) };
  return { args: argumentConfig(args, kept), kwargs: argumentConfig(kwargs, kept) };
}

function argumentConfig(value: unknown, kept: Kept): JsonValue {
  if (value instanceof KerasTensor) {
    const { operation, node, tensorIndex } = historyOf(value);
    const index = (kept.get(operation) ?? []).indexOf(node);
    return {
      class_name: "__keras_tensor__",
      config: { shape: [...value.shape], dtype: value.dtype, keras_history: [operation.name, index, tensorIndex] },
    };
  }
  if (Array.isArray(value)) return value.map((item) => argumentConfig(item, kept));
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, argumentConfig(item, kept)]));
  return serializeKerasObject(value);
}

/** Keras counts the calls of nested functional models from 1 here, and only here. */
function endConfig(symbol: KerasTensor, kept: Kept): JsonValue {
  const { operation, node, tensorIndex } = historyOf(symbol);
  const index = (kept.get(operation) ?? []).indexOf(node);
  return [operation.name, index + firstNumber(operation), tensorIndex];
}

function firstNumber(operation: Operation): number {
  return "isFunctional" in operation && operation.isFunctional === true ? 1 : 0;
}

interface RevivedGraph {
  readonly inputs: Nested<KerasTensor>;
  readonly outputs: Nested<KerasTensor>;
  /** Tensors among the arguments of ops, which live as long as the model. */
  readonly constants: readonly Tensor[];
}

interface PendingCall {
  readonly name: string;
  readonly node: Readonly<Record<string, unknown>>;
}

/** Makes all layers, then repeats the calls whose inputs exist until none is left. */
export function readGraph(config: Readonly<Record<string, unknown>>): RevivedGraph {
  const constants: Tensor[] = [];
  const revived = new Map<string, Layer | RevivedOp>();
  try {
    // What ops make of plain numbers goes, as all but the constants.
    return inScope(() => reviveGraph(config, revived, constants));
  } catch (error) {
    for (const constant of constants) constant.dispose();
    for (const operation of revived.values()) if (operation instanceof Layer) operation.dispose();
    throw error;
  }
}

function reviveGraph(
  config: Readonly<Record<string, unknown>>,
  revived: Map<string, Layer | RevivedOp>,
  constants: Tensor[],
): RevivedGraph {
  let pending: PendingCall[] = [];
  for (const entry of entriesOf(config["layers"])) {
    const name = String(entry["name"]);
    revived.set(name, isOpEntry(entry["module"]) ? new RevivedOp(entry) : deserializeLayer(entry as never));
    for (const node of entriesOf(entry["inbound_nodes"])) pending.push({ name, node });
  }
  while (pending.length > 0) {
    const blocked = new Set<string>();
    const waiting = pending.filter(({ name, node }) => {
      // A layer's calls are made in their order.
      if (blocked.has(name) || !callIfPossible(revived, name, node, constants)) {
        blocked.add(name);
        return true;
      }
      return false;
    });
    if (waiting.length === pending.length) {
      throw new ValueError(
        `Invalid Functional model configuration. The graph of the Functional model either has loops or disconnected nodes. The following nodes failed to be resolved: ${waiting.map(({ name }) => name).join(", ")}`,
      );
    }
    pending = waiting;
  }
  const [inputs, outputs] = [endsOf(config["input_layers"], revived), endsOf(config["output_layers"], revived)];
  return { inputs, outputs, constants };
}

function entriesOf(value: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null && !Array.isArray(item)))
    return value as Readonly<Record<string, unknown>>[];
  throw new ValueError(
    `The config of a functional model lists its layers and their calls as objects. Received: ${formatValue(value)}`,
  );
}

/** Calls a layer if the symbols it is called on are there. */
function callIfPossible(
  revived: ReadonlyMap<string, Layer | RevivedOp>,
  name: string,
  node: Readonly<Record<string, unknown>>,
  constants: Tensor[],
): boolean {
  const { args = [], kwargs = {} } = node;
  let complete = true;
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    if (isSymbolConfig(value)) {
      const symbol = symbolAt(revived, value.config.keras_history, 0);
      complete &&= symbol !== null;
      return symbol;
    }
    if ("class_name" in value) {
      const object = deserializeKerasObject(value);
      if (isTensor(object)) constants.push(keep(object));
      return object;
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
  };
  const given = resolve(args) as unknown[];
  const named = resolve(kwargs) as Record<string, unknown>;
  if (!complete) return false;
  const operation = revived.get(name);
  if (operation instanceof RevivedOp) operation.call(given, named);
  else operation?.apply<Nested<Value>>(given[0] as Nested<Value>, optionsFrom(named));
  return true;
}

function optionsFrom(kwargs: Readonly<Record<string, unknown>>): CallOptions {
  return Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [argumentName(key) ?? key, value]));
}

interface SymbolConfig {
  readonly config: { readonly keras_history: readonly unknown[] };
}

function isSymbolConfig(value: object): value is SymbolConfig {
  return "class_name" in value && value.class_name === "__keras_tensor__";
}

/** The symbol `[name, call, output]`, null where that call was not made yet. */
function symbolAt(
  revived: ReadonlyMap<string, Layer | RevivedOp>,
  history: readonly unknown[],
  firstCall: number,
): KerasTensor | null {
  const [name, call, output] = history;
  const operation = revived.get(String(name));
  if (!operation)
    throw new ValueError(`Unknown layer: ${String(name)}. Received: keras_history=${formatValue(history)}`);
  const index = Number(call) - firstCall;
  const node = operation instanceof RevivedOp ? operation.uses[index]?.inboundNodes[0] : operation.inboundNodes[index];
  return node?.outputs[Number(output)] ?? null;
}

/** `input_layers` or `output_layers`: triples in the structure of the model. */
function endsOf(value: unknown, revived: ReadonlyMap<string, Layer | RevivedOp>): Nested<KerasTensor> {
  if (Array.isArray(value) && value.length === 3 && typeof value[0] === "string") {
    const operation = revived.get(value[0]);
    const symbol = symbolAt(revived, value, operation instanceof Layer ? firstNumber(operation) : 0);
    if (!symbol)
      throw new ValueError(`The model's config names a call that is not there. Received: ${formatValue(value)}`);
    return symbol;
  }
  if (Array.isArray(value)) return value.map((item) => endsOf(item, revived));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, endsOf(item, revived)]));
  throw new ValueError(`The inputs and outputs of a model's config are triples. Received: ${formatValue(value)}`);
}
