/** Streams against plans of the whole signal, on one backend. */
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeRandomStreams } from "./random-streams.ts";
import { expectSameAsWhole } from "./stream-signals.ts";
import { aroundLayer, FEATURES, REFUSED, STREAMED } from "./streamed-layers.ts";
import { separableChain, waveNet } from "./streamed-models.ts";

const { layers } = keras;
const CALLS: Readonly<Record<number, number>> = { 1: 70, 7: 9, 128: 3 };

/** Registers the tests: `randomChains` of them beside the fixed ones. */
export function describeStreams(name: string, makeBackend: () => keras.Backend, randomChains: number): void {
  describe(`streams on ${name}`, () => {
    const backend = makeBackend();
    let before: unknown;

    beforeAll(async () => {
      keras.registerBackend(backend);
      expect(await keras.setBackend(name)).toBe(name);
      before = backend.memory();
    });

    afterAll(() => {
      keras.clearSession();
      expect(backend.memory()).toEqual(before);
    });

    describe.each([1, 7, 128])("%d frames a call", (hop) => {
      const calls = CALLS[hop] ?? 1;

      it.each([1, 2])("gated dilated convolutions, batch %d", async (batch) => {
        const field = await expectSameAsWhole({ model: waveNet(), hopShapes: [[batch, hop, 3]], calls, terms: 200 });
        expect(field).toBe(2 + 1 + 2 + 4 + 8 + 16);
      });

      it.each([1, 2])("depthwise and separable convolutions, batch %d", async (batch) => {
        const model = separableChain();
        const field = await expectSameAsWhole({ model, hopShapes: [[batch, hop, 6]], calls, terms: 100 });
        expect(field).toBe(1 + 4 + 2 * 3 + 6);
      });
    });

    it.each([2, 4])("strides of %d", async (strides) => {
      const model = separableChain(strides);
      const field = await expectSameAsWhole({ model, hopShapes: [[1, 8, 6]], calls: 7, terms: 100 });
      expect(field).toBe(5 + strides * (2 * 3 + 6));
    });

    it.each(Object.entries(STREAMED))("%s", async (_, [layer, field, every]) => {
      const model = aroundLayer(layer);
      for (const frames of [every, 4 * every]) {
        const given = { model, hopShapes: [[1, frames, FEATURES]], calls: 6, terms: 50 };
        expect(await expectSameAsWhole(given)).toBe(field);
      }
    });

    it.each(Object.entries(REFUSED))("refuses %s by name", async (_, [layer, reason]) => {
      const model = aroundLayer(layer);
      const plan = await keras.plan(model, { inputShapes: [[1, 8, FEATURES]] });
      const refused = () => plan.stream();
      expect(refused).toThrow(keras.UnsupportedError);
      expect(refused).toThrow(/Layer '([^']*\/)?it' cannot be streamed/);
      expect(refused).toThrow(reason);
      plan.dispose();
      model.dispose(); // and what recurrent layers packed
    });

    it.each([
      ["LSTM", () => new keras.LSTM({ units: 1, returnSequences: true })],
      ["GRU", () => new keras.GRU({ units: 4, returnSequences: true })],
      [
        "LSTM in both directions",
        () => new keras.Bidirectional({ layer: new keras.LSTM({ units: 1, returnSequences: true }) }),
      ],
      ["TimeDistributed", () => new keras.TimeDistributed({ layer: new keras.Dense({ units: 1 }) })],
      ["Flatten", () => new keras.Flatten()],
      ["RepeatVector", () => new keras.Sequential({ layers: [new keras.Flatten(), new keras.RepeatVector({ n: 1 })] })],
      ["GlobalMaxPooling1D", () => new keras.GlobalMaxPooling1D({ keepdims: true })],
    ])("refuses %s also with one frame a call, which looks like none", async (_, make) => {
      for (const shape of [
        [1, 1, 1],
        [2, 1, 1],
        [2, 1, 3],
      ]) {
        const layer = make();
        const plan = await keras.plan(layer, { inputShapes: [shape] });
        expect(() => plan.stream(), String(shape)).toThrow(keras.UnsupportedError);
        plan.dispose();
        layer.dispose();
      }
    });

    it("channels first, with timeAxis 2", async () => {
      const model = new keras.Sequential({
        layers: [
          keras.Input({ shape: [3, null] }),
          layers.conv1d({ filters: 4, kernelSize: 3, padding: "causal", dataFormat: "channels_first" }),
          layers.relu(),
          layers.conv1d({ filters: 2, kernelSize: 2, padding: "causal", dataFormat: "channels_first" }),
        ],
      });
      const given = { model, hopShapes: [[2, 3, 5]], calls: 4, terms: 20, timeAxis: 2 };
      expect(await expectSameAsWhole(given)).toBe(4);
      const plan = await keras.plan(model, { inputShapes: [[1, 3, 5]] });
      expect(() => plan.stream()).toThrow(/is not one of its spatial axes/);
      plan.dispose();
    });

    it("two inputs of one rate, and embedded indices", async () => {
      const [a, b] = [keras.Input({ shape: [null, 2] }), keras.Input({ shape: [null] })];
      const embedded = layers.embedding(b, { inputDim: 5, outputDim: 3 });
      const joined = layers.concatenate([layers.conv1d(a, { filters: 2, kernelSize: 4, padding: "causal" }), embedded]);
      const y = layers.conv1d(joined, { filters: 2, kernelSize: 3, padding: "causal" });
      const model = new keras.Model({ inputs: [a, b], outputs: [y, joined] });
      const hopShapes = [
        [1, 6, 2],
        [1, 6],
      ];
      expect(await expectSameAsWhole({ model, hopShapes, calls: 5, terms: 30 })).toBe(6);
    });

    it("begins anew after reset, keeps streams apart, and follows weights", async () => {
      const layer = new keras.Conv1D({ filters: 1, kernelSize: 3, padding: "causal", useBias: false });
      layer.build([1, null, 1]);
      const weigh = (...taps: number[]) => layer.setWeights([tf.tensor(taps, [3, 1, 1])]);
      weigh(100, 10, 1);
      const plan = await keras.plan(layer, { inputShapes: [[1, 2, 1]] });
      const [one, other] = [plan.stream(), plan.stream()];
      const next = async (stream: keras.Stream, ...values: number[]) => [
        ...((await stream.run([Float32Array.from(values)]))[0] ?? []),
      ];
      expect(await next(one, 1, 2)).toEqual([1, 12]);
      expect(await next(one, 3, 4)).toEqual([123, 234]);
      expect(await next(other, 5, 6)).toEqual([5, 56]);
      weigh(0, 10, 1);
      expect(await next(one, 5, 6)).toEqual([45, 56]);
      one.reset();
      expect(await next(one, 7, 8)).toEqual([7, 78]);
      expect(await next(other, 1, 2)).toEqual([61, 12]);
      plan.dispose();
    });

    it("runs that overlap are taken in the order of the calls", async () => {
      const layer = new keras.Conv1D({ filters: 1, kernelSize: 2, padding: "causal", useBias: false });
      layer.build([1, null, 1]);
      layer.setWeights([tf.ones([2, 1, 1])]);
      const plan = await keras.plan(layer, { inputShapes: [[1, 1, 1]] });
      const stream = plan.stream();
      const results = await Promise.all([1, 2, 3, 4].map((x) => stream.run([Float32Array.of(x)])));
      expect(results.map(([y]) => y?.[0])).toEqual([1, 3, 5, 7]);
      plan.dispose();
    });

    it("gives its memory back, by itself and with its plan", async () => {
      const model = waveNet();
      const plan = await keras.plan(model, { inputShapes: [[1, 4, 3]] });
      const held = backend.memory();
      const stream = plan.stream();
      const [inputs, outputs] = [[new Float32Array(12)], [new Float32Array(20)]];
      expect(await stream.run(inputs, outputs)).toBe(outputs);
      expect(backend.memory().buffers).toBeGreaterThan(held.buffers);
      expect(stream.explain()).toContain(`steps on ${name}; arena`);
      stream[Symbol.dispose]();
      expect(backend.memory()).toEqual(held);
      expect(stream.disposed).toBe(true);
      await expect(stream.run(inputs)).rejects.toThrow(/was disposed/);
      const second = plan.stream();
      await second.run(inputs);
      plan.dispose();
      expect(second.disposed).toBe(true);
      expect(() => plan.stream()).toThrow(/disposed/);
    });

    it("says what is wrong with its arguments", async () => {
      const plan = await keras.plan(separableChain(), { inputShapes: [[1, 4, 6]] });
      expect(() => plan.stream({ timeAxis: 0 })).toThrow(/timeAxis=0/);
      expect(() => plan.stream({ timeaxis: 1 } as object)).toThrow(/timeaxis/);
      expect(() => plan.stream({ timeAxis: 3 })).toThrow(keras.UnsupportedError);
      await expect(plan.stream().run([new Float32Array(3)])).rejects.toThrow(/inputs\[0\] must hold 24 values/);
      plan.dispose();
    });

    describeRandomStreams(randomChains);
  });
}
