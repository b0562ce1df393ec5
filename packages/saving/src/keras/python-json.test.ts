/** Texts that Python's `json.dumps` gave for the same values, run once. */
import { describe, expect, it } from "vitest";
import { parsePythonJson, toPythonJson } from "./python-json.ts";

describe("toPythonJson", () => {
  it.each([
    [[], "[]"],
    [{}, "{}"],
    [{ a: [1, 2], b: null, c: true }, '{"a": [1, 2], "b": null, "c": true}'],
    ["größe \u007f \ud83d\ude00", '"gr\\u00f6\\u00dfe \\u007f \\ud83d\\ude00"'],
    ['"\\\n\t\u0001', '"\\"\\\\\\n\\t\\u0001"'],
    [0.00001, "1e-05"],
    [0.0001, "0.0001"],
    [1.5e-7, "1.5e-07"],
    [1.25e-120, "1.25e-120"],
    [1e16, "1e+16"],
    [123456789.5, "123456789.5"],
    [0.0010000000474974513, "0.0010000000474974513"],
    [-3, "-3"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [Number.NaN, "NaN"],
    [{ negative_slope: 0, units: 0, rate: -1 }, '{"negative_slope": 0.0, "units": 0, "rate": -1.0}'],
  ])("%j", (value, text) => {
    expect(toPythonJson(value)).toBe(text);
    expect(parsePythonJson(text)).toEqual(value);
  });
});

describe("parsePythonJson", () => {
  it("reads what JavaScript's JSON has not, in values only", () => {
    expect(parsePythonJson('{"a": NaN, "b": [-Infinity, Infinity], "NaN \\"": "Infinity"}')).toEqual({
      a: Number.NaN,
      b: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      'NaN "': "Infinity",
    });
  });
  it("refuses what is no JSON", () => {
    expect(() => parsePythonJson('{"a": ')).toThrow(SyntaxError);
    expect(() => parsePythonJson("{'a': NaN}")).toThrow(SyntaxError);
  });
});
