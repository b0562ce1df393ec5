// The same check in every kind of consumer: a DepthwiseConv1D that Keras wrote, computed on each backend, against Keras's own numbers.

/**
 * Computes the fixture with every backend named and returns the largest difference for each; throws where one disagrees.
 * @param {any} keras what the consumer imported
 * @param {any} tf the consumer's @tensorflow/tfjs-core
 * @param {any[]} backends what the backend packages made
 * @param {{ config: object, input: Values, weights: Values[], output: Values }} fixture
 * @typedef {{ data: number[], shape: number[] }} Values
 */
export async function check(keras, tf, backends, fixture) {
  const { config, input, weights, output } = fixture;
  const differences = {};
  for (const backend of backends) keras.registerBackend(backend);
  for (const { name } of backends) {
    await keras.setBackend(name);
    const layer = keras.DepthwiseConv1D.fromConfig(config);
    layer.build(input.shape);
    layer.setWeights(weights.map(({ data, shape }) => tf.tensor(data, shape)));
    const y = layer.apply(tf.tensor(input.data, input.shape));
    const values = await y.data();
    if (String(y.shape) !== String(output.shape))
      throw new Error(`${name}: shape [${y.shape}], Keras has [${output.shape}]`);
    const largest = Math.max(...output.data.map((expected, i) => Math.abs(expected - values[i])));
    const scale = Math.max(1, ...output.data.map(Math.abs));
    // A wiring check: float32 sums of a few terms. How near exactly is the parity report's business.
    if (!(largest <= 1e-5 * scale)) throw new Error(`${name}: differs from Keras by ${largest}`);
    differences[name] = largest;
  }
  return differences;
}
