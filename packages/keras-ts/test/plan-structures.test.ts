/** `keras.plan` of models whose call takes a record. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";

const { ops } = keras;

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

describe("plans of calls that take a record", () => {
  /** left + 10 right, by a call of the user's. */
  class Weighed extends keras.Model {
    override call(x: { left: keras.Value; right: readonly keras.Value[] }): keras.Value {
      const [first, second] = x.right;
      return ops.add(x.left, ops.multiply(ops.add(first as keras.Value, second as keras.Value), 10));
    }
  }
  const one = Float32Array.of(1, 1);
  const shapes = {
    right: [
      [1, 2],
      [1, 2],
    ],
    left: [1, 2],
  };

  test("are made for shapes in a record; inputs come by sorted keys", async () => {
    const plan = await keras.plan(new Weighed(), { inputShapes: shapes });
    expect(plan.inputShapes).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect((await plan.run([one, Float32Array.of(2, 3), one])).map((y) => [...y])).toEqual([[31, 41]]);
    plan.dispose();
  });

  test("know the record of the call that built them", async () => {
    const model = new Weighed();
    model.apply({ left: tf.ones([1, 2]), right: [tf.fill([1, 2], 2), tf.ones([1, 2])] });
    for (const inputShapes of [
      undefined,
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    ]) {
      const plan = await keras.plan(model, inputShapes ? { inputShapes } : {});
      expect((await plan.run([one, one, one])).map((y) => [...y])).toEqual([[21, 21]]);
      plan.dispose();
    }
  });

  test("say what they need where a list is given instead", async () => {
    const refused = (inputShapes: unknown) => keras.plan(new Weighed(), { inputShapes } as never);
    await expect(
      refused([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ).rejects.toThrow(/inputShapes as a record/);
    await expect(refused([1, 2])).rejects.toThrow(/inputShapes is a list.*\(1, 2\)/);
    await expect(refused({ left: 2 })).rejects.toThrow(/inputShapes is a list.*'left': 2/);
    await expect(refused({ left: [1, null] })).rejects.toThrow(/known sizes/);
  });

  test("functional models take them by name", async () => {
    const [a, b] = [keras.Input({ shape: [2], name: "a" }), keras.Input({ shape: [2], name: "b" })];
    for (const inputs of [[b, a], { a, b }]) {
      const model = new keras.Model({ inputs, outputs: ops.add(a, ops.multiply(b, 10)) });
      const plan = await keras.plan(model, { inputShapes: { b: [1, 2], a: [1, 2] } });
      expect((await plan.run([one, Float32Array.of(2, 2)])).map((y) => [...y])).toEqual([[21, 21]]);
      plan.dispose();
    }
  });
});
