/** A random layer to make, and what all draws share. */
import type { Shape } from "@keras-ts/core";
import { ACTIVATIONS, type LayerArguments } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";

/** A layer to make and the shapes of what to call it on. */
export interface LayerDraw {
  readonly className: string;
  readonly args: LayerArguments;
  readonly inputs: readonly Shape[];
  /** Inputs are whole numbers below this. */
  readonly indices?: number;
  /** Of a recurrent layer. */
  readonly states?: readonly Shape[];
}

/** A layer and how it is called. */
export interface Draw extends LayerDraw {
  readonly training?: boolean;
  /** The shapes of masks, one an input; null where it has none. Left out where no input has one. */
  readonly masks?: readonly (Shape | null)[];
  /** Whether the call is given states. */
  readonly givesStates: boolean;
}

/** Options and shapes of one class. */
export type Drawer = (random: Random, className: string) => Omit<LayerDraw, "className">;

export const rankOf = (className: string): number => Number(/([123])D/.exec(className)?.[1] ?? 2);
export const per = <T>(rank: number, draw: (axis: number) => T): T[] => Array.from({ length: rank }, (_, i) => draw(i));
export const maybe = (random: Random, chance: number): boolean => random.next() < chance;

/** One number for all axes where they agree, now and then. */
export function tuple(random: Random, values: readonly number[]): number | readonly number[] {
  const [first = 1] = values;
  return values.every((v) => v === first) && maybe(random, 0.5) ? first : values;
}

/** The shape `[n, …space, c]`, or with channels first as the arguments say. */
export function shaped(
  dataFormat: LayerArguments["dataFormat"],
  space: readonly number[],
  channels: number,
  n: number,
): Shape {
  return dataFormat === "channels_first" ? [n, channels, ...space] : [n, ...space, channels];
}

export const formatOf = (random: Random) => random.pick(["channels_last", "channels_first", null] as const);

export function activationOf(random: Random): Pick<LayerArguments, "activation"> {
  if (maybe(random, 0.5)) return {};
  return { activation: maybe(random, 0.1) ? null : random.pick(ACTIVATIONS) };
}

export const shapeOf = (random: Random, least: number, most: number, longest = 5): number[] =>
  per(random.int(least, most), () => random.int(1, longest));
