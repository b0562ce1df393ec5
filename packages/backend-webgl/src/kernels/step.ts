/**
 * A kernel's plan for one op and its shapes: a short list of draws. Scratch textures are named by number and come from
 * the texture pool for the time of one dispatch.
 */
import type { Op, Shape } from "@keras-ts/core";
import type { DrawParameters } from "../gl/device.ts";
import type { ShaderParts } from "../gl/shader.ts";

/** A texture that a draw reads. */
export type Operand =
  | { readonly from: "input"; readonly index: number }
  | { readonly from: "weight"; readonly index: number }
  | { readonly from: "scratch"; readonly index: number }
  | TableOperand;

/** Numbers that an op carries with it: a texture of the executable, from `prepare` until `release`. */
export interface TableOperand {
  readonly from: "table";
  readonly values: Float32Array;
  readonly shape: Shape;
}

export const input = (index: number): Operand => ({ from: "input", index });
export const weight = (index: number): Operand => ({ from: "weight", index });
export const scratch = (index: number): Operand => ({ from: "scratch", index });
export const table = (values: Float32Array, shape: Shape): Operand => ({ from: "table", values, shape });

/** The tables that steps read. */
export function tablesOf(steps: readonly Step[]): TableOperand[] {
  return steps.flatMap(({ reads }) => reads.filter((operand) => operand.from === "table"));
}

/** One draw. */
export interface Step extends DrawParameters {
  readonly reads: readonly Operand[];
  /** Number of the scratch texture it fills; null for the output. */
  readonly into: number | null;
  /** 4: it fills the layers of a layered scratch texture. */
  readonly outputs: 1 | 4;
}

/** A row of the kernel table. */
export interface Kernel {
  readonly name: string;
  readonly accepts: (op: Op, inputs: readonly Shape[], output: Shape) => boolean;
  /** How `pack` lays out the weights; null for an op without. Must follow from the op alone. */
  readonly layout: WeightLayout | null;
  /** It draws into layered scratch textures, which some devices cannot. */
  readonly layered?: true;
  readonly build: (op: Op, inputs: readonly Shape[], output: Shape) => Step[];
}

/**
 * Weights, always as `[taps, rows, outChannels]` with four output channels a texel. `taps_c_f`: a row an input channel of
 * a group. `taps_c4_f`: rows filled up with zeros to a multiple of four, so that input blocks can be multiplied whole.
 */
export type WeightLayout = "taps_c_f" | "taps_c4_f";

export interface StepSpec {
  readonly key: string;
  readonly reads: readonly Operand[];
  readonly ints: Readonly<Record<string, number>>;
  readonly floats?: Float32Array | null;
  readonly texels: number;
  readonly into?: number | null;
  readonly outputs?: 1 | 4;
  /** Indices of `reads` that are layered scratch textures. */
  readonly layered?: readonly number[];
  readonly functions?: () => string;
  readonly body: () => string;
}

/** Fills in what every step has in common. */
export function step(spec: StepSpec): Step {
  const names = Object.keys(spec.ints);
  const ints = new Int32Array(4 * Math.ceil((names.length + 1) / 4));
  ints[0] = spec.texels;
  ints.set(Object.values(spec.ints), 1);
  const parts = (): ShaderParts => ({
    inputs: spec.reads.length,
    layered: spec.layered,
    ints: names,
    outputs: spec.outputs ?? 1,
    functions: spec.functions?.(),
    body: spec.body(),
  });
  return {
    program: { key: spec.key, parts },
    ints,
    floats: spec.floats ?? null,
    texels: spec.texels,
    reads: spec.reads,
    into: spec.into ?? null,
    outputs: spec.outputs ?? 1,
  };
}

/** The op when it is of that kind; a kernel's `build` is called only for ops its row accepted. */
export function narrow<K extends Op["kind"]>(op: Op, ...kinds: K[]): Extract<Op, { kind: K }> {
  if (isKind(op, kinds)) return op;
  throw new TypeError(`A kernel for ${kinds.join(" or ")} was given another op. Received: kind=${op.kind}.`);
}

function isKind<K extends Op["kind"]>(op: Op, kinds: readonly K[]): op is Extract<Op, { kind: K }> {
  return kinds.some((kind) => kind === op.kind);
}
