/**
 * Depthwise convolution, and its transpose: one channel in gives `m` channels out, nothing is summed over channels.
 *
 *     y[o, c·m + k] = act(b + Σ_j x[i(o, j), c] · w[j, 0, c·m + k])
 *
 * Weights `taps_c_f` with one row a tap: texel tap·OCB + ob. `1x4`: m = 1, a texel of input times a texel of weights is
 * four outputs. `m1x4`: m > 1, the four outputs of a texel come from at most two input texels, lanes picked once before
 * the taps. Both read two to three texels for four multiplications, so they are bound by texture reads.
 */
import type { ConvOp, ConvTransposeOp } from "@keras-ts/core";
import { texels } from "../gl/layout.ts";
import {
  decodeSource,
  epilogueFloats,
  epilogueFunctions,
  epilogueKey,
  epilogueSource,
  geometryFunctions,
  geometryInts,
  geometryKey,
  tapLoops,
} from "./conv-geometry.ts";
import { input, type Kernel, narrow, step, weight } from "./step.ts";

type ConvLike = ConvOp | ConvTransposeOp;

const functions = (op: ConvLike) => geometryFunctions(op) + epilogueFunctions(op);
const reads = (op: ConvLike) => [input(0), weight(0), ...(op.bias ? [weight(1)] : [])];

export const buildDepthwise: Kernel["build"] = (anyOp, [x = []], y) => {
  const op = narrow(anyOp, "conv", "conv_transpose");
  return [
    step({
      key: `depthwise:${geometryKey(op)}${epilogueKey(op)}`,
      reads: reads(op),
      ints: geometryInts(op, x, y),
      floats: epilogueFloats(op),
      texels: texels(y),
      functions: () => functions(op),
      body: () => `
${decodeSource(op)}
vec4 sum = vec4(0.0);
${tapLoops(op, "sum += x0(base + ob) * x1(tap * OCB + ob);")}
return ${epilogueSource(op, "sum")};`,
    }),
  ];
};

export const buildDepthwiseMultiplier: Kernel["build"] = (anyOp, [x = []], y) => {
  const op = narrow(anyOp, "conv", "conv_transpose");
  return [
    step({
      key: `depthwise-m:${geometryKey(op)}${epilogueKey(op)}`,
      reads: reads(op),
      ints: { ...geometryInts(op, x, y), MULTIPLIER: op.outChannels / op.groups },
      floats: epilogueFloats(op),
      texels: texels(y),
      functions: () => functions(op),
      body: () => `
${decodeSource(op)}
int f = 4 * ob;
int last = min(f + 3, OC - 1);
ivec4 c = ivec4(f, min(f + 1, last), min(f + 2, last), last) / MULTIPLIER;
int first = c.x >> 2;
int second = c.w >> 2;
bvec4 inFirst = equal(c >> 2, ivec4(first));
c &= 3;
vec4 sum = vec4(0.0);
${tapLoops(
  op,
  `
vec4 u = x0(base + first);
vec4 v = second == first ? u : x0(base + second);
vec4 picked = vec4(lane(inFirst.x ? u : v, c.x), lane(inFirst.y ? u : v, c.y), lane(inFirst.z ? u : v, c.z), lane(inFirst.w ? u : v, c.w));
sum += picked * x1(tap * OCB + ob);`,
)}
return ${epilogueSource(op, "sum")};`,
    }),
  ];
};
