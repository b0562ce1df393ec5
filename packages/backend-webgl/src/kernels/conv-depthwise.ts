/**
 * Depthwise convolution, and its transpose: one channel in gives `m` channels out, nothing is summed over channels.
 *
 *     y[o, c·m + k] = act(b + Σ_j x[i(o, j), c] · w[j, 0, c·m + k])
 *
 * Weights `taps_c_f` with one row a tap: texel tap·OCB + ob. `1x4`: m = 1, a texel of input times a texel of weights is
 * four outputs. `m1x4`: m > 1, the four outputs of a texel come from at most two input texels, whose lanes are settled before
 * the taps. Both read two to three texels for four multiplications, so they are bound by texture reads: `conv-rows.ts` reads
 * less where the output is large.
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

/** How programs read the four channels that meet output block `ob`. */
interface ChannelReader {
  readonly key: string;
  readonly ints: Readonly<Record<string, number>>;
  readonly functions: string;
  /** A statement to run once, after `ob` is known. */
  readonly setup: string;
  /** The channels as an expression, from the first texel of the input pixel. */
  read(base: string): string;
}

/** One texel where there is an output a channel, else a texel's lanes spread over the outputs they make. */
export function channelReader(op: ConvLike): ChannelReader {
  const multiplier = op.outChannels / op.groups;
  if (multiplier === 1) return { key: "", ints: {}, functions: "", setup: "", read: (base) => `x0(${base} + ob)` };
  const oneTexel = multiplier % 4 === 0 || 4 % multiplier === 0;
  return {
    key: oneTexel ? "-m1" : "-m2",
    ints: { MULTIPLIER: multiplier },
    functions: oneTexel ? SPREAD_ONE : SPREAD_TWO,
    setup: "prepareSpread(ob);",
    read: (base) => `spread(${base})`,
  };
}

const SPREAD = `
ivec4 spreadLane;
int spreadFirst, spreadSecond;
bvec4 spreadFromFirst;
void prepareSpread(int ob) {
  ivec4 channel = min(4 * ob + ivec4(0, 1, 2, 3), ivec4(OC - 1)) / MULTIPLIER;
  spreadFirst = channel.x >> 2;
  spreadSecond = channel.w >> 2;
  spreadFromFirst = equal(channel >> 2, ivec4(spreadFirst));
  spreadLane = channel & 3;
}`;

const SPREAD_ONE = `${SPREAD}
vec4 spread(int base) {
  vec4 v = x0(base + spreadFirst);
  return vec4(lane(v, spreadLane.x), lane(v, spreadLane.y), lane(v, spreadLane.z), lane(v, spreadLane.w));
}`;

const SPREAD_TWO = `${SPREAD}
float spreadPick(vec4 u, vec4 v, bool first, int i) { return first ? lane(u, i) : lane(v, i); }
vec4 spread(int base) {
  vec4 u = x0(base + spreadFirst);
  vec4 v = x0(base + spreadSecond);
  return vec4(
    spreadPick(u, v, spreadFromFirst.x, spreadLane.x),
    spreadPick(u, v, spreadFromFirst.y, spreadLane.y),
    spreadPick(u, v, spreadFromFirst.z, spreadLane.z),
    spreadPick(u, v, spreadFromFirst.w, spreadLane.w));
}`;

export const buildDepthwise: Kernel["build"] = (anyOp, [x = []], y) => {
  const op = narrow(anyOp, "conv", "conv_transpose");
  const reader = channelReader(op);
  return [
    step({
      key: `depthwise${reader.key}:${geometryKey(op)}${epilogueKey(op)}`,
      reads: [input(0), weight(0), ...(op.bias ? [weight(1)] : [])],
      ints: { ...geometryInts(op, x, y), ...reader.ints },
      floats: epilogueFloats(op),
      texels: texels(y),
      functions: () => geometryFunctions(op) + epilogueFunctions(op) + reader.functions,
      body: () => `
${decodeSource(op)}
${reader.setup}
vec4 sum = vec4(0.0);
${tapLoops(op, `sum += ${reader.read("base")} * x1(tap * OCB + ob);`)}
return ${epilogueSource(op, "sum")};`,
    }),
  ];
};
