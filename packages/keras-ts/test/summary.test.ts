/** `summary()` of models whose layers have several outputs, or do not say their shapes. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

class Halves extends keras.Layer {
  static override readonly className = "Halves";
  override call(x: keras.Value): keras.Nested<keras.Value> {
    return { second: x, first: x };
  }
  override computeOutputShape(shape: keras.Shapes): keras.Shapes {
    return { second: shape, first: [shape, shape] };
  }
}

/** Cannot be called on symbols. */
class OwnNumbers extends keras.Layer {
  static override readonly className = "OwnNumbers";
  override call(x: tf.Tensor): tf.Tensor {
    return tf.tensor(x.arraySync());
  }
}

class Mixed extends keras.Model {
  static override readonly className = "Mixed";
  readonly halves = new Halves();
  readonly own = new OwnNumbers();
  readonly lstm = new keras.LSTM({ units: 2, returnState: true });
  readonly last = new keras.Dense({ units: 2 });
  override call(x: tf.Tensor): keras.Nested<keras.Value> {
    this.lstm.apply<tf.Tensor[]>(keras.ops.expandDims(x, 1));
    this.halves.apply<{ first: tf.Tensor }>(x);
    return this.last.apply(this.own.apply(x));
  }
}

// The cells that Keras 3.15.1 prints for a model of the same layers, called on (2, 3).
test("several outputs are written as Python writes them, shapes that a class does not say as ?", () => {
  const model = new Mixed();
  tf.tidy(() => void model.apply(tf.ones([2, 3])));
  let printed = "";
  model.summary({
    lineLength: 100,
    printFn: (text) => {
      printed = text;
    },
  });
  const cells = printed.split("\n").filter((line) => line.startsWith("│"));
  expect(
    cells.map((line) =>
      line
        .split("│")
        .slice(1, 3)
        .map((cell) => cell.trim()),
    ),
  ).toEqual([
    ["halves (Halves)", "{second: (2, 3), first: ((2,"],
    ["", "3), (2, 3))}"],
    ["own_numbers (OwnNumbers)", "?"],
    ["lstm (LSTM)", "((2, 2), (2, 2), (2, 2))"],
    ["dense (Dense)", "(2, 2)"],
  ]);
});
