/**
 * Layers that draw in training. What they drew is not known beforehand, but can be read off an output; it must then be such as
 * the layer may draw, and explain the outputs of all other inputs.
 */
import { at, coordinatesOf, type Operand } from "../reference/operand.ts";
import { joined } from "./array.ts";
import type { LayerArguments } from "./layer-reference.ts";

/** What a layer does with a draw. */
export interface NoiseReference {
  /** The draw behind an output. */
  drawn(args: LayerArguments, x: Operand, y: Operand): Operand;
  /** The output of x with that draw. */
  applied(args: LayerArguments, x: Operand, draw: Operand): Operand;
  /** Why the layer cannot have drawn this; null where it may have. */
  problem(args: LayerArguments, draw: Operand): string | null;
}

/** In deviations: JAX's normal draws have 23 random bits and end before this. */
const FARTHEST = 6;

function farther(draw: Operand, centre: number, deviation: number): string | null {
  const worst = draw.values.find((v) => Math.abs(v - centre) > FARTHEST * deviation);
  if (worst !== undefined) return `a draw of ${worst}, more than ${FARTHEST} deviations of ${deviation} from ${centre}`;
  const all = draw.values.length > 1 && draw.values.every((v) => v === at(draw.values, 0));
  return all ? "the same draw for all elements" : null;
}

/** The axes that share one draw must have one. */
function unequal(draw: Operand, shared: readonly number[]): string | null {
  const seen = new Map<string, number>();
  for (const [i, v] of draw.values.entries()) {
    const key = coordinatesOf(i, draw.shape)
      .map((n, axis) => (shared.includes(axis) ? 0 : n))
      .join();
    if ((seen.get(key) ?? v) !== v) return `draws that differ along axes ${shared}, which share one`;
    seen.set(key, v);
  }
  return null;
}

const sharedAxes = ({ noiseShape }: LayerArguments): number[] =>
  (noiseShape ?? []).flatMap((n, axis) => (n === 1 ? [axis] : []));

/** 1 where the element is kept. */
const dropping = (axesOf: (args: LayerArguments, rank: number) => readonly number[]): NoiseReference => ({
  drawn: (_args, x, y) => ({ shape: x.shape, values: y.values.map((v) => (v === 0 ? 0 : 1)) }),
  applied: ({ rate = 0 }, x, draw) => joined(x, draw, (v, kept) => (kept ? v / (1 - rate) : 0)),
  problem: (args, draw) => unequal(draw, axesOf(args, draw.shape.length)),
});

const spaceOf = ({ dataFormat }: LayerArguments, rank: number): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => axis !== 0 && axis !== (dataFormat === "channels_first" ? 1 : rank - 1),
  );

const gaussianNoise: NoiseReference = {
  drawn: (_args, x, y) => joined(y, x, (b, a) => b - a),
  applied: (_args, x, draw) => joined(x, draw, (v, noise) => v + noise),
  problem: ({ stddev = 0 }, draw) => farther(draw, 0, stddev),
};

const gaussianDropout: NoiseReference = {
  drawn: (_args, x, y) => joined(y, x, (b, a) => b / a),
  applied: (_args, x, draw) => joined(x, draw, (v, factor) => v * factor),
  problem: ({ rate = 0 }, draw) => farther(draw, 1, Math.sqrt(rate / (1 - rate))),
};

const SELU_FLOOR = -1.6732632423543772 * 1.0507009873554805;

/** `a·x + b` of a kept element and of selu's floor, a and b such that mean and variance stay. */
function alphaLine({ rate = 0 }: LayerArguments): (v: number) => number {
  const a = ((1 - rate) * (1 + rate * SELU_FLOOR ** 2)) ** -0.5;
  return (v) => a * v - a * SELU_FLOOR * rate;
}

const alphaDropout: NoiseReference = {
  drawn: (args, x, y) => {
    const line = alphaLine(args);
    return joined(x, y, (v, given) => (Math.abs(given - line(v)) < Math.abs(given - line(SELU_FLOOR)) ? 1 : 0));
  },
  applied: (args, x, draw) => joined(x, draw, (v, kept) => alphaLine(args)(kept ? v : SELU_FLOOR)),
  problem: (args, draw) => unequal(draw, sharedAxes(args)),
};

/** By class. */
export const NOISE_REFERENCES: Readonly<Record<string, NoiseReference>> = {
  AlphaDropout: alphaDropout,
  Dropout: dropping(sharedAxes),
  GaussianDropout: gaussianDropout,
  GaussianNoise: gaussianNoise,
  SpatialDropout1D: dropping(spaceOf),
  SpatialDropout2D: dropping(spaceOf),
  SpatialDropout3D: dropping(spaceOf),
};
