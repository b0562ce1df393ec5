/** The gradient of `resample`: the op with its table of weights transposed. */
import type { ResampleOp } from "../op/op.ts";

const transposed = new WeakMap<ResampleOp, Map<number, ResampleOp>>();

/** From `[…, outputs, …]` back to `[…, size, …]`: position j collects what each output took of it. */
export function transposedResample(op: ResampleOp, size: number): ResampleOp {
  const known = transposed.get(op) ?? new Map<number, ResampleOp>();
  transposed.set(op, known);
  let result = known.get(size);
  if (!result) {
    result = transpose(op, size);
    known.set(size, result);
  }
  return result;
}

function transpose({ axis, starts, weights }: ResampleOp, size: number): ResampleOp {
  // Outputs that read position j: a run of them in all tables that the layers use; what lies between weighs 0 otherwise.
  const readers = Array.from({ length: size }, (): { first: number; taps: number[] } => ({ first: 0, taps: [] }));
  for (const [o, taps] of weights.entries()) {
    for (const [t, weight] of taps.entries()) {
      const reader = readers[(starts[o] ?? 0) + t];
      if (!reader) continue;
      if (reader.taps.length === 0) reader.first = o;
      while (reader.first + reader.taps.length < o) reader.taps.push(0);
      reader.taps.push(weight);
    }
  }
  return {
    kind: "resample",
    axis,
    starts: readers.map(({ first }) => first),
    weights: readers.map(({ taps }) => taps),
  };
}
