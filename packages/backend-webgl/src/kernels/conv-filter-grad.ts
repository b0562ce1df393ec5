/**
 * Filter gradient: `dw[j, c, f] = Σ_{n, o} x[n, i(o, j), g(f)·icg + c] · dy[n, o, f]`, positions outside x skipped.
 *
 * One invocation is one row c and four outputs f of one tap, over a chunk of the positions (n, o); chunks are then added
 * in a second draw. Chunks keep invocations short (a driver stops long ones) and the sums in two levels, so that the error
 * grows with the square root of the number of positions. `1x4`: depthwise with multiplier 1, texel times texel.
 * `gather`: any groups, the lane of x is picked an output lane. `splat`: one group, one lane of x for all four outputs.
 */
import type { ConvFilterGradOp, Shape } from "@keras-ts/core";
import { blocks, pixels, texels } from "../gl/layout.ts";
import { sumChunks } from "./reduce.ts";
import { input, type Kernel, narrow, type Step, step } from "./step.ts";

const AXES = ["U", "V", "W"];

/** Scratch texels that partial sums may take. */
const MAX_PARTIAL_TEXELS = 2 ** 20;

type Variant = "1x4" | "splat" | "gather";

const build =
  (variant: Variant): Kernel["build"] =>
  (anyOp, inputs, output) => {
    const op = narrow(anyOp, "conv_filter_grad");
    const dy = inputs[1] ?? [];
    const positions = pixels(dy);
    const outputTexels = texels(output);
    const wanted = Math.ceil(positions / Math.min(512, Math.max(32, Math.ceil(Math.sqrt(positions)))));
    const chunks = Math.max(1, Math.min(wanted, Math.floor(MAX_PARTIAL_TEXELS / Math.max(1, outputTexels))));
    const partial = partialStep(op, variant, inputs, output, Math.ceil(positions / chunks), chunks);
    if (chunks === 1) return [partial];
    return [{ ...partial, into: 0 }, ...sumChunks(0, chunks, outputTexels, 1)];
  };

export const buildFilterGradDepthwise = build("1x4");
export const buildFilterGradDense = build("splat");
export const buildFilterGradGather = build("gather");

function partialStep(op: ConvFilterGradOp, variant: Variant, [x = [], dy = []]: readonly Shape[], output: Shape, length: number, chunks: number): Step {
  const ints: Record<string, number> = {
    XB: blocks(x),
    OCB: blocks(output),
    OC: op.outChannels,
    ICG: op.inChannels / op.groups,
    OCG: op.outChannels / op.groups,
    ROWTEXELS: texels(output),
    LENGTH: length,
    POSITIONS: pixels(dy),
  };
  op.kernelSize.forEach((_, i) => {
    const axis = AXES[i] ?? "";
    ints[`I${axis}`] = x[i + 1] ?? 1;
    ints[`O${axis}`] = dy[i + 1] ?? 1;
    ints[`S${axis}`] = op.strides[i] ?? 1;
    ints[`P${axis}`] = op.padBefore[i] ?? 0;
    ints[`M${axis}`] = op.dilation[i] ?? 1;
  });
  return step({
    key: `filter-grad:${variant}:${op.kernelSize.join("x")}`,
    reads: [input(0), input(1)],
    ints,
    texels: chunks * texels(output),
    body: () => bodySource(op, variant),
  });
}

function bodySource(op: ConvFilterGradOp, variant: Variant): string {
  const axes = op.kernelSize.map((k, i) => ({ k, axis: AXES[i] ?? "", a: (AXES[i] ?? "").toLowerCase() }));
  const innermost = [...axes].reverse();
  const splitTap = innermost.map(({ k, axis, a }) => `int d${a} = (tap % ${k}) * M${axis} - P${axis}; tap /= ${k};`).join("\n");
  const splitPosition = innermost.map(({ axis, a }) => `int o${a} = n % O${axis}; n /= O${axis};`).join("\n");
  const where = axes.map(({ axis, a }) => `int p${a} = o${a} * S${axis} + d${a};`).join(" ");
  const inside = axes.map(({ axis, a }) => `p${a} >= 0 && p${a} < I${axis}`).join(" && ");
  const pixel = axes.reduce((index, { axis, a }) => `(${index}) * I${axis} + p${a}`, "n");
  const carry = innermost.reduceRight((inner, { axis, a }) => `if (++o${a} == O${axis}) { o${a} = 0; ${inner} }`, "n++;");
  return `
int chunk = t / ROWTEXELS;
int r = t % ROWTEXELS;
int ob = r % OCB;
int row = r / OCB;
int c = row % ICG;
int tap = row / ICG;
${splitTap}
int position = chunk * LENGTH;
int end = min(position + LENGTH, POSITIONS);
int n = position;
${splitPosition}
${variant === "gather" ? "ivec4 ci = (min(4 * ob + ivec4(0, 1, 2, 3), ivec4(OC - 1)) / OCG) * ICG + c;" : ""}
vec4 sum = vec4(0.0);
while (position < end) {
  // Blocks of 32 positions are summed apart: two levels of sums within a chunk.
  vec4 part = vec4(0.0);
  int blockEnd = min(position + 32, end);
  for (; position < blockEnd; position++) {
    ${where}
    if (${inside}) {
      int base = (${pixel}) * XB;
      part += ${VALUES[variant]} * x1(position * OCB + ob);
    }
    ${carry}
  }
  sum += part;
}
return firstLanes(sum, OC - 4 * ob);`;
}

const VALUES: Readonly<Record<Variant, string>> = {
  "1x4": "x0(base + ob)",
  splat: "lane(x0(base + (c >> 2)), c & 3)",
  gather: `vec4(lane(x0(base + (ci.x >> 2)), ci.x & 3), lane(x0(base + (ci.y >> 2)), ci.y & 3), lane(x0(base + (ci.z >> 2)), ci.z & 3), lane(x0(base + (ci.w >> 2)), ci.w & 3))`,
};
