/**
 * Softmax and log-softmax over the last axis: `e^(x − m) / Σ e^(x − m)` and `(x − m) − ln Σ e^(x − m)`, m the maximum of
 * the pixel. The maximum and the sum of a pixel are drawn once into a texel of scratch, then used by all its texels.
 * A row with +inf, or of −inf only, comes out NaN by inf − inf, as on JAX.
 */
import { blocks, channels, pixels, texels } from "../gl/layout.ts";
import { mathSource } from "../glsl/math.ts";
import { input, type Kernel, narrow, scratch, step } from "./step.ts";

const functions = () => `${mathSource("exp", "log")}
vec4 exp_(vec4 v) { return vec4(exp_(v.x), exp_(v.y), exp_(v.z), exp_(v.w)); }`;

export const buildSoftmax: Kernel["build"] = (anyOp, _inputs, output) => {
  const { log } = narrow(anyOp, "softmax");
  const ints = { CB: blocks(output), C: channels(output) };
  return [
    step({
      key: "softmax:stats",
      reads: [input(0)],
      ints,
      texels: pixels(output),
      into: 0,
      functions,
      body: () => STATS,
    }),
    step({
      key: log ? "softmax:log" : "softmax:exp",
      reads: [input(0), scratch(0)],
      ints,
      texels: texels(output),
      functions,
      body: () => `
vec4 stats = x1(t / CB);
vec4 v = x0(t) - stats.x;
return firstLanes(${log ? "v - stats.z" : "exp_(v) / stats.y"}, C - 4 * (t % CB));`,
    }),
  ];
};

// (maximum, Σ e^(x − maximum), its logarithm)
const STATS = `
int base = t * CB;
float m = -INF;
for (int k = 0; k < CB; k++) {
  vec4 v = x0(base + k);
  int n = C - 4 * k;
  if (v.x > m) m = v.x;
  if (n > 1 && v.y > m) m = v.y;
  if (n > 2 && v.z > m) m = v.z;
  if (n > 3 && v.w > m) m = v.w;
}
vec4 sum = vec4(0.0);
for (int k = 0; k < CB; k++) sum += firstLanes(exp_(x0(base + k) - m), C - 4 * k);
float total = (sum.x + sum.y) + (sum.z + sum.w);
return vec4(m, total, log_(total), 0.0);`;
