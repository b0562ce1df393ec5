/** What users rely on besides numbers, on any backend: nothing leaks, nothing drifts, and bad input is refused by name. */
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";

const CALLS = 1000;

export function describeLayers(name: string, makeBackend: () => keras.Backend): void {
  describe(`layers on ${name}`, () => {
    let backend: keras.Backend;

    beforeAll(async () => {
      backend = makeBackend();
      keras.registerBackend(backend);
      expect(await keras.setBackend(backend.name)).toBe(backend.name);
    });

    afterEach(() => keras.clearSession());

    const input = (...shape: number[]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return tf.tensor(
        Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)),
        shape,
      );
    };
    const counts = () => ({ tensors: tf.memory().numTensors, buffers: backend.memory().buffers });
    const separable = () =>
      new keras.SeparableConv1D({
        filters: 5,
        kernelSize: 3,
        depthMultiplier: 2,
        activation: "gelu",
        depthwiseInitializer: new keras.initializers.GlorotUniform({ seed: 1 }),
        pointwiseInitializer: new keras.initializers.GlorotUniform({ seed: 2 }),
        depthwiseRegularizer: "l2",
        activityRegularizer: "l1",
      });

    test(`${CALLS} calls give the same output and leave nothing behind`, () => {
      const layer = separable();
      const x = input(2, 9, 3);
      const first = layer.apply(x);
      const expected = first.dataSync().slice();
      first.dispose();
      const before = counts();
      const packed = backend.memory().packed;
      for (let i = 0; i < CALLS; i++) {
        const y = layer.apply(x);
        if (i % 100 === 99) expect(y.dataSync()).toEqual(expected);
        y.dispose();
      }
      expect(counts()).toEqual(before);
      expect(backend.memory().packed).toBe(packed);
      layer.dispose();
      x.dispose();
      expect(backend.memory().packed).toBeLessThan(packed);
    });

    test(`${CALLS / 4} gradients give the same numbers and leave nothing behind`, () => {
      const layer = separable();
      const x = input(2, 9, 3);
      layer.apply(x).dispose();
      const run = () => {
        const numbers: unknown[] = [];
        tf.tidy(() => {
          const { value, grads } = tf.variableGrads(() => {
            const y = layer.apply(x);
            return layer.losses.reduce(
              (total: tf.Tensor, loss) => tf.add(total, loss),
              tf.sum(tf.mul(y, y)),
            ) as tf.Scalar;
          });
          numbers.push(
            value.dataSync()[0],
            ...Object.keys(grads)
              .sort()
              .map((key) => [...(grads[key]?.dataSync() ?? [])]),
          );
        });
        return numbers;
      };
      const expected = run();
      const before = counts();
      for (let i = 0; i < CALLS / 4; i++) expect(run()).toEqual(expected);
      expect(counts()).toEqual(before);
      layer.dispose();
      x.dispose();
    });

    test("a plan repeats itself, follows its weights, and frees everything", async () => {
      const before = { ...counts(), packed: backend.memory().packed };
      const layer = separable();
      const plan = await keras.plan(layer, { inputShapes: [[1, 9, 3]] });
      const samples = Float32Array.from({ length: 27 }, (_, i) => Math.cos(i));
      const [first] = await plan.run([samples]);
      const into = [new Float32Array(first?.length ?? 0)];
      for (let i = 0; i < CALLS; i++) await plan.run([samples], into);
      expect(into[0]).toEqual(first);
      const doubled = layer.getWeights().map((w) => tf.tidy(() => tf.mul(w, 2)));
      layer.setWeights(doubled);
      const [changed] = await plan.run([samples]);
      expect(changed).not.toEqual(first);
      tf.tidy(() => {
        const y = layer.apply(tf.tensor(samples, [1, 9, 3]));
        expect(y.dataSync()).toEqual(changed);
      });
      plan.dispose();
      await expect(plan.run([samples])).rejects.toThrow(/disposed/);
      tf.dispose(doubled);
      layer.dispose();
      tf.disposeVariables();
      expect(backend.memory().packed).toBe(before.packed);
      expect(counts().buffers).toBe(before.buffers);
    });

    test("a plan's own memory takes inputs and gives outputs in place, where the backend has memory to share", async () => {
      const layer = separable();
      const plan = await keras.plan(layer, { inputShapes: [[1, 9, 3]] });
      if (!backend.view) {
        expect(() => plan.inputs).toThrow(keras.UnsupportedError);
      } else {
        const samples = Float32Array.from({ length: 27 }, (_, i) => Math.cos(i));
        const [expected] = await plan.run([samples]);
        const { inputs, outputs } = plan;
        inputs[0]?.set(samples);
        const [result] = await plan.run(inputs, outputs);
        expect(result).toBe(outputs[0]);
        expect(result).toEqual(expected);
        const large = backend.alloc([1 << 24]); // the memory grows, and the views end, unless threads share it
        backend.free(large);
        if (inputs[0]?.length === 0) await expect(plan.run(inputs, outputs)).rejects.toThrow(/plan\.inputs.*again/);
        else expect(await plan.run(inputs, outputs)).toEqual([expected]);
        const [again] = await plan.run(plan.inputs, plan.outputs);
        expect(again).toEqual(expected);
      }
      plan.dispose();
      layer.dispose();
    });

    test("what Keras refuses is refused by name, and the next call works", () => {
      const layer = new keras.DepthwiseConv1D({ kernelSize: 3, name: "stem" });
      const x = input(2, 9, 3);
      layer.apply(x).dispose();
      const before = counts();
      const refused = (fn: () => unknown, message: RegExp) => {
        expect(fn).toThrow(keras.ValueError);
        expect(fn).toThrow(message);
      };
      const wrongRank = input(9, 3);
      const integers = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3], "int32");
      const wrongChannels = input(2, 9, 4);
      const tooShort = input(2, 2, 3);
      const gone = input(2, 9, 3);
      gone.dispose();
      refused(() => layer.apply(wrongRank), /stem.*min_ndim=3.*found ndim=2.*\(9, 3\)/s);
      refused(() => layer.apply(integers), /stem.*does not take integers.*int32/s);
      refused(() => layer.apply(wrongChannels), /stem.*axis -1.*value 3.*\(2, 9, 4\)/s);
      refused(() => layer.apply(tooShort), /empty output/);
      refused(() => layer.apply(gone), /stem.*disposed/s);
      refused(() => layer.setWeights([wrongRank]), /stem.*length 1.*2 weights/s);
      refused(() => layer.setWeights([wrongRank, wrongRank]), /stem.*\(3, 3, 1\).*\(9, 3\)/s);
      refused(() => layer.build([2, 9, 3]), /already built/);
      refused(() => new keras.DepthwiseConv1D({ kernelSize: 3, padding: "causal" as "same" }), /padding='causal'/);
      tf.dispose([wrongRank, integers, wrongChannels, tooShort]);
      const y = layer.apply(x);
      expect(y.shape).toEqual([2, 7, 3]);
      y.dispose();
      expect(counts()).toEqual(before);
      layer.dispose();
      x.dispose();
    });

    test("tfjs's optimizers train our layers, and the packed weights follow", () => {
      const layer = new keras.SeparableConv1D({ filters: 1, kernelSize: 3, padding: "same" });
      const x = input(4, 16, 2);
      const target = tf.tidy(() => tf.sum(x, 2, true));
      layer.apply(x).dispose();
      const loss = () => tf.tidy(() => tf.mean(tf.squaredDifference(layer.apply(x), target)) as tf.Scalar);
      const optimizer = tf.train.sgd(0.1);
      const values: number[] = [];
      for (let i = 0; i < 20; i++) {
        const value = optimizer.minimize(
          loss,
          true,
          layer.trainableWeights.map((w) => w.value),
        );
        values.push(value?.dataSync()[0] ?? Number.NaN);
        value?.dispose();
      }
      expect(values.at(-1)).toBeLessThan((values[0] ?? 0) / 2);
      tf.tidy(() => {
        // Compiled, and op by op under a tape: the same function.
        const compiled = loss().dataSync()[0] ?? Number.NaN;
        const taped = tf.variableGrads(loss).value.dataSync()[0] ?? Number.NaN;
        expect(compiled).toBeCloseTo(taped, 5);
      });
      optimizer.dispose();
      layer.dispose();
      tf.dispose([x, target]);
    });

    test("a value used twice gets the sum of both derivatives", () => {
      // The sum hands its upstream on to both operands as it is; the tape frees what it adds up.
      const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) => {
        const both = keras.ops.add(keras.ops.add(a, b), keras.ops.multiply(a, b)) as tf.Tensor;
        return keras.ops.sum(both) as tf.Tensor;
      })([tf.tensor1d([2, 3]), tf.tensor1d([5, 7])]);
      expect(Array.from(grads[0]?.dataSync() ?? [])).toEqual([6, 8]);
      expect(Array.from(grads[1]?.dataSync() ?? [])).toEqual([3, 4]);
      tf.dispose([value, grads]);
    });

    test("a frozen layer gets no gradient and no penalty", () => {
      const layer = new keras.DepthwiseConv1D({ kernelSize: 2, depthwiseRegularizer: "l2", trainable: false });
      const x = input(1, 4, 2);
      layer.apply(x).dispose();
      expect(layer.losses).toEqual([]);
      expect(layer.trainableWeights).toEqual([]);
      expect(layer.nonTrainableWeights).toHaveLength(2);
      expect(() => tf.variableGrads(() => tf.sum(layer.apply(x)) as tf.Scalar)).toThrow();
      layer.dispose();
      x.dispose();
    });

    test("composition: a layer, a model, a symbol or a tensor", () => {
      const layer = keras.layers.depthwiseConv1d({ kernelSize: 3 });
      expect(layer).toBeInstanceOf(keras.DepthwiseConv1D);
      const model = new keras.Sequential({ layers: [keras.Input({ shape: [null, 4] })] });
      expect(keras.layers.depthwiseConv1d(model, { kernelSize: 3, depthMultiplier: 2 })).toBe(model);
      keras.layers.separableConv1d(model, { filters: 6, kernelSize: 3, activation: "relu" });
      const symbol = keras.layers.separableConv1d(keras.Input({ shape: [null, 4] }), { filters: 3, kernelSize: 5 });
      expect(symbol.shape).toEqual([null, null, 3]);
      const before = tf.memory().numTensors;
      const x = input(2, 10, 4);
      const y = keras.layers.depthwiseConv1d(x, { kernelSize: 3 });
      expect(y.shape).toEqual([2, 8, 4]);
      const z = model.predict(x, { batchSize: 1 });
      expect(z.shape).toEqual([2, 6, 6]);
      const whole = model.predict(x);
      expect(whole.dataSync()).toEqual(z.dataSync());
      model.pop();
      const shorter = model.predict(x);
      expect(shorter.shape).toEqual([2, 8, 8]);
      shorter.dispose();
      tf.dispose([x, y, z, whole]);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
      layer.dispose();
    });

    test("a function as activation: planned when it uses ops, refused by name when it does not", async () => {
      const withOps = new keras.DepthwiseConv1D({
        kernelSize: 2,
        activation: (x) => keras.ops.multiply(keras.ops.abs(x), 3),
        name: "triple",
      });
      const withTf = new keras.DepthwiseConv1D({
        kernelSize: 2,
        activation: (x) => tf.relu(x as tf.Tensor),
        name: "foreign",
      });
      const x = input(1, 5, 2);
      for (const layer of [withOps, withTf]) {
        const y = layer.apply(x);
        expect(Math.min(...y.dataSync())).toBeGreaterThanOrEqual(0);
        y.dispose();
      }
      const plan = await keras.plan(withOps, { inputShapes: [[1, 5, 2]] });
      const [values] = await plan.run([x.dataSync() as Float32Array]);
      const y = withOps.apply(x);
      expect(values).toEqual(y.dataSync());
      y.dispose();
      plan.dispose();
      await expect(keras.plan(withTf, { inputShapes: [[1, 5, 2]] })).rejects.toThrow(/foreign.*keras\.ops/s);
      withOps.dispose();
      withTf.dispose();
      x.dispose();
    });

    test("explain names layer, op, kernel, shape and bytes", async () => {
      const layer = separable();
      const plan = await keras.plan(layer, { inputShapes: [[1, 9, 3]] });
      const text = plan.explain();
      expect(text).toMatch(/step +layer +op +kernel +output shape +bytes/);
      expect(text).toContain("conv+bias+gelu");
      expect(text).toContain("(1, 7, 5)");
      expect(plan.kernels).toHaveLength(2);
      plan.dispose();
      layer.dispose();
    });
  });
}
