import { expect, it } from "vitest";
import { erf, erfc } from "../src/run.ts";

// math.erf and math.erfc of Python 3.11
it.each([
  [0, 0, 1],
  [1e-10, 1.1283791670955126e-10, 0.999999999887162],
  [0.1, 0.1124629160182849, 0.8875370839817152],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [0.99, 0.8385080695553698, 0.1614919304446302],
  [1.0, 0.8427007929497149, 0.15729920705028513],
  [1.5, 0.9661051464753108, 0.033894853524689274],
  [2.0, 0.9953222650189527, 0.004677734981047265],
  [3.0, 0.9999779095030014, 2.2090496998585438e-5],
  [5.0, 0.9999999999984626, 1.5374597944280351e-12],
  [10.0, 1.0, 2.088487583762545e-45],
])("erf(%d)", (x, direct, complement) => {
  expect(Math.abs(erf(x) - direct)).toBeLessThanOrEqual(1e-15 * direct);
  expect(Math.abs(erfc(x) - complement)).toBeLessThanOrEqual(1e-15 * complement);
  expect(Math.abs(erf(-x) + direct)).toBeLessThanOrEqual(1e-15 * direct);
  expect(Math.abs(erfc(-x) - (1 + direct))).toBeLessThanOrEqual(1e-15 * (1 + direct));
});

it("has its limits", () => {
  const { POSITIVE_INFINITY: inf, NaN: nan } = Number;
  expect([erf(inf), erf(-inf), erfc(inf), erfc(-inf)]).toEqual([1, -1, 0, 2]);
  expect([erf(nan), erfc(nan)]).toEqual([nan, nan]);
});
