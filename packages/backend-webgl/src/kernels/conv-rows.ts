/**
 * Convolutions that compute four outputs of the last spatial axis in one invocation, so that a texel of weights is read
 * once for four outputs and, in depthwise, a texel of input once for all taps it meets. The four have the same taps: they are
 * neighbours, or in a transpose with a stride every stride-th position. A fragment writes one texel a texture, so they go
 * to the four layers of a scratch texture; a second draw brings them in order and adds bias and activation.
 *
 *     depthwise 4x4  unrolled over the columns i·S + j·M that outputs i and taps j meet: K + 3 input texels and K of weights a row
 *                    of taps for 16·K multiplications at stride 1, where one output at a time reads 8·K
 *     dense 4x4x4    four input texels and four of weights for 64 multiplications, where one output at a time reads twenty
 *
 * Same weight layouts as the kernels that compute one output. Wins on all but small outputs (`MIN_WORK`), where
 * the second draw costs more than it saves.
 */
import type { ConvOp, ConvTransposeOp, Op, Shape } from "@keras-ts/core";
import { pixels, texels } from "../gl/layout.ts";
import { SUM_BLOCKS } from "./conv-dense.ts";
import { channelReader } from "./conv-depthwise.ts";
import {
  AXES,
  decodeSource,
  epilogueFloats,
  epilogueFunctions,
  epilogueKey,
  epilogueSource,
  geometryFunctions,
  geometryInts,
  geometryKey,
  outputStep,
  rowLoops,
  tapStep,
} from "./conv-geometry.ts";
import { input, type Kernel, narrow, type Step, scratch, step, weight } from "./step.ts";

type ConvLike = ConvOp | ConvTransposeOp;

/**
 * Texels of output, times taps, times input blocks, from which two draws beat one. Measured on SwiftShader with 32 and 128
 * channels, 8 to 512 positions, 1 to 9 taps: two draws take 1.0 to 1.5 times as long as one at half of it, 0.6 to 0.9 at twice.
 */
export const MIN_WORK = 12_000;

/** Unrolled taps of a row: a longer kernel makes a program that takes long to compile. */
const MAX_UNROLLED_TAPS = 64;

/** Whether the shapes suit groups of four. */
export function suitsRows(op: Op, inputs: readonly Shape[], output: Shape): boolean {
  if ((op.kind !== "conv" && op.kind !== "conv_transpose") || inputs.length === 0) return false;
  const { shape } = flatten(op, inputs[0] ?? [], output);
  const last = shape.at(-2) ?? 1;
  const filled = last / (4 * groupsOf(op, last));
  const inputBlocks = Math.ceil(op.inChannels / op.groups / 4);
  const taps = op.kernelSize.reduce((product, k, i) => product * Math.ceil(k / tapStep(op, i)), 1);
  const work = taps * texels(output) * inputBlocks;
  return work >= MIN_WORK && filled >= 0.75 && (op.kernelSize.at(-1) ?? 1) <= MAX_UNROLLED_TAPS;
}

/** Groups of four that `last` outputs make. */
function groupsOf(op: ConvLike, last: number): number {
  const phases = outputStep(op);
  return phases * Math.ceil(last / phases / 4);
}

export const buildDepthwiseRows: Kernel["build"] = (anyOp, [x = []], y) => {
  const op = narrow(anyOp, "conv", "conv_transpose");
  const reader = channelReader(op);
  const key = `depthwise-rows${reader.key}:${geometryKey(op)}:${op.strides.at(-1)}:${op.dilation.at(-1)}`;
  const body = () => `${reader.setup}\n${rowLoops(op, depthwiseRow(op, reader.read))}`;
  return rowSteps(op, x, y, { key, ints: reader.ints, functions: reader.functions, body });
};

export const buildDenseRows: Kernel["build"] = (anyOp, [input = []], output) => {
  const { op, x, shape } = flatten(narrow(anyOp, "conv", "conv_transpose"), input, output);
  const grouped = op.groups > 1;
  const ints = {
    KB: Math.ceil(op.inChannels / op.groups / 4),
    ...(grouped ? { GOB: op.outChannels / op.groups / 4 } : {}),
  };
  const phases = outputStep(op) === 1 ? "" : ":phases";
  const key = `dense-rows${grouped ? "-grouped" : ""}:${geometryKey(op)}${columnSteps(op)[0] === 1 ? ":1" : ""}${phases}`;
  return rowSteps(op, x, shape, { key, ints, functions: "", body: () => rowLoops(op, denseRow(op)) });
};

/** What is special to a first draw. */
interface Sums {
  readonly key: string;
  readonly ints: Readonly<Record<string, number>>;
  readonly functions: string;
  readonly body: () => string;
}

function rowSteps(op: ConvLike, x: Shape, y: Shape, sums: Sums): Step[] {
  const last = y.at(-2) ?? 1;
  const groups = groupsOf(op, last);
  const phases = outputStep(op);
  const geometry = geometryInts(op, x, y);
  const blocks = geometry.OCB ?? 1;
  const rows = pixels(y) / Math.max(1, last);
  return [
    step({
      key: sums.key,
      reads: [input(0), weight(0)],
      ints: { ...geometry, ...sums.ints, OG: groups, PG: groups / phases },
      texels: rows * groups * blocks,
      into: 0,
      outputs: 4,
      functions: () => geometryFunctions(op) + sums.functions,
      body: () => `${decodeSource(op, true)}\n${sums.body()}`,
    }),
    step({
      key: `in-order${phases === 1 ? "" : ":phases"}${epilogueKey(op)}`,
      reads: [scratch(0), ...(op.bias ? [weight(1)] : [])],
      layered: [0],
      ints: { OCB: blocks, OC: op.outChannels, LAST: last, OG: groups, PG: groups / phases, PHASES: phases },
      floats: epilogueFloats(op),
      texels: texels(y),
      functions: () => epilogueFunctions(op),
      body: () => `
int ob = t % OCB;
int o = t / OCB;
int row = o / LAST;
o -= row * LAST;
${phases === 1 ? "int group = o >> 2, layer = o & 3;" : "int q = o / PHASES; int group = (o - q * PHASES) * PG + (q >> 2), layer = q & 3;"}
vec4 sum = x0((row * OG + group) * OCB + ob, layer);
return ${epilogueSource(op, "sum", "x1")};`,
    }),
  ];
}

/** A row of depthwise taps, unrolled: each column of input is read once and given to all outputs it belongs to. */
function depthwiseRow(op: ConvLike, read: (base: string) => string): string {
  const axis = AXES[op.kernelSize.length - 1] ?? "";
  const a = axis.toLowerCase();
  const kernel = op.kernelSize.at(-1) ?? 1;
  const apart = tapStep(op, op.kernelSize.length - 1);
  const taps = Math.ceil(kernel / apart);
  const [stride, move] = columnSteps(op);
  // The first tap is j < apart, so that the last one may be past the kernel; all may when no tap meets these outputs.
  const partial = kernel % apart !== 0;
  const columns = new Map<number, string[]>();
  for (let tap = 0; tap < taps; tap++) {
    const guard = partial && tap === taps - 1 ? "if (whole) " : "";
    for (let i = 0; i < 4; i++) {
      const column = i * stride + tap * move;
      const list = columns.get(column) ?? [];
      columns.set(column, [...list, `${guard}y${i} += v * w${tap};`]);
    }
  }
  const weights = Array.from(
    { length: taps },
    (_, tap) => `vec4 w${tap} = x1((taps + j${a} + ${tap * apart}) * OCB + ob);`,
  );
  const reads = [...columns]
    .sort(([left], [right]) => left - right)
    .map(
      ([column, uses]) =>
        `p = first + (${column}); if (p >= 0 && p < I${axis}) { vec4 v = ${read("(row + p) * ICB")}; ${uses.join(" ")} }`,
    );
  const whole = partial ? `bool whole = j${a} + ${(taps - 1) * apart} < ${kernel};\n` : "";
  return `if (j${a} < ${kernel}) {\nint first = i${a}, p;\n${whole}${weights.join("\n")}\n${reads.join("\n")}\n}\n`;
}

/** A row of dense taps: four texels of weights meet the four positions, of which some may be outside. */
function denseRow(op: ConvLike): string {
  const axis = AXES[op.kernelSize.length - 1] ?? "";
  const a = axis.toLowerCase();
  const next = op.kind === "conv" ? "1" : `J${axis}`;
  const [stride] = columnSteps(op);
  const lanes = ["x", "y", "z", "w"];
  const four = [0, 1, 2, 3];
  const group = op.groups > 1 ? " + (ob / GOB) * KB" : "";
  const multiply = (i: number) => lanes.map((lane, r) => `s${i} += v.${lane} * w${r};`).join(" ");
  return `
for (int j = j${a}, i = i${a}; j < ${op.kernelSize.at(-1)}; j += ${next}, i += M${axis}) {
  ivec4 p = i + ivec4(0, 1, 2, 3) * ${stride === 1 ? "1" : `S${axis}`};
  bvec4 inside = bvec4(${lanes.map((lane) => `p.${lane} >= 0 && p.${lane} < I${axis}`).join(", ")});
  if (any(inside)) {
  ivec4 base = (row + p) * ICB${group};
  int w = (taps + j) * KB * 4 * OCB + ob;
  for (int k = 0; k < KB;) {
    vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0);
    for (int end = min(k + ${SUM_BLOCKS}, KB); k < end; k++) {
      vec4 w0 = x1(w), w1 = x1(w + OCB), w2 = x1(w + 2 * OCB), w3 = x1(w + 3 * OCB);
      w += 4 * OCB;
      ${four.map((i) => `if (inside.${lanes[i]}) { vec4 v = x0(base.${lanes[i]} + k); ${multiply(i)} }`).join("\n      ")}
    }
    ${four.map((i) => `y${i} += s${i};`).join(" ")}
  }
  }
}
`;
}

/** Input columns from an output of a group to the next, and from a tap to the next. */
function columnSteps(op: ConvLike): [stride: number, move: number] {
  const stride = op.strides.at(-1) ?? 1;
  const dilation = op.dilation.at(-1) ?? 1;
  return op.kind === "conv" ? [stride, dilation] : [1, (-dilation * tapStep(op, op.kernelSize.length - 1)) / stride];
}

/** A pointwise convolution sees no axes: all positions are one row, so that only its end may be short of four. */
function flatten(op: ConvLike, x: Shape, y: Shape): { op: ConvLike; x: Shape; shape: Shape } {
  const one = (list: readonly number[]) => list.every((n) => n === 1);
  const pointwise =
    op.kind === "conv" && one(op.kernelSize) && one(op.strides) && op.padding.flat().every((n) => n === 0);
  if (!pointwise) return { op, x, shape: y };
  const flat: ConvOp = { ...op, kernelSize: [1], strides: [1], dilation: [1], padding: [[0, 0]] };
  const length = pixels(y);
  return { op: flat, x: [1, length, op.inChannels], shape: [1, length, op.outChannels] };
}
