/** Ops in configs that no model of the fixtures holds; the configs are those that Keras 3.15.1 wrote for the same calls. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { setImageDataFormat } from "../config.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { Input } from "../layers/input-layer.ts";
import { clearSession } from "../layers/names.ts";
import * as ops from "../ops/index.ts";
import type { KerasTensor } from "./keras-tensor.ts";
import { Model } from "./model.ts";
import { RevivedOp } from "./op-config.ts";

interface Entry {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The entry of the last op, as text: the order of its keys counts. */
function written(shape: (number | null)[], call: (x: KerasTensor) => ops.Value): string {
  const x = Input({ shape, name: "x" });
  const json = JSON.parse(new Model({ inputs: x, outputs: call(x) as KerasTensor }).toJSON()) as {
    config: { layers: Entry[] };
  };
  const { class_name, config } = json.config.layers.at(-1) as Entry;
  return `${class_name} ${JSON.stringify(config)}`;
}

function read(className: string, config: object, module = "keras.src.ops.nn"): RevivedOp {
  return new RevivedOp({ module, class_name: className, config });
}

beforeEach(() => clearSession());
afterEach(() => setImageDataFormat("channels_last"));

describe("ops are written as Keras writes them", () => {
  const channelsLast = `"data_format":"channels_last"`;
  const CASES: [string, (number | null)[], (x: KerasTensor) => ops.Value][] = [
    [
      `AdaptiveAveragePool {"name":"adaptive_average_pool","output_size":[3],${channelsLast}}`,
      [6, 8],
      (x) => ops.adaptiveAveragePool(x, 3),
    ],
    [
      `AdaptiveMaxPool {"name":"adaptive_max_pool","output_size":[3,2],${channelsLast}}`,
      [6, 8, 3],
      (x) => ops.adaptiveMaxPool(x, [3, 2], { dataFormat: null }),
    ],
    [`ZerosLike {"name":"zeros_like","dtype":null}`, [3], (x) => ops.zerosLike(x)],
    [`OnesLike {"name":"ones_like","dtype":"float32"}`, [3], (x) => ops.onesLike(x, { dtype: "float32" })],
    [
      `Normalize {"name":"normalize","axis":1,"order":2,"epsilon":0.001}`,
      [6, 8],
      (x) => ops.normalize(x, { axis: 1, epsilon: 1e-3 }),
    ],
  ];

  test.each(CASES)("%s", (expected, shape, call) => {
    expect(written(shape, call)).toBe(expected);
  });

  test("the data format is the one that holds", () => {
    setImageDataFormat("channels_first");
    const names = [
      written([6, 8], (x) => ops.adaptiveMaxPool(x, [3])),
      written([6, 8], (x) => ops.maxPool(x, 2)),
      written([6, 8], (x) => ops.averagePool(x, 2, { dataFormat: "channels_last" })),
    ].map((entry) => /channels_\w+/.exec(entry)?.[0]);
    expect(names).toEqual(["channels_first", "channels_first", "channels_last"]);
  });
});

test.each([
  ["Normalize", { name: "n", axis: -1, order: 1, epsilon: null }, "keras.src.ops.nn", "order=1"],
  ["Pad", { name: "p", pad_width: [[0, 0]], mode: "reflect" }, "keras.src.ops.numpy", "mode='reflect'"],
  ["Max", { name: "m", axis: null, keepdims: false, initial: 3 }, "keras.src.ops.numpy", "initial=3"],
  ["Take", { name: "t", axis: null }, "keras.src.ops.numpy", "axis=None"],
])("%s is refused where its config asks for what ours does not do: %j", (className, config, module, received) => {
  const attempt = () => read(className, config, module);
  expect(attempt).toThrow(UnsupportedError);
  expect(attempt).toThrow(`Received: ${received}`);
});

test("normalize reads epsilon None as Keras's default", () => {
  const revived = read("Normalize", { name: "n", axis: 1, order: 2, epsilon: null });
  revived.call([Input({ shape: [3] })], {});
  expect(revived.uses[0]?.inboundNodes[0]?.args[1]).toEqual({ axis: 1, epsilon: undefined });
});

test("zerosLike and onesLike have the dtype they are given, else that of x", () => {
  const x = Input({ shape: [3], dtype: "int32" });
  expect(ops.zerosLike(x).dtype).toBe("int32");
  expect(ops.zerosLike(x, { dtype: "bool" }).dtype).toBe("bool");
  expect(ops.onesLike(x, { dtype: "float32" }).dtype).toBe("float32");
  // @ts-expect-error values are float32
  expect(() => ops.zerosLike(x, { dtype: "complex64" })).toThrow("Received: dtype='complex64'");
});

test("an element-wise function called by its name is written as the class it has", () => {
  const sign = { name: "sign", params: [] } as const;
  expect(written([3], (x) => ops.unary(x, sign))).toBe(`Sign {"name":"sign"}`);
  const clip = { name: "clip", params: [-1, 2] } as const;
  expect(written([3], (x) => ops.unary(x, clip))).toBe(`Clip {"name":"clip","x_min":-1,"x_max":2}`);
  expect(() => written([3], (x) => ops.affine(x, 2, 1))).toThrow(ValueError);
});
