/** ONNX models of the workloads, channels first. Field numbers are those of onnx.proto3 (github.com/onnx/onnx). */
import type { Operands } from "../workloads/operands.ts";
import { geometryOf, inputShape, outputShape, type Workload } from "../workloads/workload.ts";
import { bytes, type Field, integer, integers, message, text } from "./protobuf.ts";

export const INPUT = "x";
export const OUTPUT = "y";

const FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
const IR_VERSION = 8;
const OPSET = 17;

/** A serialized model `x [1, channels, …] → y [1, filters, …]`; weights inside. */
export function encodeModel(workload: Workload, operands: Operands): Uint8Array {
  const { channels, filters, spatial, kernelSize } = workload;
  const nodes: Field[] = [];
  const initializers: Field[] = [];
  const depthwiseShape = [channels, 1, ...spatial.map(() => kernelSize)];
  const taps = operands.depthwiseKernel.length / channels;
  initializers.push(initializer("dw", depthwiseShape, transposed(operands.depthwiseKernel, taps, channels)));
  initializers.push(initializer("b", [filters], operands.bias));
  const depthwise = depthwiseAttributes(workload);
  if (operands.pointwiseKernel) {
    const pointwiseShape = [filters, channels, ...spatial.map(() => 1)];
    initializers.push(initializer("pw", pointwiseShape, transposed(operands.pointwiseKernel, channels, filters)));
    nodes.push(node("Conv", [INPUT, "dw"], "d", depthwise));
    nodes.push(node("Conv", ["d", "pw", "b"], "c", [intsAttribute("kernel_shape", pointwiseShape.slice(2))]));
  } else {
    nodes.push(node("Conv", [INPUT, "dw", "b"], "c", depthwise));
  }
  nodes.push(node("Relu", ["c"], OUTPUT, []));
  const graph = message([
    ...nodes.map((encoded) => bytes(1, encoded)),
    text(2, "workload"),
    ...initializers.map((encoded) => bytes(5, encoded)),
    bytes(11, valueInfo(INPUT, channelsFirstShape(inputShape(workload)))),
    bytes(12, valueInfo(OUTPUT, channelsFirstShape(outputShape(workload)))),
  ]);
  const opset = message([text(1, ""), integer(2, OPSET)]);
  return message([integer(1, IR_VERSION), text(2, "keras-ts bench"), bytes(7, graph), bytes(8, opset)]);
}

/** `[1, …, channels]` as `[1, channels, …]`. */
export function channelsFirstShape(shape: readonly number[]): number[] {
  return [shape[0] ?? 1, shape.at(-1) ?? 1, ...shape.slice(1, -1)];
}

/** A row-major `[rows, columns]` as `[columns, rows]`: channels last to first, with rows the positions. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column] ?? 0;
  return out;
}

/** ONNX wants all begins, then all ends. */
function depthwiseAttributes(workload: Workload): Field[] {
  const g = geometryOf(workload);
  const oneD = workload.spatial.length === 1;
  const pads = oneD ? [g.padLeft, g.padRight] : [g.padTop, g.padLeft, g.padBottom, g.padRight];
  return [
    intsAttribute(
      "kernel_shape",
      workload.spatial.map(() => workload.kernelSize),
    ),
    intsAttribute(
      "strides",
      workload.spatial.map(() => workload.strides),
    ),
    intsAttribute("pads", pads),
    bytes(5, message([text(1, "group"), integer(3, workload.channels), integer(20, ATTRIBUTE_INT)])),
  ];
}

function node(operation: string, inputs: readonly string[], output: string, attributes: readonly Field[]): Uint8Array {
  const names = inputs.map((name) => text(1, name));
  return message([...names, text(2, output), text(3, `make_${output}`), text(4, operation), ...attributes]);
}

function intsAttribute(name: string, values: readonly number[]): Field {
  return bytes(5, message([text(1, name), integers(8, values), integer(20, ATTRIBUTE_INTS)]));
}

function initializer(name: string, shape: readonly number[], values: Float32Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message([integers(1, shape), integer(2, FLOAT), text(8, name), bytes(9, raw)]);
}

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dims = message(shape.map((size) => bytes(1, integer(1, size))));
  const tensorType = message([integer(1, FLOAT), bytes(2, dims)]);
  return message([text(1, name), bytes(2, bytes(1, tensorType))]);
}
