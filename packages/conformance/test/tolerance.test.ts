import { describe, expect, it } from "vitest";
import { Random } from "../src/run.ts";
import { AGREEMENT, agrees, compare, FLOAT32_EPSILON, sumScale, toleranceAt } from "../src/tolerance.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("agrees", () => {
  it.each([
    [1, 1, true],
    [0, -0, true],
    [nan, nan, true],
    [inf, inf, true],
    [-inf, inf, false],
    [inf, 3.4e38, false],
    [3.4e38, inf, false],
    [nan, 0, false],
    [0, nan, false],
    [inf, nan, false],
    [0, 1e-40, true], // flushed
    [0, 1e-30, false],
    [inf, 1e39, true], // what float64 holds and float32 does not
    [1 + 2 ** -22, 1, true],
    [1 + 2 ** -20, 1, false],
    [1e-7, 0, false],
  ])("%d for %d: %s", (actual, expected, agree) => expect(agrees(actual, expected)).toBe(agree));

  it("has no room for what is not rounding", () => {
    for (const terms of [1, 9, 100, 2304, 8640]) {
      const scale = sumScale(terms, 1 / 3); // terms of x, w in (−1, 1)
      const relative = toleranceAt(0, { terms, scale }, 0) / scale;
      expect(relative, `${terms} terms`).toBeLessThan(3 * FLOAT32_EPSILON * Math.sqrt(terms));
    }
  });
});

describe("compare", () => {
  it("names the worst element by its part of the tolerance, not by size", () => {
    const found = compare([1000.0001, 1.00001, 2], [1000, 1, 2]);
    expect(found).toMatchObject({ agree: false, worstIndex: 1, expected: 1, actual: 1.00001 });
    expect(found.maxAbs).toBeCloseTo(1e-4, 6);
    expect(found.maxRel).toBeCloseTo(1e-5, 7);
    expect(found.maxUlp).toBeGreaterThan(80);
    expect(found.tolerance).toBe(AGREEMENT.absolute + AGREEMENT.relative);
  });
  it("takes a scale an element", () => {
    expect(compare([1e-6, 1e-6], [0, 0], { terms: 4, scale: [10, 0] })).toMatchObject({ agree: false, worstIndex: 1 });
  });
  it("agrees on nothing", () => expect(compare([], [])).toMatchObject({ agree: true, worstIndex: -1, maxAbs: 0 }));
  it("reports a NaN as infinitely far", () => {
    expect(compare([nan], [1])).toMatchObject({ agree: false, maxAbs: inf, worstIndex: 0 });
  });
  it("refuses different lengths", () => expect(() => compare([1], [1, 2])).toThrow("Received: 1 and 2."));
});

it("lets float32 sums in sequence through, and stops a lost term", () => {
  const random = new Random(7);
  for (const terms of [3, 27, 576, 2304, 8640]) {
    for (let run = 0; run < 40; run++) {
      const [x, w] = [random.uniform(terms, -1, 1), random.uniform(terms, -1, 1)];
      const products = Array.from(x, (v, i) => v * Number(w[i]));
      const exact = products.reduce((sum, t) => sum + t, 0);
      const rounded = products.reduce((sum, t) => Math.fround(sum + Math.fround(t)), 0);
      const scale = Math.sqrt(products.reduce((sum, t) => sum + t * t, 0));
      expect(agrees(rounded, exact, { terms, scale }), `${terms} terms: ${rounded} for ${exact}`).toBe(true);
      const lost = Number(products[run % terms]);
      if (Math.abs(lost) > 0.01) expect(agrees(rounded - lost, exact, { terms, scale })).toBe(false);
    }
  }
});
