/** Layers and models written by users: configs, weights, predict, plans. Keras's numbers and texts are those of 3.15.1 on JAX. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, expect, test } from "vitest";

const { ops } = keras;

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

beforeEach(() => keras.clearSession());

interface ScaleArgs extends keras.LayerArgs {
  readonly times: number;
}

class Scale extends keras.Layer {
  static override readonly className = "Scale";
  readonly times: number;
  #weight: keras.KerasVariable | null = null;

  constructor({ times, ...others }: ScaleArgs) {
    super(others);
    this.times = times;
  }

  override build(inputShape: keras.Shapes): void {
    const size = (inputShape as number[]).at(-1) ?? 1;
    this.#weight = this.addWeight({ name: "w", shape: [size], initializer: new keras.initializers.Ones() });
  }

  override call(inputs: keras.Value): keras.Value {
    return ops.multiply(ops.multiply(inputs, this.#weight ?? 1), this.times);
  }

  override getConfig(): keras.KerasConfig {
    return { ...super.getConfig(), times: this.times };
  }
}
keras.saving.registerKerasSerializable("tests")(Scale);

test("a registered layer comes back from JSON with arguments of its own", () => {
  const model = new keras.Sequential({ layers: [keras.Input({ shape: [3] }), new Scale({ times: 2, name: "sc" })] });
  const text = model.toJSON();
  expect(JSON.parse(text).config.layers[1]).toEqual({
    module: null,
    class_name: "Scale",
    config: {
      name: "sc",
      trainable: true,
      dtype: { module: "keras", class_name: "DTypePolicy", config: { name: "float32" }, registered_name: null },
      times: 2,
    },
    registered_name: "tests>Scale",
    build_config: { input_shape: [null, 3] },
  });
  const revived = keras.modelFromJSON(text);
  expect(revived.weights.map(({ path }) => path)).toEqual(["sc/w"]);
  expect(revived.predict(tf.ones([1, 3])).arraySync()).toEqual([[2, 2, 2]]);
  expect(revived.toJSON()).toBe(text);
});

test("a class that makes its graph itself has a config of its arguments only", () => {
  class Fixed extends keras.Model {
    static override readonly className = "Fixed";
    static override readonly argumentNames = null;
    constructor(args: keras.LayerArgs = {}) {
      const inputs = keras.Input({ shape: [2] });
      super({ inputs, outputs: new keras.Dense({ units: 3 }).apply(inputs), ...args });
    }
  }
  const model = new Fixed({ name: "fixed" });
  expect(model.apply(tf.ones([1, 2])).shape).toEqual([1, 3]);
  expect(Object.keys(model.getConfig())).toEqual(["name", "trainable", "dtype"]);
  expect(Fixed.fromConfig(model.getConfig()).name).toBe("fixed");
});

test("layers in properties, lists and records are found in their order", () => {
  const dense = (name: string) => new keras.Dense({ units: 2, name });
  class Block extends keras.Layer {
    static override readonly className = "Block";
    readonly first = dense("a");
    readonly list = [dense("b"), dense("c")];
    readonly record = { z: dense("d"), y: dense("e") };
    override call(inputs: keras.Value): keras.Value {
      return [this.first, ...this.list, this.record.z, this.record.y].reduce((x, layer) => layer.apply(x), inputs);
    }
  }
  const block = new Block({ name: "s" });
  expect(block.apply(keras.Input({ shape: [2] })).shape).toEqual([null, 2]);
  expect(block.weights.map(({ path }) => path)).toEqual(
    ["a", "b", "c", "d", "e"].flatMap((name) => [`s/${name}/kernel`, `s/${name}/bias`]),
  );
});

test("Sequential: what Keras refuses, and shapes after the first", () => {
  const stack = new keras.Sequential({ layers: [new keras.Conv1D({ filters: 2, kernelSize: 2 })] });
  stack.apply(tf.ones([1, 4, 3]));
  expect([stack.inputShape, stack.outputShape]).toEqual([
    [1, 4, 3],
    [1, 3, 2],
  ]);
  expect(stack.apply(tf.ones([2, 9, 3])).shape).toEqual([2, 8, 2]);
  expect(() => stack.build([null, 4, 3])).toThrow(/configured to use input shape \(1, 4, 3\).*\(None, 4, 3\)/);
  expect(() => stack.add(keras.Input({ shape: [4, 3] }))).toThrow(/input shape \(1, 4, 3\).*different Input/);
  expect(() => new keras.Sequential().pop()).toThrow(/no layer/);
  expect(() => new keras.Sequential().apply(tf.ones([1, 2]))).toThrow(/has no layers/);
});

test("predict takes typed arrays, deep structures and lists of arrays", () => {
  const stack = new keras.Sequential({ layers: [keras.Input({ shape: [2] }), new Scale({ times: 3 })] });
  expect(stack.predict(Float32Array.of(1, 2, 3, 4)).arraySync()).toEqual([
    [3, 6],
    [9, 12],
  ]);
  const [a, b] = [keras.Input({ shape: [2], name: "a" }), keras.Input({ shape: [2], name: "b" })];
  const deep = new keras.Model({ inputs: { q: [a, b] }, outputs: ops.add(a, ops.multiply(b, 10)) });
  expect(deep.predict({ q: [[[1, 1]], Float32Array.of(2, 2)] }).arraySync()).toEqual([[21, 21]]);
  const flat = new keras.Model({ inputs: [a, b], outputs: ops.add(a, ops.multiply(b, 10)) });
  expect(flat.predict([[[1, 1]], [[2, 2]]]).arraySync()).toEqual([[21, 21]]);
});

test("plans of users' layers: with ops they run, anything else is refused by name", async () => {
  const inputs = keras.Input({ shape: [2] });
  const model = new keras.Model({ inputs, outputs: new Scale({ times: 2 }).apply(inputs) });
  const plan = await keras.plan(model, { inputShapes: [[1, 2]] });
  expect((await plan.run([Float32Array.of(1, 2)])).map((y) => [...y])).toEqual([[2, 4]]);
  plan.dispose();
  await expect(
    keras.plan(model, {
      inputShapes: [
        [1, 2],
        [1, 2],
      ],
    }),
  ).rejects.toThrow(/1 input\(s\)/);
  const drawing = new keras.Dropout({ rate: 0.5, name: "drawing" }).apply(inputs, { training: true });
  const random = new keras.Model({ inputs, outputs: drawing });
  await expect(keras.plan(random, { inputShapes: [[1, 2]] })).rejects.toThrow(keras.UnsupportedError);
  await expect(keras.plan(random, { inputShapes: [[1, 2]] })).rejects.toThrow(/drawing/);
});

test("a sub-class that does not say its name is called as in JavaScript, as Keras takes a Python class's", () => {
  class Doubling extends keras.Dense {}
  class MyModel extends keras.Model {}
  const input = keras.Input({ shape: [2] });
  const model = new MyModel({ inputs: input, outputs: new Doubling({ units: 1 }).apply(input) });
  expect(model.name).toBe("my_model");
  expect(model.layers.map(({ name }) => name)).toEqual(["input_layer", "doubling"]);
  expect(model.layers[1]?.className).toBe("Doubling");
});
