/**
 * Ops that only move elements: transpose, slice, broadcast, reshape. Each output coordinate feeds at most one axis of the
 * input, so pixel and channel of the source are affine in the output coordinates:
 *
 *     pixel = PO + Σ o_i·P_i        channel = CO + Σ o_i·C_i
 *
 * `texels`: the last axis maps to the last one from a multiple of four on, whole texels move. `lanes`: each of the four
 * lanes is fetched by itself. Reshape goes by the flat element index, or by texels when the last axis stays.
 */
import type { Shape } from "@keras-ts/core";
import { blocks, channels, texels } from "../gl/layout.ts";
import { broadcastAxes } from "./broadcast.ts";
import { input, type Kernel, narrow, type Step, step } from "./step.ts";

/** An output axis: its size, and what a step along it adds to the source's pixel and channel. */
interface ViewAxis {
  readonly size: number;
  readonly pixel: number;
  readonly channel: number;
}

/** Axes outermost first (the last one is the output's channels), and the source of element 0. */
interface View {
  readonly axes: readonly ViewAxis[];
  readonly pixel: number;
  readonly channel: number;
}

export const buildTranspose: Kernel["build"] = (anyOp, [x = []], output) => {
  const { perm } = narrow(anyOp, "transpose");
  const strides = sourceStrides(x);
  return [
    viewStep(
      { axes: perm.map((p, i) => ({ size: output[i] ?? 1, ...at(strides, p) })), pixel: 0, channel: 0 },
      x,
      output,
    ),
  ];
};

export const buildSlice: Kernel["build"] = (anyOp, [x = []], output) => {
  const { begin } = narrow(anyOp, "slice");
  const strides = sourceStrides(x);
  const axes = output.map((size, i) => ({ size, ...at(strides, i) }));
  const offset = (what: "pixel" | "channel") => begin.reduce((sum, from, i) => sum + from * at(strides, i)[what], 0);
  return [viewStep({ axes, pixel: offset("pixel"), channel: offset("channel") }, x, output)];
};

export const buildBroadcast: Kernel["build"] = (_op, [x = []], output) => {
  const lead = broadcastAxes([x], output);
  const axes: ViewAxis[] = [{ size: channels(output), pixel: 0, channel: channels(x) === 1 ? 0 : 1 }];
  let stride = 1;
  for (const { size, has } of lead.reverse()) {
    axes.unshift({ size, pixel: has[0] ? stride : 0, channel: 0 });
    if (has[0]) stride *= size;
  }
  return [viewStep({ axes, pixel: 0, channel: 0 }, x, output)];
};

export const buildReshape: Kernel["build"] = (_op, [x = []], output) => [reshapeStep(x, output)];

function sourceStrides(x: Shape): { pixel: number; channel: number }[] {
  let stride = 1;
  const strides = x.map((_, i) => {
    const axis = x.length - 1 - i;
    if (axis === x.length - 1) return { pixel: 0, channel: 1 };
    const pixel = stride;
    stride *= x[axis] ?? 1;
    return { pixel, channel: 0 };
  });
  return strides.reverse();
}

function at<T>(list: readonly T[], i: number): T {
  const value = list[i];
  if (value === undefined) throw new RangeError(`Axis ${i} of ${list.length} axes.`);
  return value;
}

/** Drops axes of size 1 and merges neighbours that together step evenly; the last axis stays by itself. */
function mergeAxes(axes: readonly ViewAxis[]): ViewAxis[] {
  const merged: ViewAxis[] = [];
  for (const axis of axes.slice(0, -1)) {
    if (axis.size === 1) continue;
    const outer = merged.at(-1);
    const even = outer && outer.pixel === axis.pixel * axis.size && outer.channel === axis.channel * axis.size;
    if (outer && even) merged[merged.length - 1] = { ...axis, size: outer.size * axis.size };
    else merged.push(axis);
  }
  return [...merged, ...axes.slice(-1)];
}

function viewStep(view: View, x: Shape, output: Shape): Step {
  const axes = mergeAxes(view.axes);
  const lead = axes.slice(0, -1);
  const last = axes.at(-1) ?? { size: 1, pixel: 0, channel: 1 };
  const whole =
    last.channel === 1 && last.pixel === 0 && view.channel % 4 === 0 && lead.every((axis) => axis.channel === 0);
  const ints: Record<string, number> = {
    OCB: blocks(output),
    OC: channels(output),
    XB: blocks(x),
    PO: view.pixel,
    CO: view.channel,
    PL: last.pixel,
    CL: last.channel,
  };
  lead.forEach(({ size, pixel, channel }, i) =>
    Object.assign(ints, { [`N${i}`]: size, [`P${i}`]: pixel, [`C${i}`]: channel }),
  );
  const decode = lead
    .map((_, i) => lead.length - 1 - i)
    .map((i) => `i = p % N${i}; p /= N${i}; pixel += i * P${i}; channel += i * C${i};`);
  return step({
    key: `view:${whole ? "texels" : "lanes"}:${lead.length}`,
    reads: [input(0)],
    ints,
    texels: texels(output),
    body: () => `
int block = t % OCB;
int p = t / OCB, pixel = PO, channel = CO, i = 0;
${decode.join("\n")}
int n = min(4, OC - 4 * block);
${whole ? "return firstLanes(x0(pixel * XB + (channel >> 2) + block), n);" : LANES}`,
  });
}

const LANES = `
pixel += 4 * block * PL;
channel += 4 * block * CL;
vec4 v = vec4(0.0);
for (int k = 0; k < n; k++) {
  v[k] = lane(x0(pixel * XB + (channel >> 2)), channel & 3);
  pixel += PL;
  channel += CL;
}
return v;`;

/** Same elements in row-major order; also how a buffer is read under another shape. */
export function reshapeStep(x: Shape, output: Shape): Step {
  if (channels(x) === channels(output)) {
    return step({ key: "copy", reads: [input(0)], ints: {}, texels: texels(output), body: () => "return x0(t);" });
  }
  return step({
    key: "reshape",
    reads: [input(0)],
    ints: { OCB: blocks(output), OC: channels(output), XB: blocks(x), XC: channels(x) },
    texels: texels(output),
    body: () => `
int block = t % OCB;
int e = (t / OCB) * OC + 4 * block;
int n = min(4, OC - 4 * block);
int pixel = e / XC;
int channel = e % XC;
vec4 v = vec4(0.0);
for (int k = 0; k < n; k++) {
  v[k] = lane(x0(pixel * XB + (channel >> 2)), channel & 3);
  if (++channel == XC) { channel = 0; pixel++; }
}
return v;`,
  });
}
