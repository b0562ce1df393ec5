// A page with a functional model of images: two outputs from one input, planned once and run on the GPU. Run: npx vite
import { cpu } from "@keras-ts/backend-cpu";
import { webgl } from "@keras-ts/backend-webgl";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";

const SIZE = 64;
const SOBEL = [
  [1, 0, -1],
  [2, 0, -2],
  [1, 0, -1],
];

/** An image in; the strength of its edges, and the same at a quarter of the size and back, softened, out. */
function edgeModel(): keras.Model {
  const { layers, ops } = keras;
  const image = keras.Input({ shape: [SIZE, SIZE, 1], name: "image" });
  const slopes = layers.conv2d(image, { filters: 2, kernelSize: 3, padding: "same", useBias: false, name: "sobel" });
  const edges = ops.sqrt(ops.sum(ops.square(slopes), { axis: -1, keepdims: true })) as keras.KerasTensor;
  const small = layers.averagePooling2d(edges, { poolSize: 4 });
  const soft = layers.upSampling2d(small, { size: 4, interpolation: "bilinear" });
  const model = new keras.Model({ inputs: image, outputs: [edges, soft] });
  const across = SOBEL.flatMap((row, i) => row.flatMap((weight, j) => [weight, SOBEL[j]?.[i] ?? 0]));
  model.setWeights([tf.tensor(across, [3, 3, 1, 2])]);
  return model;
}

/** Draws the softened edges into `#edges`, says in `#status` which backend computed them, and returns both outputs. */
export async function start(page: Document): Promise<readonly Float32Array[]> {
  keras.registerBackend(webgl());
  keras.registerBackend(cpu());
  const backend = await keras.setBackend(["webgl", "cpu"]); // the first that starts

  const disc = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [x, y] = [(i % SIZE) - 31.5, Math.floor(i / SIZE) - 31.5];
    return x * x + y * y < 400 ? 1 : 0;
  });
  const plan = await keras.plan(edgeModel(), { inputShapes: [[1, SIZE, SIZE, 1]] });
  const [edges, soft] = await plan.run([disc]);

  const status = page.querySelector("#status");
  if (status) status.textContent = `computed by ${backend}`;
  const canvas = page.querySelector<HTMLCanvasElement>("#edges")?.getContext("2d");
  if (canvas && soft) draw(canvas, soft);
  return [edges ?? disc, soft ?? disc];
}

function draw(canvas: CanvasRenderingContext2D, values: Float32Array): void {
  const image = canvas.createImageData(SIZE, SIZE);
  const largest = values.reduce((a, b) => Math.max(a, b), 1e-6);
  for (const [i, value] of values.entries()) image.data.set([0, 0, 0, (255 * value) / largest], 4 * i);
  canvas.putImageData(image, 0, 0);
}
