/**
 * What all convolution programs share: where an output position is, which taps reach the input from there, and what
 * follows the sum. `conv` and `conv_transpose` differ only in how an axis starts: on both, the valid taps of an axis are
 * j = j0, j0 + step, … and the input position moves by a fixed amount from one to the next.
 *
 *     conv            i = o·stride − before + j·dilation            j0 = 0,  step 1,              moves  dilation
 *     conv_transpose  i = (o + crop − j·dilation) / stride, exact   j0 < step = stride / gcd,     moves −dilation / gcd
 *
 * Positions outside the input are skipped, never multiplied. By `if`, not `continue`: SwiftShader was seen to go on with the
 * wrong pixels after a `continue` that only some of a quad take.
 */
import type { ConvOp, ConvTransposeOp, Shape } from "@keras-ts/core";
import { blocks } from "../gl/layout.ts";
import { unaryFloats, unaryKey, unarySource } from "../glsl/unary.ts";

export type ConvLike = ConvOp | ConvTransposeOp;

/** Names of the spatial axes in programs. */
export const AXES = ["U", "V", "W"];

/** Part of a program key: rank, taps, direction. */
export function geometryKey(op: ConvLike): string {
  return `${op.kind === "conv" ? "conv" : "convt"}${op.kernelSize.join("x")}`;
}

/** Uniforms for the spatial axes: sizes, stride, first position, movement. */
export function geometryInts(op: ConvLike, x: Shape, y: Shape): Record<string, number> {
  const ints: Record<string, number> = { ICB: blocks(x), OCB: blocks(y), OC: op.outChannels };
  op.kernelSize.forEach((_, i) => {
    const axis = AXES[i] ?? "";
    const stride = op.strides[i] ?? 1;
    const dilation = op.dilation[i] ?? 1;
    ints[`I${axis}`] = x[i + 1] ?? 1;
    ints[`O${axis}`] = y[i + 1] ?? 1;
    ints[`S${axis}`] = stride;
    if (op.kind === "conv") {
      ints[`P${axis}`] = op.padding[i]?.[0] ?? 0;
      ints[`M${axis}`] = dilation;
    } else {
      ints[`P${axis}`] = op.crop[i] ?? 0;
      ints[`M${axis}`] = -dilation / gcd(stride, dilation);
      ints[`D${axis}`] = dilation;
      ints[`J${axis}`] = tapStep(op, i);
    }
  });
  return ints;
}

/**
 * Statements that split texel `t` into block `ob`, batch `n` and, per axis, first tap `ja` and its position `ia`.
 * `grouped`: positions of the last axis come in groups of four; `t` counts groups (`OG` a row), `ia` is of the first. The four
 * positions of a group are `outputStep` apart, so that they have the same taps: a group of a transpose is
 * `o, o + stride, o + 2·stride, o + 3·stride`; the groups of one phase of the stride, `PG` of them, lie together, because
 * GPUs compute neighbours in step.
 */
export function decodeSource(op: ConvLike, grouped = false): string {
  const rank = op.kernelSize.length;
  const lines = ["int ob = t % OCB;", "int n = t / OCB;"];
  for (let i = rank - 1; i >= 0; i--) {
    const axis = AXES[i] ?? "";
    const a = axis.toLowerCase();
    if (grouped && i === rank - 1) {
      const first = outputStep(op) === 1 ? "4 * group" : `4 * S${axis} * (group % PG) + group / PG`;
      lines.push("int group = n % OG;", "n /= OG;", `int o${a} = ${first};`);
    } else lines.push(`int o${a} = n % O${axis};`, `n /= O${axis};`);
    if (op.kind === "conv") lines.push(`int j${a} = 0;`, `int i${a} = o${a} * S${axis} - P${axis};`);
    else
      lines.push(
        `int q${a} = o${a} + P${axis};`,
        `int j${a} = firstTap(q${a}, S${axis}, D${axis}, J${axis});`,
        `int i${a} = (q${a} - j${a} * D${axis}) / S${axis};`,
      );
  }
  return lines.join("\n");
}

/** How far apart along the last axis outputs of the same taps are. */
export function outputStep(op: ConvLike): number {
  return op.kind === "conv" ? 1 : (op.strides.at(-1) ?? 1);
}

/** How far apart on an axis the taps of one output are. */
export function tapStep(op: ConvLike, i: number): number {
  const stride = op.strides[i] ?? 1;
  return op.kind === "conv" ? 1 : stride / gcd(stride, op.dilation[i] ?? 1);
}

/** Loops over the valid taps around `inner`, which sees `base` (the first texel of the input pixel) and `tap`. */
export function tapLoops(op: ConvLike, inner: string): string {
  const { open, close, pixel, tap } = loops(op, op.kernelSize.length);
  return `${open}int base = (${pixel}) * ICB;\nint tap = ${tap};\n${inner}${close}`;
}

/** The same over all axes but the last: `inner` sees `row` (index of the first pixel of the input row) and `taps`, the first tap of the kernel's row. */
export function rowLoops(op: ConvLike, inner: string): string {
  const last = op.kernelSize.length - 1;
  const { open, close, pixel, tap } = loops(op, last);
  return `${open}int row = (${pixel}) * I${AXES[last]};\nint taps = (${tap}) * ${op.kernelSize[last]};\n${inner}${close}`;
}

function loops(op: ConvLike, axes: number): { open: string; close: string; pixel: string; tap: string } {
  let open = "";
  let close = "";
  let pixel = "n";
  let tap = "0";
  for (let i = 0; i < axes; i++) {
    const axis = AXES[i] ?? "";
    const a = axis.toLowerCase();
    const step = op.kind === "conv" ? "1" : `J${axis}`;
    open += `for (int t${a} = j${a}, p${a} = i${a}; t${a} < ${op.kernelSize[i]}; t${a} += ${step}, p${a} += M${axis}) {
if (p${a} >= 0 && p${a} < I${axis}) {\n`;
    close += "}}\n";
    pixel = `(${pixel}) * I${axis} + p${a}`;
    tap = i === 0 ? `t${a}` : `(${tap}) * ${op.kernelSize[i]} + t${a}`;
  }
  return { open, close, pixel, tap };
}

/** Functions that `decodeSource` calls. */
export function geometryFunctions(op: ConvLike): string {
  if (op.kind === "conv") return "";
  return `
// The smallest tap j with (q − j·dilation) divisible by stride; past every tap when there is none.
int firstTap(int q, int stride, int dilation, int step) {
  int found = 1 << 20;
  for (int j = step - 1; j >= 0; j--) if ((q - j * dilation) % stride == 0) found = j;
  return found;
}`;
}

/** Part of a program key: bias and activation. */
export function epilogueKey(op: ConvLike): string {
  return `${op.bias ? "+b" : ""}${op.activation ? `+${unaryKey(op.activation)}` : ""}`;
}

/** The activation as GLSL, where there is one. */
export function epilogueFunctions(op: ConvLike): string {
  return op.activation ? unarySource(op.activation, "forward", "activate") : "";
}

/** Parameters of the activation. */
export function epilogueFloats(op: ConvLike): Float32Array | null {
  return unaryFloats(op.activation);
}

/** The value of texel `ob` of the output from its sum: bias (texture 2 unless said), activation, zeros past the last channel. */
export function epilogueSource(op: ConvLike, sum: string, bias = "x2"): string {
  const biased = op.bias ? `${sum} + ${bias}(ob)` : sum;
  return `firstLanes(${op.activation ? `activate(${biased})` : biased}, OC - 4 * ob)`;
}

/** The greatest common divisor. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
