/** What the factories make of what they are given. */
import { expect, expectTypeOf, it } from "vitest";
import { KerasTensor } from "../models/keras-tensor.ts";
import { Sequential } from "../models/sequential.ts";
import type { Flatten } from "./flatten.ts";
import * as layers from "./index.ts";
import { Input } from "./input-layer.ts";

it("make a layer of arguments, which may be left out where all are optional", () => {
  expect(layers.maxPooling2d().className).toBe("MaxPooling2D");
  expect(layers.maxPooling2d({ poolSize: 3 }).poolSize).toEqual([3, 3]);
  expect(layers.add().className).toBe("Add");
  expectTypeOf(layers.flatten()).toEqualTypeOf<Flatten>();
  expectTypeOf(layers.flatten({ dataFormat: "channels_first" })).toEqualTypeOf<Flatten>();
});

it("add to a model", () => {
  const model = new Sequential();
  expect(layers.flatten(model)).toBe(model);
  expect(layers.dense(model, { units: 2 })).toBe(model);
  expect(model.layers.map(({ className }) => className)).toEqual(["Flatten", "Dense"]);
  expectTypeOf(layers.flatten(model)).toEqualTypeOf<Sequential>();
});

it("call on symbols and on lists of them", () => {
  const x = Input({ shape: [4] });
  const y = layers.relu(x);
  expect(y).toBeInstanceOf(KerasTensor);
  expect(layers.relu(x, { maxValue: 6 }).shape).toEqual([null, 4]);
  expect(layers.add([x, y]).shape).toEqual([null, 4]);
  expect(layers.concatenate([x, y], { axis: 1 }).shape).toEqual([null, 8]);
  expectTypeOf(layers.add([x, y])).toEqualTypeOf<KerasTensor>();
  expectTypeOf(y).toEqualTypeOf<KerasTensor>();
});

it("refuse to make a layer without the arguments that it needs", () => {
  // @ts-expect-error: units is required
  expect(() => layers.dense()).toThrow(/units/);
  // @ts-expect-error: filters and kernelSize are required
  expect(() => layers.conv1d()).toThrow(/Conv1D takes its arguments as one object/);
  // @ts-expect-error: units is required
  expect(() => layers.dense(new Sequential())).toThrow(/units/);
  expect(() => layers.add([])).toThrow(/list/);
});
