/**
 * `y = fn(x)`, `dx = dy · fn'(x)` and `y = fn(a, b)` with NumPy broadcasting. A texel in, a texel out: bound by memory.
 *
 * Broadcasting: neighbouring axes that broadcast alike are merged, so that most cases have one or two left; an operand
 * whose last axis is 1 is spread over the lanes. Equal shapes need no index arithmetic at all.
 */
import type { BinaryName, Shape } from "@keras-ts/core";
import { blocks, channels, texels } from "../gl/layout.ts";
import { mathSource } from "../glsl/math.ts";
import { unaryFloats, unaryKey, unarySource } from "../glsl/unary.ts";
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

export const buildBinary: Kernel["build"] = (anyOp, [a = [], b = []], output) => {
  const { fn } = narrow(anyOp, "binary");
  const axes = broadcastAxes(a, b, output);
  const same = axes.length <= 1 && axes.every((axis) => axis.a && axis.b) && channels(a) === channels(b);
  const spreadA = channels(a) !== channels(output);
  const spreadB = channels(b) !== channels(output);
  const ints: Record<string, number> = { CB: blocks(output), C: channels(output), AB: blocks(a), BB: blocks(b) };
  let strideA = 1;
  let strideB = 1;
  for (let i = axes.length - 1; i >= 0; i--) {
    const axis = axes[i];
    if (!axis) continue;
    Object.assign(ints, { [`N${i}`]: axis.size, [`A${i}`]: axis.a ? strideA : 0, [`B${i}`]: axis.b ? strideB : 0 });
    if (axis.a) strideA *= axis.size;
    if (axis.b) strideB *= axis.size;
  }
  const decode = axes
    .map((_, i) => axes.length - 1 - i)
    .map((i) => `i = p % N${i}; p /= N${i}; ta += i * A${i}; tb += i * B${i};`);
  const read = (x: string, t: string, count: string, spread: boolean) =>
    spread ? `vec4(${x}(${t} * ${count}).x)` : `${x}(${t} * ${count} + block)`;
  return [
    step({
      key: `binary:${fn}:${same ? "same" : `${axes.length}${spreadA ? "a" : ""}${spreadB ? "b" : ""}`}`,
      reads: [input(0), input(1)],
      ints,
      texels: texels(output),
      functions: () => `${mathSource("basic")}\nfloat apply(float a, float b) { return ${BINARY[fn]}; }`,
      body: () => `
int block = t % CB;
int p = t / CB, ta = 0, tb = 0, i = 0;
${same ? "vec4 a = x0(t), b = x1(t);" : `${decode.join("\n")}\nvec4 a = ${read("x0", "ta", "AB", spreadA)}, b = ${read("x1", "tb", "BB", spreadB)};`}
return firstLanes(vec4(apply(a.x, b.x), apply(a.y, b.y), apply(a.z, b.z), apply(a.w, b.w)), C - 4 * block);`,
    }),
  ];
};

interface BroadcastAxis {
  readonly size: number;
  /** Whether the operand has this axis, rather than repeating over it. */
  readonly a: boolean;
  readonly b: boolean;
}

/** The axes before the last, outermost first, axes of size 1 dropped and neighbours that broadcast alike merged. */
export function broadcastAxes(a: Shape, b: Shape, output: Shape): BroadcastAxis[] {
  const axes: BroadcastAxis[] = [];
  const at = (shape: Shape, i: number) => shape[i - output.length + shape.length] ?? 1;
  for (let i = 0; i < output.length - 1; i++) {
    const size = output[i] ?? 1;
    if (size === 1) continue;
    const axis = { size, a: at(a, i) !== 1, b: at(b, i) !== 1 };
    const previous = axes.at(-1);
    if (previous && previous.a === axis.a && previous.b === axis.b)
      axes[axes.length - 1] = { ...axis, size: previous.size * size };
    else axes.push(axis);
  }
  return axes;
}
