// Node: a program that only runs plans never reads tfjs, and one that uses it finds it as if it had been read first. A process for each case.
const { spawnSync } = require("node:child_process");
const assert = require("node:assert/strict");

const isRead = () => Object.keys(require.cache).some((file) => /tfjs-core/.test(file));

/** keras-ts, started unless told otherwise, and a layer with weights. */
async function program({ starts = true } = {}) {
  const keras = require("@keras-ts/core");
  const { cpu } = require("@keras-ts/backend-cpu");
  keras.registerBackend(cpu());
  if (starts) await keras.setBackend("cpu");
  const layer = keras.layers.dense({ units: 2, kernelInitializer: "ones", biasInitializer: "ones" });
  layer.build([1, 3]);
  return { keras, layer };
}

const cases = {
  async "plans alone"() {
    const { keras, layer } = await program();
    const inputs = [new Float32Array(3).fill(1)];
    const plan = await keras.plan(layer, { inputShapes: [[1, 3]] });
    assert.deepEqual([...(await plan.run(inputs))[0]], [4, 4]);
    layer.bias.assign([1, 2]);
    assert.deepEqual([...plan.runSync(inputs)[0]], [4, 5]);
    plan.dispose();
    layer.dispose();
    assert.equal(isRead(), false);
  },

  async "a plan whose weights are computed"() {
    const { keras } = await program();
    const { conv2d, batchNormalization } = keras.layers;
    const normalization = batchNormalization();
    const stem = conv2d({ filters: 3, kernelSize: 2, padding: "same" });
    const model = new keras.Sequential({ layers: [keras.Input({ batchShape: [1, 4, 4, 2] }), stem, normalization] });
    normalization.movingMean.assign([0.5, -0.25, 0.125]);
    normalization.movingVariance.assign([2, 0.5, 3]);
    const input = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
    const plan = await keras.plan(model);
    const [planned] = await plan.run([input]);
    assert.equal(isRead(), false);
    const tf = require("@tensorflow/tfjs-core");
    const applied = model.apply(tf.tensor(input, [1, 4, 4, 2]));
    assert.deepEqual(planned, await applied.data());
  },

  async "a plan, then tensors"() {
    const { keras, layer } = await program();
    const plan = await keras.plan(layer, { inputShapes: [[1, 3]] });
    const input = new Float32Array([1, 2, 3]);
    assert.deepEqual([...plan.runSync([input])[0]], [7, 7]);
    assert.equal(isRead(), false);
    const kernel = layer.kernel.value;
    assert.equal(isRead(), true);
    const tf = require("@tensorflow/tfjs-core");
    assert.equal(tf.getBackend(), "cpu");
    assert.ok(kernel instanceof tf.Variable);
    assert.deepEqual([...(await kernel.data())], [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(Object.values(tf.engine().registeredVariables), [kernel, layer.bias.value]);
    assert.equal(tf.memory().numTensors, 2);
    kernel.assign(tf.zeros([3, 2]));
    assert.deepEqual([...plan.runSync([input])[0]], [1, 1]);
    const output = layer.apply(tf.tensor([[1, 2, 3]]));
    assert.deepEqual([...(await output.data())], [1, 1]);
    layer.dispose();
    assert.equal(kernel.isDisposed, true);
  },

  async "tfjs read before, used before"() {
    const tf = require("@tensorflow/tfjs-core");
    require("@keras-ts/backend-cpu");
    assert.deepEqual([...(await tf.ones([2]).data())], [1, 1]);
    const { layer } = await program();
    assert.equal(tf.getBackend(), "cpu");
    assert.equal(Object.keys(tf.engine().registeredVariables).length, 2);
    layer.dispose();
    assert.equal(tf.memory().numTensors, 1);
  },

  async "tfjs read after the package, used before the start"() {
    require("@keras-ts/backend-cpu");
    const tf = require("@tensorflow/tfjs-core");
    assert.deepEqual([...(await tf.ones([2]).data())], [1, 1]);
    await program();
    assert.equal(tf.getBackend(), "cpu");
  },

  async "tfjs read after the start"() {
    const { layer } = await program();
    const tf = require("@tensorflow/tfjs-core");
    assert.equal(tf.getBackend(), "cpu");
    assert.equal(tf.memory().numTensors, layer.weights.length);
    assert.deepEqual([...(await tf.ones([2]).data())], [1, 1]);
  },

  async "tfjs's first use is a gradient by all variables"() {
    const { keras, layer } = await program();
    layer.bias.trainable = false;
    const tf = require("@tensorflow/tfjs-core");
    const { grads } = tf.variableGrads(() => keras.ops.sum(layer.apply(tf.ones([1, 3]))));
    assert.deepEqual(Object.keys(grads), [layer.kernel.value.name]);
  },

  async "a plan of a layer that was disposed"() {
    const { keras, layer } = await program();
    const plan = await keras.plan(layer, { inputShapes: [[1, 3]] });
    assert.deepEqual([...plan.runSync([new Float32Array(3)])[0]], [1, 1]);
    layer.dispose();
    assert.deepEqual([...plan.runSync([new Float32Array(3).fill(1)])[0]], [4, 4]);
    plan.dispose();
    assert.equal(isRead(), false);
    const tf = require("@tensorflow/tfjs-core");
    assert.equal(tf.memory().numTensors, 0);
  },

  async "tfjs imported after the start, its backend asked for"() {
    await program();
    const tf = await import("@tensorflow/tfjs-core");
    assert.equal(await tf.setBackend("cpu"), true);
    assert.equal(tf.findBackend("cpu"), tf.backend());
  },

  async "tfjs's backend chosen after the start"() {
    const { layer } = await program();
    const tf = require("@tensorflow/tfjs-core");
    tf.registerBackend("another", () => new tf.KernelBackend());
    await tf.setBackend("another");
    assert.equal(tf.getBackend(), "another");
    await tf.setBackend("cpu");
    assert.equal((await layer.kernel.value.data()).length, 6);
  },

  async "weights without a start"() {
    const { layer } = await program({ starts: false });
    assert.equal(isRead(), false);
    assert.deepEqual([...(await layer.bias.value.data())], [1, 1]);
  },

  async "tfjs read inside of a call, whose tensors go"() {
    const { keras } = await program();
    let inside = 0;
    class Reader extends keras.Layer {
      static className = "Reader";
      call(inputs) {
        const tf = require("@tensorflow/tfjs-core");
        tf.ones([5]);
        inside = tf.memory().numTensors;
        return keras.ops.add(inputs, 1);
      }
    }
    const plan = await keras.plan(new Reader(), { inputShapes: [[1, 2]] });
    const tf = require("@tensorflow/tfjs-core");
    assert.equal(tf.memory().numTensors, inside - 1);
    assert.deepEqual([...plan.runSync([new Float32Array([1, 2])])[0]], [2, 3]);
  },
};

const [, , chosen] = process.argv;
if (chosen) {
  cases[chosen]().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
} else {
  const names = Object.keys(cases);
  for (const name of names) {
    const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, __filename, name], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${name}: exit ${status}\n${stderr}`);
    // tfjs recommends its native build with its first tensor, unless we started before.
    assert.equal(stderr !== "", /used before|without a start/.test(name), `${name}: ${stderr}`);
  }
  console.log(`${names.length} programs`);
}
