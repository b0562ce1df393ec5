import { expect, test } from "vitest";
import { KerasTensor } from "../models/keras-tensor.ts";
import * as ops from "./index.ts";

const DTYPES = ["bool", "uint8", "int8", "uint16", "int32", "uint32", "float16", "bfloat16", "float32", "float64"];
const sym = (dtype: string) => new KerasTensor([null, 4, 4], { name: "x", dtype });
const same = DTYPES.join(" ");
const floats = "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32";
const counted = "int32 uint8 int8 uint16 int32 uint32 float16 bfloat16 float32";

// What the symbolic calls of Keras 3.15 on JAX say, for inputs of DTYPES in their order.
test.each<[string, (x: KerasTensor) => KerasTensor, string]>([
  ["getItem", (x) => ops.getItem(x, [{}, { start: 1 }]), same],
  ["reshape", (x) => ops.reshape(x, [-1, 16]), same],
  ["transpose", (x) => ops.transpose(x), same],
  ["expandDims", (x) => ops.expandDims(x, -1), same],
  ["repeat", (x) => ops.repeat(x, 2, 1), same],
  ["flip", (x) => ops.flip(x, 1), same],
  ["max", (x) => ops.max(x, { axis: 1 }), same],
  ["abs", (x) => ops.abs(x), same],
  ["relu", (x) => ops.relu(x), same],
  ["softmax", (x) => ops.softmax(x), same],
  ["pad", (x) => ops.pad(x, [[0, 0], [1, 1], [0, 0]]), same], // biome-ignore format: one row a case
  ["concatenate of one dtype", (x) => ops.concatenate([x, x], 1), same.replace("float64", "float32")],
  ["square", (x) => ops.square(x), same.replace("bool", "int32")],
  ["clip", (x) => ops.clip(x, 0, 1.5), same.replace("bool", "int32")],
  ["sum", (x) => ops.sum(x), "int32 uint32 int32 uint32 int32 uint32 float16 bfloat16 float32 float32"],
  ["mean", (x) => ops.mean(x), `${floats} float64`],
  ["exp", (x) => ops.exp(x), `${floats} float64`],
  ["sqrt", (x) => ops.sqrt(x), `${floats} float32`],
  ["reciprocal", (x) => ops.reciprocal(x), DTYPES.map(() => "float32").join(" ")],
  ["greater", (x) => ops.greater(x, 0), DTYPES.map(() => "bool").join(" ")],
  ["any", (x) => ops.any(x), DTYPES.map(() => "bool").join(" ")],
  ["divide by 2", (x) => ops.divide(x, 2), `${floats} float32`],
  ["plus 1", (x) => ops.add(x, 1), `${counted} float32`],
  ["1 minus", (x) => ops.subtract(1, x), `${counted} float32`],
  ["times 1.5", (x) => ops.multiply(x, 1.5), `${floats} float32`],
  ["where or 0", (x) => ops.where(ops.greater(x, 0), x, 0), `${counted} float32`],
  [
    "matmul with itself",
    (x) => ops.matmul(x, x),
    same.replace("int8 uint16", "int32 uint16").replace("float64", "float32"),
  ],
  ["plus bool", (x) => ops.add(x, sym("bool")), same.replace("float64", "float32")],
  [
    "plus uint8",
    (x) => ops.add(sym("uint8"), x),
    "uint8 uint8 int16 uint16 int32 uint32 float16 bfloat16 float32 float32",
  ],
  [
    "plus int32",
    (x) => ops.add(x, sym("int32")),
    "int32 int32 int32 int32 int32 int32 float16 bfloat16 float32 float32",
  ],
  ["plus float32", (x) => ops.add(x, sym("float32")), DTYPES.map(() => "float32").join(" ")],
])("the dtypes of a symbol: %s", (_, op, expected) => {
  expect(DTYPES.map((dtype) => op(sym(dtype)).dtype).join(" ")).toBe(expected);
});

test("numbers alone, and what differs from uint8", () => {
  expect(ops.where(sym("bool"), 1, 0).dtype).toBe("int32");
  expect(ops.where(sym("bool"), 0.5, 0).dtype).toBe("float32");
  expect(ops.concatenate([sym("uint8"), sym("int8")], 1).dtype).toBe("int16");
});
