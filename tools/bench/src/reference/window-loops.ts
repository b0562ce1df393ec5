/** Convolutions and pooling as loops over outputs, window positions and channels; up to three spatial axes, lifted to three. */
import type { Node } from "../graph/graph.ts";
import type { Shape } from "../workloads/description.ts";
import { type AddScaled, type DotProduct, roundingOf } from "./precision.ts";

type OfKind<K extends Node["kind"]> = Node & { readonly kind: K };

interface Lifted {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
}

/** `out` is zeros before. */
export function convLoops(
  node: OfKind<"conv">,
  x: Float64Array,
  shape: Shape,
  out: Float64Array,
  addScaled: AddScaled,
): void {
  const inputs = shape.at(-1) ?? 1;
  const outputs = node.shape.at(-1) ?? 1;
  const perGroup = inputs / node.groups;
  const made = outputs / node.groups;
  forWindows(lift(node, shape), shape[0] ?? 1, (from, tap, to) => {
    for (let ic = 0; ic < inputs; ic++) {
      const first = made * Math.floor(ic / perGroup);
      const w = (tap * perGroup + (ic % perGroup)) * outputs + first;
      addScaled(out, to * outputs + first, x[from * inputs + ic] as number, node.kernel, w, made);
    }
  });
}

/** The convolution that makes `x` from `out`, the other way: each input adds to the outputs that its window covers. */
export function convTransposeLoops(
  node: OfKind<"conv_transpose">,
  x: Float64Array,
  shape: Shape,
  out: Float64Array,
  dot: DotProduct,
): void {
  const inputs = shape.at(-1) ?? 1;
  const outputs = node.shape.at(-1) ?? 1;
  const reversed = lift({ ...node, shape, dilations: node.size.map(() => 1) }, node.shape);
  forWindows(reversed, shape[0] ?? 1, (to, tap, from) => {
    for (let oc = 0; oc < outputs; oc++) {
      const o = to * outputs + oc;
      out[o] = dot(out[o] as number, x, from * inputs, node.kernel, (tap * outputs + oc) * inputs, inputs);
    }
  });
}

/** Padding does not take part: the largest of, or the mean over, what is there. */
export function poolLoops(
  node: OfKind<"pool">,
  x: Float64Array,
  shape: Shape,
  out: Float64Array,
  rounded: boolean,
): void {
  const channels = shape.at(-1) ?? 1;
  const counts = new Uint32Array(out.length / channels);
  const max = node.fn === "max";
  const round = roundingOf(rounded);
  if (max) out.fill(Number.NEGATIVE_INFINITY);
  forWindows(lift({ ...node, dilations: node.size.map(() => 1) }, shape), shape[0] ?? 1, (from, _, to) => {
    counts[to] = (counts[to] ?? 0) + 1;
    for (let c = 0; c < channels; c++) {
      const value = x[from * channels + c] as number;
      const o = to * channels + c;
      out[o] = max ? Math.max(out[o] as number, value) : round((out[o] as number) + value);
    }
  });
  if (!max)
    for (let i = 0; i < out.length; i++) out[i] = round((out[i] as number) / (counts[Math.floor(i / channels)] ?? 1));
}

type Windowed = Pick<OfKind<"conv">, "size" | "strides" | "dilations" | "pads" | "shape">;

function lift({ size, strides, dilations, pads, shape: made }: Windowed, given: Shape): Lifted {
  const three = (numbers: readonly number[], filler: number): number[] => [
    ...Array.from({ length: 3 - numbers.length }, () => filler),
    ...numbers,
  ];
  const before = pads.map(([zeros]) => zeros);
  return {
    input: three(given.slice(1, -1), 1),
    output: three(made.slice(1, -1), 1),
    size: three(size, 1),
    strides: three(strides, 1),
    dilations: three(dilations, 1),
    before: three(before, 0),
  };
}

/** Calls back for each position inside the input that a window covers: numbers of the input position, the tap, the output position. */
function forWindows(g: Lifted, batch: number, visit: (from: number, tap: number, to: number) => void): void {
  const [id = 1, ih = 1, iw = 1] = g.input;
  const [od = 1, oh = 1, ow = 1] = g.output;
  const [kd = 1, kh = 1, kw = 1] = g.size;
  const at = (axis: number, o: number, k: number): number =>
    o * (g.strides[axis] ?? 1) + k * (g.dilations[axis] ?? 1) - (g.before[axis] ?? 0);
  for (let to = 0; to < batch * od * oh * ow; to++) {
    const n = Math.floor(to / (od * oh * ow));
    const [d, h, w] = [Math.floor(to / (oh * ow)) % od, Math.floor(to / ow) % oh, to % ow];
    for (let tap = 0; tap < kd * kh * kw; tap++) {
      const z = at(0, d, Math.floor(tap / (kh * kw)));
      const y = at(1, h, Math.floor(tap / kw) % kh);
      const x = at(2, w, tap % kw);
      if (z < 0 || z >= id || y < 0 || y >= ih || x < 0 || x >= iw) continue;
      visit(((n * id + z) * ih + y) * iw + x, tap, to);
    }
  }
}
