/**
 * Weighted sums of neighbours along one axis. The table is a texture of the executable, one pixel an output position:
 * `(start, count, w0, w1), (w2, w3, …) …`. Whole texels are added up when the axis is not the last, else lane by lane.
 */
import type { ResampleOp } from "@keras-ts/core";
import { blocks, channels, texels } from "../gl/layout.ts";
import { input, type Kernel, narrow, type Operand, step, table } from "./step.ts";

export const buildResample: Kernel["build"] = (anyOp, [x = []], output) => {
  const op = narrow(anyOp, "resample");
  const { operand, perRow } = tableOf(op);
  if (op.axis === x.length - 1) {
    const ints = { OCB: blocks(output), OC: channels(output), XB: blocks(x), TB: perRow };
    return [
      step({ key: "resample:lanes", reads: [input(0), operand], ints, texels: texels(output), body: () => LANES }),
    ];
  }
  const inner = x.slice(op.axis + 1, -1).reduce((product, n) => product * n, 1) * blocks(x);
  const ints = { INNER: inner, N: x[op.axis] ?? 1, O: output[op.axis] ?? 1, TB: perRow };
  return [
    step({ key: "resample:texels", reads: [input(0), operand], ints, texels: texels(output), body: () => TEXELS }),
  ];
};

const TEXELS = `
int i = t % INNER;
int a = t / INNER;
int row = (a % O) * TB;
vec4 weights = x1(row);
int from = ((a / O) * N + int(weights.x)) * INNER + i;
int end = 2 + int(weights.y);
vec4 sum = vec4(0.0);
for (int k = 2; k < end; k++) {
  if ((k & 3) == 0) weights = x1(row + (k >> 2));
  sum += lane(weights, k & 3) * x0(from);
  from += INNER;
}
return sum;`;

const LANES = `
int block = t % OCB;
int base = (t / OCB) * XB;
vec4 sums = vec4(0.0);
for (int i = 0; i < min(4, OC - 4 * block); i++) {
  int row = (4 * block + i) * TB;
  vec4 weights = x1(row);
  int c = int(weights.x);
  int end = 2 + int(weights.y);
  float sum = 0.0;
  for (int k = 2; k < end; k++) {
    if ((k & 3) == 0) weights = x1(row + (k >> 2));
    sum += lane(weights, k & 3) * lane(x0(base + (c >> 2)), c & 3);
    c++;
  }
  sums[i] = sum;
}
return sums;`;

/** The table as `[outputs, 2 + taps]`, and the texels of a row. */
function tableOf({ starts, weights }: ResampleOp): { operand: Operand; perRow: number } {
  const perRow = Math.ceil((2 + weights.reduce((most, { length }) => Math.max(most, length), 0)) / 4);
  const values = new Float32Array(4 * perRow * starts.length);
  weights.forEach((taps, o) => values.set([starts[o] ?? 0, taps.length, ...taps], 4 * perRow * o));
  return { operand: table(values, [starts.length, 4 * perRow]), perRow };
}
