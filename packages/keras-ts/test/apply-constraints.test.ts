/** Constraints after the steps of tfjs's optimizers. The numbers are Keras's where the fixture suite tfjs-regressions replays them. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

const { layers, ops } = keras;

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

beforeEach(() => keras.clearSession());

/** A kernel of 3 and -4 and a bias of -1, all to be non-negative. */
function constrained(args: { readonly trainable?: boolean } = {}): keras.Dense {
  const layer = layers.dense({ units: 1, kernelConstraint: "non_neg", biasConstraint: "non_neg", ...args });
  layer.build([null, 2]);
  layer.weights[0]?.assign([3, -4]);
  layer.weights[1]?.assign([-1]);
  return layer;
}

const valuesOf = (layer: keras.Layer) => layer.weights.map(({ value }) => [...value.dataSync()]);

describe("what is constrained", () => {
  test("the trainable weights of a layer", () => {
    const layer = constrained();
    keras.applyConstraints(layer);
    expect(valuesOf(layer)).toEqual([[3, 0], [0]]);
  });

  test("of a model, shared and nested layers once", () => {
    const layer = constrained();
    const calls: string[] = [];
    const counted = layers.dense({
      units: 1,
      useBias: false,
      kernelConstraint: (w) => {
        calls.push("called");
        return ops.abs(w);
      },
    });
    const input = keras.Input({ shape: [2] });
    const inner = new keras.Model({ inputs: input, outputs: layer.apply(input) });
    const model = new keras.Sequential({ layers: [keras.Input({ shape: [2] }), inner, counted] });
    counted.weights[0]?.assign([-5]);
    keras.applyConstraints([model, inner]);
    keras.applyConstraints([counted, model]);
    expect(valuesOf(model)).toEqual([[3, 0], [0], [5]]);
    expect(calls).toHaveLength(2);
  });

  test("one weight, or a list of weights", () => {
    const layer = constrained();
    const [kernel, bias] = layer.weights as [keras.KerasVariable, keras.KerasVariable];
    keras.applyConstraints(bias);
    expect(valuesOf(layer)).toEqual([[3, -4], [0]]);
    keras.applyConstraints([kernel, bias]);
    expect(valuesOf(layer)).toEqual([[3, 0], [0]]);
  });

  test("nothing that is frozen, by the layer or by the weight", () => {
    const frozen = constrained({ trainable: false });
    keras.applyConstraints([frozen, ...frozen.weights]);
    expect(valuesOf(frozen)).toEqual([[3, -4], [-1]]);
    const partly = constrained();
    const [kernel] = partly.weights;
    if (kernel) kernel.trainable = false;
    keras.applyConstraints([partly, ...partly.weights]);
    expect(valuesOf(partly)).toEqual([[3, -4], [0]]);
  });
});

test("after every step of an optimizer of tfjs the weights are inside, and nothing leaks", () => {
  const layer = layers.conv2d({
    filters: 2,
    kernelSize: 2,
    kernelConstraint: new keras.constraints.MaxNorm({ maxValue: 0.5, axis: [0, 1, 2] }),
    biasConstraint: "non_neg",
  });
  layer.build([null, 4, 4, 1]);
  const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 1], 0, 1, "float32", 7);
  const optimizer = tf.train.adam(0.5);
  const variables = layer.trainableWeights.map(({ value }) => value);
  const loss = () => ops.mean(ops.square(ops.subtract(layer.apply(x), -1))) as tf.Scalar;
  const step = () => {
    optimizer.minimize(loss, false, variables);
    keras.applyConstraints(layer);
  };
  step(); // Adam makes its moments in the first
  const before = tf.memory().numTensors;
  for (let i = 0; i < 5; i++) {
    step();
    const [kernel = [], bias = []] = valuesOf(layer);
    for (const filter of [0, 1]) {
      expect(Math.hypot(...kernel.filter((_, at) => at % 2 === filter))).toBeLessThanOrEqual(0.5 * (1 + 1e-6));
    }
    expect(Math.min(...bias)).toBeGreaterThanOrEqual(0);
  }
  expect(tf.memory().numTensors).toBe(before);
});

describe("refusals", () => {
  test.each([[null], ["dense"], [[tf.scalar(1)]], [{}]])("%o is neither a layer nor a weight", (target) => {
    expect(() => keras.applyConstraints(target as never)).toThrow(keras.ValueError);
    expect(() => keras.applyConstraints(target as never)).toThrow(/applyConstraints takes a layer or model/);
  });

  test("a constraint that gives no tensor, or one of another shape, names the weight", () => {
    const broken = (constraint: unknown) => {
      const layer = layers.dense({ name: "head", units: 2, useBias: false, kernelConstraint: constraint as never });
      layer.build([null, 2]);
      return () => keras.applyConstraints(layer);
    };
    expect(broken(() => 3)).toThrow(/constraint of head\/kernel must give a tensor of shape \(2, 2\)\. Received: 3/);
    expect(broken((w: keras.Value) => ops.sum(w))).toThrow(/must match.*head\/kernel/s);
  });
});
