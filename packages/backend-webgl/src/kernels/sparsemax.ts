/**
 * Keras's sparsemax over the last axis and its gradient, with formulas as on `SparsemaxOp`. There is no sort on a GPU:
 * each element finds its rank by counting, in O(c²) reads a pixel, shared among c invocations.
 *
 *     info  [pixel, c] one texel an element: (in support, cumulative sum at its rank, rank, x)
 *     stats [pixel]    one texel a pixel: (τ, k, M)
 */
import type { Shape } from "@keras-ts/core";
import { blocks, channels, pixels, texels } from "../gl/layout.ts";
import { mathSource } from "../glsl/math.ts";
import { input, type Kernel, type Step, scratch, step } from "./step.ts";

const ints = (x: Shape) => ({ CB: blocks(x), C: channels(x) });
const functions = () => mathSource("basic");

export const buildSparsemax: Kernel["build"] = (_op, [x = []]) => [
  infoStep(x),
  step({
    key: "sparsemax:stats",
    reads: [input(0), scratch(0)],
    ints: ints(x),
    texels: pixels(x),
    into: 1,
    functions,
    body: () => statsSource(false),
  }),
  step({
    key: "sparsemax",
    reads: [input(0), scratch(1)],
    ints: ints(x),
    texels: texels(x),
    functions: () => `${functions()}\nfloat positive(float v) { return isNaN(v) || v > 0.0 ? v : 0.0; }`,
    body: () => `
vec4 v = x0(t) - x1(t / CB).x;
return firstLanes(vec4(positive(v.x), positive(v.y), positive(v.z), positive(v.w)), C - 4 * (t % CB));`,
  }),
];

export const buildSparsemaxGrad: Kernel["build"] = (_op, [x = []]) => [
  infoStep(x),
  step({
    key: "sparsemax-grad:stats",
    reads: [input(0), scratch(0), input(1)],
    ints: ints(x),
    texels: pixels(x),
    into: 1,
    functions: () => `${functions()}\n${SHARE}`,
    body: () => statsSource(true),
  }),
  step({
    key: "sparsemax-grad",
    reads: [input(0), scratch(0), scratch(1), input(1)],
    ints: ints(x),
    texels: texels(x),
    functions: () => SHARE,
    body: () => `
int p = t / CB;
vec4 stats = x2(p);
vec4 v = x0(t);
vec4 dy = x3(t);
int c = 4 * (t % CB);
vec4 dx = vec4(0.0);
for (int i = 0; i < min(4, C - c); i++) {
  float rank = x1(p * C + c + i).z;
  float count = 0.0;
  for (int j = 0; j < C; j++) { vec4 other = x1(p * C + j); if (other.z >= rank) count += other.x; }
  dx[i] = share(v[i] - stats.x) * dy[i] - (stats.y > 0.0 ? stats.z / stats.y * count : 0.0);
}
return dx;`,
  }),
];

const SHARE = "float share(float shifted) { return shifted > 0.0 ? 1.0 : shifted == 0.0 ? 0.5 : 0.0; }";

function infoStep(x: Shape): Step {
  return step({
    key: "sparsemax:info",
    reads: [input(0)],
    ints: ints(x),
    texels: pixels(x) * channels(x),
    into: 0,
    functions,
    body: () => `
int i = t % C;
int base = (t / C) * CB;
float z = lane(x0(base + (i >> 2)), i & 3);
float rank = 1.0;
float sum = z;
for (int j = 0; j < C; j++) {
  float other = lane(x0(base + (j >> 2)), j & 3);
  if (other > z || (other == z && j < i)) { rank += 1.0; sum += other; }
}
// NaN sorts last, and is never in the support.
if (isNaN(z)) return vec4(0.0, sum, float(C + 1), z);
return vec4(z - (sum - 1.0) / rank > 0.0 ? 1.0 : 0.0, sum, rank, z);`,
  });
}

function statsSource(gradient: boolean): string {
  const share = gradient
    ? "for (int j = 0; j < C; j++) { float z = x1(t * C + j).w; m += share(z - tau) * lane(x2(t * CB + (j >> 2)), j & 3); }"
    : "";
  return `
float k = 0.0;
float sum = 0.0;
for (int j = 0; j < C; j++) { vec4 info = x1(t * C + j); if (info.x > 0.0) { k += 1.0; sum += info.y; } }
float tau = k > 0.0 ? (sum - 1.0) / k : uintBitsToFloat(0xff800000u); // no support: −inf
float m = 0.0;
${share}
return vec4(tau, k, m, 0.0);`;
}
