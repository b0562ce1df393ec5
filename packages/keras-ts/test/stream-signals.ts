/** Signals cut along time, streamed piece by piece, and compared with what a plan of the whole signal gives. */
import type * as keras from "@keras-ts/core";
import { plan as planOf } from "@keras-ts/core";
import { expect } from "vitest";
import { Random } from "../../conformance/src/random.ts";
import { compare } from "../../conformance/src/tolerance.ts";

type Shape = readonly number[];

/** What to stream. */
export interface StreamedCase {
  readonly model: keras.Traceable;
  /** Shapes of the inputs in one call. */
  readonly hopShapes: readonly Shape[];
  readonly calls: number;
  /** Terms of all sums behind an output, one after another: what its rounding grows with. */
  readonly terms: number;
  readonly timeAxis?: number;
  readonly seed?: number;
}

const sizeOf = (shape: Shape) => shape.reduce((a, b) => a * b, 1);
const longer = (shape: Shape, axis: number, times: number) => shape.map((n, i) => (i === axis ? n * times : n));

/** Piece number `i` of a signal, of this shape. */
export function pieceOf(signal: Float32Array, shape: Shape, axis: number, i: number): Float32Array {
  const outer = sizeOf(shape.slice(0, axis));
  const row = sizeOf(shape.slice(axis));
  const whole = signal.length / outer;
  const piece = new Float32Array(outer * row);
  for (let o = 0; o < outer; o++) piece.set(signal.subarray(o * whole + i * row, o * whole + (i + 1) * row), o * row);
  return piece;
}

/** Draws a signal, streams it and computes it whole: names of what differs, and the stream's receptive field. */
export async function streamProblems(given: StreamedCase): Promise<{ problems: string[]; receptiveField: number }> {
  const { model, hopShapes, calls, terms, timeAxis = 1, seed = 1 } = given;
  const random = new Random(seed);
  const wholeShapes = hopShapes.map((shape) => longer(shape, timeAxis, calls));
  const signals = wholeShapes.map((shape) => random.uniform(sizeOf(shape), -1, 1));
  const whole = await planOf(model, { inputShapes: wholeShapes });
  const expected = await whole.run(signals);
  whole.dispose();
  const plan = await planOf(model, { inputShapes: hopShapes });
  const stream = plan.stream({ timeAxis });
  const problems: string[] = [];
  for (let call = 0; call < calls; call++) {
    const pieces = signals.map((signal, i) => pieceOf(signal, hopShapes[i] ?? [], timeAxis, call));
    const results = await stream.run(pieces);
    for (const [i, result] of results.entries()) {
      const all = expected[i] ?? new Float32Array(0);
      const want = pieceOf(all, plan.outputShapes[i] ?? [], timeAxis, call);
      const scale = all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const { agree, worstIndex, expected: e, actual, tolerance } = compare(result, want, { terms, scale });
      if (!agree)
        problems.push(`call ${call}, output ${i}, element ${worstIndex}: ${actual} for ${e}, tolerance ${tolerance}`);
    }
  }
  const { receptiveField } = stream;
  plan.dispose();
  return { problems, receptiveField };
}

/** Expects agreement (time is on the same axis of inputs and outputs); gives the receptive field. */
export async function expectSameAsWhole(given: StreamedCase): Promise<number> {
  const { problems, receptiveField } = await streamProblems(given);
  expect(problems).toEqual([]);
  return receptiveField;
}
