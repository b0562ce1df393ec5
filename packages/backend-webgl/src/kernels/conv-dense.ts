/**
 * Convolution with sums over channels, and its transpose; pointwise is the case of one tap.
 *
 *     y[o, f] = act(b + Σ_j Σ_c x[i(o, j), g(f)·icg + c] · w[j, c, f])
 *
 * `4x4`: weights `taps_c4_f`, so that a texel of input times four texels of weights (rows c … c+3, outputs f … f+3) is
 * sixteen multiplications; needs groups of one, or of whole texels on both sides. `gather`: any groups; weights `taps_c_f`, every output lane
 * reads the lane of its own group. Sums are kept a tap and a block of channels, then added: long sums lose the fewer digits.
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

/** Input texels whose products are summed apart. */
export const SUM_BLOCKS = 32;

const functions = (op: ConvLike) => geometryFunctions(op) + epilogueFunctions(op);
const reads = (op: ConvLike) => [input(0), weight(0), ...(op.bias ? [weight(1)] : [])];

export const buildDense: Kernel["build"] = (anyOp, [x = []], y) => {
  const op = narrow(anyOp, "conv", "conv_transpose");
  const grouped = op.groups > 1;
  return [
    step({
      key: `dense${grouped ? "-grouped" : ""}:${geometryKey(op)}${epilogueKey(op)}`,
      reads: reads(op),
      ints: {
        ...geometryInts(op, x, y),
        KB: Math.ceil(op.inChannels / op.groups / 4),
        ...(grouped ? { GOB: op.outChannels / op.groups / 4 } : {}),
      },
      floats: epilogueFloats(op),
      texels: texels(y),
      functions: () => functions(op),
      body: () => `
${decodeSource(op)}
vec4 sum = vec4(0.0);
${tapLoops(
  op,
  `
${grouped ? "base += (ob / GOB) * KB;" : ""}
int w = tap * KB * 4 * OCB + ob;
for (int k = 0; k < KB;) {
  vec4 part = vec4(0.0);
  for (int end = min(k + ${SUM_BLOCKS}, KB); k < end; k++) {
    vec4 v = x0(base + k);
    part += v.x * x1(w);
    part += v.y * x1(w + OCB);
    part += v.z * x1(w + 2 * OCB);
    part += v.w * x1(w + 3 * OCB);
    w += 4 * OCB;
  }
  sum += part;
}`,
)}
return ${epilogueSource(op, "sum")};`,
    }),
  ];
};

export const buildGather: Kernel["build"] = (anyOp, [x = []], y) => {
  const op = narrow(anyOp, "conv", "conv_transpose");
  return [
    step({
      key: `gather:${geometryKey(op)}${epilogueKey(op)}`,
      reads: reads(op),
      ints: { ...geometryInts(op, x, y), ICG: op.inChannels / op.groups, OCG: op.outChannels / op.groups },
      floats: epilogueFloats(op),
      texels: texels(y),
      functions: () => functions(op),
      body: () => `
${decodeSource(op)}
int last = OC - 1;
ivec4 first = (min(4 * ob + ivec4(0, 1, 2, 3), ivec4(last)) / OCG) * ICG;
vec4 sum = vec4(0.0);
${tapLoops(
  op,
  `
vec4 part = vec4(0.0);
for (int k = 0; k < ICG; k++) {
  ivec4 c = first + k;
  vec4 v = vec4(lane(x0(base + (c.x >> 2)), c.x & 3), lane(x0(base + (c.y >> 2)), c.y & 3), lane(x0(base + (c.z >> 2)), c.z & 3), lane(x0(base + (c.w >> 2)), c.w & 3));
  part += v * x1((tap * ICG + k) * OCB + ob);
}
sum += part;`,
)}
return ${epilogueSource(op, "sum")};`,
    }),
  ];
};
