import { describe, expect, it } from "vitest";
import { type Axis, convolutionSegments, type Segment, transposedSegments } from "./convolution-geometry.ts";

/** The pairs [output, tap, input] of an axis, by the definition. */
function pairs(axis: Axis, transposed: boolean): string[] {
  const found: string[] = [];
  const [positions, reached] = transposed ? [axis.input, axis.output] : [axis.output, axis.input];
  for (let p = 0; p < positions; p++) {
    for (let j = 0; j < axis.kernel; j++) {
      const other = p * axis.stride + j * axis.dilation - axis.before;
      if (other >= 0 && other < reached) found.push(transposed ? `${other} ${j} ${p}` : `${p} ${j} ${other}`);
    }
  }
  return found.sort();
}

function pairsOf(segments: readonly Segment[]): string[] {
  return segments
    .flatMap((s) =>
      Array.from({ length: s.count }, (_, q) =>
        s.taps.map((t) => `${s.outStart + q * s.outStep} ${t.j} ${s.inStart + q * s.inStep + t.offset}`),
      ).flat(),
    )
    .sort();
}

const axes: Axis[] = [];
for (const kernel of [1, 2, 3, 5]) {
  for (const stride of [1, 2, 3]) {
    for (const dilation of [1, 2, 3]) {
      for (const before of [0, 1, 4]) axes.push({ input: 7, output: 9, kernel, stride, dilation, before });
    }
  }
}

describe("segments cover exactly the valid taps", () => {
  it("of convolutions", () => {
    for (const axis of axes)
      expect(pairsOf(convolutionSegments(axis)), JSON.stringify(axis)).toEqual(pairs(axis, false));
  });

  it("of transposed convolutions", () => {
    for (const axis of axes) expect(pairsOf(transposedSegments(axis)), JSON.stringify(axis)).toEqual(pairs(axis, true));
  });

  it("and every output once", () => {
    for (const axis of axes) {
      for (const segments of [convolutionSegments(axis), transposedSegments(axis)]) {
        expect(segments.reduce((sum, s) => sum + s.count, 0)).toBe(axis.output);
      }
    }
  });
});
