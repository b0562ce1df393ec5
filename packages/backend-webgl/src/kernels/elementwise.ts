/**
 * `y = fn(x)`, `dx = dy · fn'(x)`, and with NumPy broadcasting `y = fn(a, b)` and `y = condition ? a : b`. A texel in, a
 * texel out: bound by memory.
 */
import type { BinaryName } from "@keras-ts/core";
import { blocks, channels, texels } from "../gl/layout.ts";
import { mathSource } from "../glsl/math.ts";
import { unaryFloats, unaryKey, unarySource } from "../glsl/unary.ts";
import { broadcastReads } from "./broadcast.ts";
import { input, type Kernel, narrow, step } from "./step.ts";

export const buildUnary: Kernel["build"] = (anyOp, _inputs, output) => {
  const { fn } = narrow(anyOp, "unary");
  return [
    step({
      key: `unary:${unaryKey(fn)}`,
      reads: [input(0)],
      ints: { CB: blocks(output), C: channels(output) },
      floats: unaryFloats(fn),
      texels: texels(output),
      functions: () => unarySource(fn, "forward", "apply"),
      body: () => "return firstLanes(apply(x0(t)), C - 4 * (t % CB));",
    }),
  ];
};

export const buildUnaryGrad: Kernel["build"] = (anyOp, _inputs, output) => {
  const { fn } = narrow(anyOp, "unary_grad");
  return [
    step({
      key: `unary-grad:${unaryKey(fn)}`,
      reads: [input(0), input(1)],
      ints: { CB: blocks(output), C: channels(output) },
      floats: unaryFloats(fn),
      texels: texels(output),
      functions: () => unarySource(fn, "derivative", "derive"),
      body: () => "return firstLanes(x1(t) * derive(x0(t)), C - 4 * (t % CB));",
    }),
  ];
};

const BINARY: Readonly<Record<BinaryName, string>> = {
  add: "a + b",
  sub: "a - b",
  mul: "a * b",
  div: "a / b",
  maximum: "isNaN(a) ? a : isNaN(b) ? b : a > b ? a : b",
  minimum: "isNaN(a) ? a : isNaN(b) ? b : a < b ? a : b",
  greater: "!isNaN(a) && !isNaN(b) && a > b ? 1.0 : 0.0",
  equal: "!isNaN(a) && !isNaN(b) && a == b ? 1.0 : 0.0",
};

export const buildBinary: Kernel["build"] = (anyOp, inputs, output) => {
  const { fn } = narrow(anyOp, "binary");
  const { key, ints, decode, values } = broadcastReads(inputs, output);
  return [
    step({
      key: `binary:${fn}:${key}`,
      reads: [input(0), input(1)],
      ints,
      texels: texels(output),
      functions: () => `${mathSource("basic")}\nfloat apply(float a, float b) { return ${BINARY[fn]}; }`,
      body: () => `
${decode}
vec4 a = ${values[0]}, b = ${values[1]};
return firstLanes(vec4(apply(a.x, b.x), apply(a.y, b.y), apply(a.z, b.z), apply(a.w, b.w)), C - 4 * block);`,
    }),
  ];
};

/** `condition ≠ 0 ? a : b` by the condition's bits, as comparing floats may take a NaN for anything. */
export const buildSelect: Kernel["build"] = (_op, inputs, output) => {
  const { key, ints, decode, values } = broadcastReads(inputs, output);
  return [
    step({
      key: `select:${key}`,
      reads: [input(0), input(1), input(2)],
      ints,
      texels: texels(output),
      body: () => `
${decode}
uvec4 c = floatBitsToUint(${values[0]}) & 0x7fffffffu;
vec4 a = ${values[1]}, b = ${values[2]};
return firstLanes(vec4(c.x != 0u ? a.x : b.x, c.y != 0u ? a.y : b.y, c.z != 0u ? a.z : b.z, c.w != 0u ? a.w : b.w), C - 4 * block);`,
    }),
  ];
};
