/**
 * Filter gradient: `dw[j, c, f] = Σ_{n, o} x[n, i(o, j), g(f)·icg + c] · dy[n, o, f]`, positions outside x skipped.
 *
 * One invocation is a row c, or four, and four outputs f of one tap, over a chunk of the positions (n, o); chunks are then
 * added in a second draw. Chunks keep invocations short (a driver stops long ones) and the sums in two levels, so that the
 * error grows with the square root of the number of positions.
 *
 *     1x4     depthwise with multiplier 1: a texel of x times a texel of dy is four products
 *     4x4     one group: four rows an invocation, in the layers of a scratch texture; two texels are sixteen products
 *     gather  any groups: each lane of x is picked by itself
 */
import type { ConvFilterGradOp, Shape } from "@keras-ts/core";
import { blocks, pixels, texels } from "../gl/layout.ts";
import { sumChunks } from "./reduce.ts";
import { input, type Kernel, narrow, type Step, scratch, step } from "./step.ts";

const AXES = ["U", "V", "W"];

/** Scratch texels that partial sums may take. */
const MAX_PARTIAL_TEXELS = 2 ** 20;

/** Chunks of positions at most; one invocation adds them. */
const MAX_CHUNKS = 512;

type Variant = "1x4" | "4x4" | "gather";

const build =
  (variant: Variant): Kernel["build"] =>
  (anyOp, inputs, output) => {
    const op = narrow(anyOp, "conv_filter_grad");
    const positions = pixels(inputs[1] ?? []);
    const length = Math.min(512, Math.max(32, Math.ceil(Math.sqrt(positions))));
    const fits = Math.floor(MAX_PARTIAL_TEXELS / Math.max(1, texels(output)));
    const chunks = Math.max(1, Math.min(Math.ceil(positions / length), fits, MAX_CHUNKS));
    const partial = partialStep(op, variant, inputs, output, Math.ceil(positions / chunks), chunks);
    if (variant === "4x4") return [partial, inOrderStep(op, output, chunks)];
    return chunks === 1 ? [{ ...partial, into: null }] : [partial, ...sumChunks(0, chunks, texels(output), 1)];
  };

export const buildFilterGradDepthwise = build("1x4");
export const buildFilterGradDense = build("4x4");
export const buildFilterGradGather = build("gather");

/** Adds the chunks of four-row partial sums, and brings the rows in order. */
function inOrderStep(op: ConvFilterGradOp, output: Shape, chunks: number): Step {
  const rowBlocks = Math.ceil(op.inChannels / 4);
  const taps = op.kernelSize.reduce((product, k) => product * k, 1);
  return step({
    key: "filter-grad:in-order",
    reads: [scratch(0)],
    layered: [0],
    ints: {
      OCB: blocks(output),
      IC: op.inChannels,
      ROWBLOCKS: rowBlocks,
      CHUNK: taps * rowBlocks * blocks(output),
      CHUNKS: chunks,
    },
    texels: texels(output),
    body: () => `
int ob = t % OCB;
int row = t / OCB;
int tap = row / IC;
int c = row - tap * IC;
int s = (tap * ROWBLOCKS + (c >> 2)) * OCB + ob;
vec4 sum = vec4(0.0);
for (int k = 0; k < CHUNKS;) {
  vec4 part = vec4(0.0);
  for (int blockEnd = min(k + 32, CHUNKS); k < blockEnd; k++) part += x0(k * CHUNK + s, c & 3);
  sum += part;
}
return sum;`,
  });
}

function partialStep(
  op: ConvFilterGradOp,
  variant: Variant,
  [x = [], dy = []]: readonly Shape[],
  output: Shape,
  length: number,
  chunks: number,
): Step {
  const rows = variant === "4x4" ? Math.ceil(op.inChannels / 4) : op.inChannels / op.groups;
  const chunkTexels = op.kernelSize.reduce((product, k) => product * k, 1) * rows * blocks(output);
  const ints: Record<string, number> = {
    XB: blocks(x),
    OCB: blocks(output),
    OC: op.outChannels,
    ICG: op.inChannels / op.groups,
    OCG: op.outChannels / op.groups,
    ROWS: rows,
    CHUNK: chunkTexels,
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
    texels: chunks * chunkTexels,
    into: 0,
    outputs: variant === "4x4" ? 4 : 1,
    body: () => bodySource(op, variant),
  });
}

function bodySource(op: ConvFilterGradOp, variant: Variant): string {
  const axes = op.kernelSize.map((k, i) => ({ k, axis: AXES[i] ?? "", a: (AXES[i] ?? "").toLowerCase() }));
  const innermost = [...axes].reverse();
  const splitTap = innermost
    .map(({ k, axis, a }) => `int d${a} = (tap % ${k}) * M${axis} - P${axis}; tap /= ${k};`)
    .join("\n");
  const splitPosition = innermost.map(({ axis, a }) => `int o${a} = n % O${axis}; n /= O${axis};`).join("\n");
  const where = axes.map(({ axis, a }) => `int p${a} = o${a} * S${axis} + d${a};`).join(" ");
  const inside = axes.map(({ axis, a }) => `p${a} >= 0 && p${a} < I${axis}`).join(" && ");
  const pixel = axes.reduce((index, { axis, a }) => `(${index}) * I${axis} + p${a}`, "n");
  const many = variant === "4x4";
  const outputs = many ? [0, 1, 2, 3] : [0];
  const carry = innermost.reduceRight(
    (inner, { axis, a }) => `if (++o${a} == O${axis}) { o${a} = 0; ${inner} }`,
    "n++;",
  );
  return `
int chunk = t / CHUNK;
int r = t % CHUNK;
int ob = r % OCB;
int row = r / OCB;
int c = row % ROWS;
int tap = row / ROWS;
${splitTap}
int position = chunk * LENGTH;
int end = min(position + LENGTH, POSITIONS);
int n = position;
${splitPosition}
${variant === "gather" ? "ivec4 ci = (min(4 * ob + ivec4(0, 1, 2, 3), ivec4(OC - 1)) / OCG) * ICG + c;" : ""}
${many ? "" : "vec4 y0 = vec4(0.0);"}
while (position < end) {
  // Blocks of 32 positions are summed apart: two levels of sums within a chunk.
  ${outputs.map((i) => `vec4 s${i} = vec4(0.0);`).join(" ")}
  int blockEnd = min(position + 32, end);
  for (; position < blockEnd; position++) {
    ${where}
    if (${inside}) {
      int base = (${pixel}) * XB;
      vec4 d = x1(position * OCB + ob);
      vec4 v = ${VALUES[variant]};
      ${many ? "s0 += v.x * d; s1 += v.y * d; s2 += v.z * d; s3 += v.w * d;" : "s0 += v * d;"}
    }
    ${carry}
  }
  ${outputs.map((i) => `y${i} += s${i};`).join(" ")}
}
${many ? outputs.map((i) => `y${i} = firstLanes(y${i}, OC - 4 * ob);`).join("\n") : "return firstLanes(y0, OC - 4 * ob);"}`;
}

const VALUES: Readonly<Record<Variant, string>> = {
  "1x4": "x0(base + ob)",
  "4x4": "x0(base + c)",
  gather: `vec4(lane(x0(base + (ci.x >> 2)), ci.x & 3), lane(x0(base + (ci.y >> 2)), ci.y & 3), lane(x0(base + (ci.z >> 2)), ci.z & 3), lane(x0(base + (ci.w >> 2)), ci.w & 3))`,
};
