/** Forms of configs that older versions of Keras 2 wrote than the one whose files are in test/data/legacy. */
import { expect, test } from "vitest";
import { upgradeConfig } from "./upgrade-config.ts";

interface Upgraded {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly layers: readonly Upgraded[] };
  readonly inbound_nodes?: unknown;
}

const upgrade = (entry: unknown) => upgradeConfig(entry) as Upgraded & ReturnType<typeof upgradeConfig>;
const symbol = (...history: unknown[]) => ({ class_name: "__keras_tensor__", config: { keras_history: history } });
const dense = (name: string, more: object = {}) => ({ class_name: "Dense", config: { name, units: 2, ...more } });

test("a first layer that knows its shape is given an InputLayer, also where the config is a list", () => {
  const first = dense("d", { batch_input_shape: [null, 3] });
  const input = {
    module: "keras.layers",
    class_name: "InputLayer",
    config: { batch_shape: [null, 3], dtype: "float32", sparse: false, name: "d_input" },
  };
  for (const config of [[first], { name: "s", layers: [first] }]) {
    const { layers } = upgrade({ class_name: "Sequential", config }).config;
    expect(layers).toEqual([input, { module: "keras.layers", ...dense("d") }]);
  }
});

test("initializers without a module, with TensorFlow's dtype, and the normal distribution that was a truncated one", () => {
  const initializer = { class_name: "VarianceScaling", config: { scale: 1, distribution: "normal", dtype: "float32" } };
  const entry = dense("d", {
    kernel_initializer: initializer,
    dtype: { class_name: "Policy", config: { name: "float32" } },
  });
  expect(upgrade(entry).config).toMatchObject({
    kernel_initializer: {
      module: "keras.initializers",
      class_name: "VarianceScaling",
      config: { scale: 1, distribution: "truncated_normal" },
    },
    dtype: { class_name: "Policy", config: { name: "float32" } },
  });
});

test("calls of models inside are counted from 0, whether the config counts the model's own call or not", () => {
  const inner = (calls: unknown[]) => ({
    class_name: "Model",
    name: "inner",
    config: {
      name: "inner",
      layers: [
        {
          class_name: "InputLayer",
          name: "i",
          config: { batch_input_shape: [null, 2], sparse: false, name: "i" },
          inbound_nodes: [],
        },
      ],
      input_layers: [["i", 0, 0]],
      output_layers: [["i", 0, 0]],
    },
    inbound_nodes: calls,
  });
  const input = {
    class_name: "InputLayer",
    name: "x",
    config: { batch_input_shape: [null, 2], sparse: false, name: "x" },
    inbound_nodes: [],
  };
  for (const own of [0, 1]) {
    const calls = [[["x", 0, 0, {}]], [["inner", own, 0, { mask: null }]]];
    const config = {
      name: "m",
      layers: [input, inner(calls)],
      input_layers: [["x", 0, 0]],
      output_layers: [["inner", own + 1, 0]],
    };
    const upgraded = upgrade({ class_name: "Model", config });
    expect(upgraded.class_name).toBe("Functional");
    expect(upgraded.config.layers[1]?.inbound_nodes).toEqual([
      { args: [symbol("x", 0, 0)], kwargs: {} },
      { args: [symbol("inner", 0, 0)], kwargs: { mask: null } },
    ]);
    // Keras 3 counts from 1 at the ends.
    expect(upgraded.config).toMatchObject({ input_layers: ["x", 0, 0], output_layers: ["inner", 2, 0] });
  }
});

test("keys that Keras 2 wrote and that its layers have no use for", () => {
  const rest = { name: "l", dtype: "float32" };
  expect(
    upgrade({ class_name: "SpatialDropout1D", config: { ...rest, trainable: true, noise_shape: null, rate: 0.1 } })
      .config,
  ).toEqual({ ...rest, rate: 0.1 });
  expect(
    upgrade({ class_name: "Embedding", config: { ...rest, input_length: 3, batch_input_shape: [null, 3] } }).config,
  ).toEqual(rest);
});

test("what Keras 3 has no word for is refused by its place", () => {
  const lstm = { class_name: "LSTM", config: { name: "steps", units: 2, time_major: true } };
  expect(() => upgrade({ class_name: "Sequential", config: { name: "s", layers: [lstm] } })).toThrow(
    "s/steps: LSTM of Keras 3 has no `time_major`; without a loss it can be left out only where it is false. Received: time_major=true",
  );
  expect(() => upgrade({ class_name: "Dense", config: 1 })).toThrow("the config of a layer is an object. Received: 1");
  expect(() => upgrade([])).toThrow("model_config: a layer's entry has a class_name and a config. Received: []");
});
