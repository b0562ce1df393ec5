/** What a layer reference is: Keras's arguments, inputs and weights in, outputs out, by keras-semantics and in float64. */
import type { Operand } from "../reference/operand.ts";

export type IntOrTuple = number | readonly number[];

/** A layer that is an argument of another. */
export interface InnerLayer {
  readonly className: string;
  readonly args: LayerArguments;
}

/** Keras's arguments in camelCase, those of all layers in one list; each reference knows its own and their defaults. */
export interface LayerArguments {
  readonly activation?: string | null;
  readonly alpha?: number;
  readonly arguments?: Readonly<Record<string, number>>;
  readonly axis?: number | readonly number[];
  readonly backwardLayer?: InnerLayer;
  readonly center?: boolean;
  readonly cropping?: IntOrTuple | readonly (readonly number[])[];
  readonly dataFormat?: "channels_last" | "channels_first" | null;
  readonly depthMultiplier?: number;
  readonly dilationRate?: IntOrTuple;
  readonly dims?: readonly number[];
  readonly dropout?: number;
  readonly dropPathRate?: number;
  readonly epsilon?: number;
  readonly filters?: number;
  readonly function?: string;
  readonly goBackwards?: boolean;
  readonly groups?: number;
  readonly height?: number;
  readonly initValues?: number;
  readonly inputDim?: number;
  readonly interpolation?: string;
  readonly invert?: boolean;
  readonly keepdims?: boolean;
  readonly kernelSize?: IntOrTuple;
  readonly layer?: InnerLayer;
  readonly maskValue?: number;
  readonly maskZero?: boolean;
  readonly maxValue?: number | null;
  readonly mean?: number | readonly number[];
  readonly mergeMode?: "concat" | "sum" | "mul" | "ave" | null;
  readonly momentum?: number;
  readonly n?: number;
  readonly negativeSlope?: number;
  readonly noiseShape?: readonly (number | null)[];
  readonly offset?: number;
  readonly outputDim?: number;
  readonly outputPadding?: IntOrTuple | null;
  readonly outputSize?: IntOrTuple;
  readonly padding?: string | IntOrTuple | readonly (readonly number[])[];
  readonly poolSize?: IntOrTuple;
  readonly powerIterations?: number;
  readonly projectionDim?: number;
  readonly rate?: number;
  readonly recurrentActivation?: string;
  readonly recurrentDropout?: number;
  readonly resetAfter?: boolean;
  readonly returnSequences?: boolean;
  readonly returnState?: boolean;
  readonly scale?: boolean | number;
  readonly seed?: number;
  readonly sharedAxes?: readonly number[] | null;
  readonly size?: IntOrTuple;
  readonly stddev?: number;
  readonly strides?: IntOrTuple | null;
  readonly targetShape?: readonly number[];
  readonly threshold?: number;
  readonly trainable?: boolean;
  readonly units?: number;
  readonly unroll?: boolean;
  readonly useBias?: boolean;
  readonly variance?: number | readonly number[];
  readonly width?: number;
  readonly zeroOutputForMask?: boolean;
}

/** What a call says besides its inputs. */
export interface ReferenceCall {
  readonly training?: boolean;
  /** 0 or 1, one an input; null where it has none. */
  readonly masks?: readonly (Operand | null)[];
  /** Of a recurrent layer; zeros where left out. */
  readonly initialState?: readonly Operand[];
}

/** One array an output. Weights are in Keras's order. Where the layer does not look at `call`, it is inference. */
export type LayerReference = (
  args: LayerArguments,
  inputs: readonly Operand[],
  weights: readonly Operand[],
  call: ReferenceCall,
) => readonly Operand[];

/** The mask of a layer with one input, null where the call has none. */
export function maskOf({ masks }: ReferenceCall): Operand | null {
  return masks?.[0] ?? null;
}

/** A number for each of `rank` axes. */
export function perAxis(value: IntOrTuple | null | undefined, rank: number, otherwise: number): readonly number[] {
  const given = value ?? otherwise;
  return typeof given === "number" ? Array.from({ length: rank }, () => given) : given;
}

/** Axis −1 is the last one. */
export function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Where channels are in arrays `[n, …]` with `rank` spatial axes. */
export function channelAxis(args: LayerArguments, rank: number): number {
  return args.dataFormat === "channels_first" ? 1 : rank + 1;
}
