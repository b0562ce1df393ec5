import { describe, expect, it } from "vitest";
import { ABSOLUTE, EPSILON, float64Floor, NOISE, RELATIVE, tolerance, ulp } from "../src/replay/agreement.ts";
import { compare } from "../src/replay/compare.ts";
import { drawPicture } from "../src/replay/picture.ts";

const f32 = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
const f64 = (...values: number[]) => ({ shape: [values.length], data: Float64Array.from(values) });

describe("the formula", () => {
  it("is a + r·|k| + c·ε·noise", () => {
    expect(tolerance(-2, 3)).toBe(ABSOLUTE + RELATIVE * 2 + NOISE * EPSILON * 3);
    expect(tolerance(0, 0)).toBe(2 ** -126);
    expect(float64Floor(2, 1)).toBe(EPSILON * 3 + ABSOLUTE);
  });
  it("knows the spacing of float32", () => {
    expect(ulp(1)).toBe(2 ** -23);
    expect(ulp(-0.75)).toBe(2 ** -24);
    expect(ulp(0)).toBe(2 ** -149);
    expect(ulp(3e38)).toBe(2 ** 104);
    expect(ulp(Infinity)).toBe(Infinity);
  });
});

describe("compare", () => {
  it("takes zeros of either sign, two NaN and equal infinities for equal", () => {
    const result = compare(f32(-0, Number.NaN, Infinity, -Infinity), {
      what: "output",
      expected: f32(0, Number.NaN, Infinity, -Infinity),
      noise: 0,
    });
    expect(result).toMatchObject({ agrees: true, maxAbs: 0, maxUlp: 0, ratio: 0 });
  });
  it.each([
    [Number.NaN, 1],
    [1, Number.NaN],
    [Infinity, 3e38],
    [Infinity, -Infinity],
  ])("takes %d for different from %d however large the noise", (actual, expected) => {
    const result = compare(f32(actual), { what: "output", expected: f32(expected), noise: 1e30 });
    expect(result).toMatchObject({ agrees: false, maxAbs: Infinity, maxUlp: Infinity });
    expect(result.message).toContain("worst at [0]");
  });
  it("names the element farthest from its tolerance, not the largest error", () => {
    const result = compare(
      { shape: [2, 2], data: Float32Array.of(1, 1000.0001, 3, 1.001) },
      { what: "output", expected: { shape: [2, 2], data: Float32Array.of(1, 1000, 3, 1) }, noise: 0 },
    );
    expect(result).toMatchObject({ agrees: false, worstIndex: [1, 1], expected: 1 });
    expect(result.message).toMatch(/^output: 1 of 4 elements differ; worst at \[1, 1\]: expected 1, got 1\.001/);
  });
  it("asks for equal bits where nothing may be off", () => {
    const next = 1 + EPSILON;
    expect(compare(f32(next), { what: "initial kernel", expected: f32(1), noise: 0, relativeOnly: 0 }).agrees).toBe(
      false,
    );
    expect(
      compare(f32(next), { what: "initial kernel", expected: f32(1), noise: 0, relativeOnly: 2 * EPSILON }).agrees,
    ).toBe(true);
  });
  it("refuses to be four times farther from float64 than Keras", () => {
    const truth = f64(1, 0.1);
    const keras = f32(1, 0.1);
    const near = compare(f32(1, 0.1 + 2e-8), { what: "output", expected: keras, truth, noise: 1 });
    expect(near).toMatchObject({ agrees: true, kerasError64: Math.abs(Math.fround(0.1) - 0.1) });
    const far = compare(f32(1 + 5e-6, 0.1), { what: "output", expected: keras, truth, noise: 100 });
    expect(far.agrees).toBe(true); // inside the floor of this much noise
    const farther = compare(f32(1 + 1e-6, 0.1), { what: "output", expected: f32(1 + 1e-6, 0.1), truth, noise: 0 });
    expect(farther).toMatchObject({ agrees: true, error64: Math.abs(Math.fround(1 + 1e-6) - 1) }); // Keras is as far
    const worse = compare(f32(1 + 4e-7, 0.1), { what: "output", expected: f32(1, 0.1), truth, noise: 0.1 });
    expect(worse.message).toContain("farther from the float64 result than Keras");
  });
  it("says which shape it got", () => {
    expect(
      compare(f32(1, 2), {
        what: "gradient of bias",
        expected: { shape: [2, 1], data: Float32Array.of(1, 2) },
        noise: 1,
      }).message,
    ).toBe("gradient of bias: expected shape [2, 1], got [2] with 2 elements");
  });
  it("counts elements by ulp", () => {
    const result = compare(f32(1, 1 + EPSILON, 1 + 4 * EPSILON, 2), {
      what: "output",
      expected: f32(1, 1, 1, 1),
      noise: 1e9,
    });
    expect(result.histogram).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 1]);
  });
});

describe("drawPicture", () => {
  it("lays one spatial dimension out as channel by position, of the sample that is worst", () => {
    const ratios = new Float32Array(2 * 3 * 2);
    ratios[6 + 1 * 2 + 1] = 5; // sample 1, position 1, channel 1
    const picture = drawPicture(ratios, [2, 3, 2], 9, false);
    expect(picture).toMatchObject({ rows: 2, columns: 3, rowLabel: "channel", columnLabel: "position" });
    expect(picture.cells).toEqual([0, 0, 0, 0, 5, 0]);
  });
  it("knows channels_first", () => {
    const ratios = new Float32Array(2 * 2 * 3);
    ratios[1 * 3 + 2] = 7; // channel 1, position 2
    expect(drawPicture(ratios, [2, 2, 3], 5, true).cells).toEqual([0, 0, 0, 0, 0, 7]);
  });
  it("keeps the largest of what falls into a cell, and what is not finite", () => {
    const ratios = new Float32Array(1000);
    ratios[999] = 2;
    ratios[0] = Infinity;
    const { cells, columns } = drawPicture(ratios, [1000], 0, false);
    expect(columns).toBe(96);
    expect(cells[0]).toBe(-1);
    expect(cells.at(-1)).toBe(2);
  });
});
