/** A graph as an ONNX model, channels first. Field numbers are those of onnx.proto3 (github.com/onnx/onnx). */
import { channelsFirstShape } from "../graph/channels-first.ts";
import type { Graph } from "../graph/graph.ts";
import type { Shape } from "../workloads/description.ts";
import { type Attribute, encodeAttribute } from "./attribute.ts";
import { encodeNode, INPUT, type Initializer, type OnnxNode, OUTPUT } from "./nodes.ts";
import { bytes, type Field, integer, integers, message, text } from "./protobuf.ts";

export { INPUT, OUTPUT };

const FLOAT = 1;
const INT64 = 7;
const IR_VERSION = 8;
const OPSET = 17;

/** A serialized model `x [n, c, …] → y`; weights inside. */
export function encodeModel(graph: Graph): Uint8Array {
  const nodes: OnnxNode[] = [];
  const initializers: Initializer[] = [];
  for (const i of graph.nodes.keys()) {
    const made = encodeNode(graph, i);
    nodes.push(...made.nodes);
    initializers.push(...made.initializers);
  }
  const output = graph.nodes.at(-1)?.shape ?? graph.inputShape;
  const encoded = message([
    ...nodes.map((node) => bytes(1, encode(node))),
    text(2, "workload"),
    ...initializers.map((initializer) => bytes(5, encodeInitializer(initializer))),
    bytes(11, valueInfo(INPUT, graph.inputShape)),
    bytes(12, valueInfo(OUTPUT, output)),
  ]);
  const opset = message([text(1, ""), integer(2, OPSET)]);
  return message([integer(1, IR_VERSION), text(2, "keras-ts bench"), bytes(7, encoded), bytes(8, opset)]);
}

function encode({ operation, inputs, output, attributes }: OnnxNode): Uint8Array {
  const names = inputs.map((name) => text(1, name));
  const fields = Object.entries(attributes ?? {}).map(([name, value]: [string, Attribute]) =>
    bytes(5, encodeAttribute(name, value)),
  );
  return message([...names, text(2, output), text(3, `make_${output}`), text(4, operation), ...fields]);
}

function encodeInitializer({ name, shape, values }: Initializer): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const type = values instanceof Float32Array ? FLOAT : INT64;
  return message([integers(1, shape), integer(2, type), text(8, name), bytes(9, raw)]);
}

function valueInfo(name: string, shape: Shape): Uint8Array {
  const dims: Field[] = channelsFirstShape(shape).map((size) => bytes(1, integer(1, size)));
  const tensorType = message([integer(1, FLOAT), bytes(2, message(dims))]);
  return message([text(1, name), bytes(2, bytes(1, tensorType))]);
}
