// A page that smooths a noisy signal with a DepthwiseConv1D on the GPU, or on the CPU where there is no WebGL2. Run: npx vite
import { cpu } from "@keras-ts/backend-cpu";
import { webgl } from "@keras-ts/backend-webgl";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";

const STEPS = 640;
const TAPS = 31;

/** Draws the signal and its smoothed form into `#signal`, and says in `#status` which backend computed it. */
export async function start(page: Document): Promise<Float32Array> {
  keras.registerBackend(webgl());
  keras.registerBackend(cpu());
  const backend = await keras.setBackend(["webgl", "cpu"]); // the first that starts

  const noisy = Float32Array.from({ length: STEPS }, (_, i) => Math.sin(i / 60) + 0.4 * Math.sin(i * i));
  const layer = new keras.DepthwiseConv1D({ kernelSize: TAPS, padding: "same", useBias: false });
  layer.build([1, STEPS, 1]);
  layer.setWeights([tf.fill([TAPS, 1, 1], 1 / TAPS)]);
  const smooth = (await layer.apply(tf.tensor(noisy, [1, STEPS, 1])).data()) as Float32Array;

  const status = page.querySelector("#status");
  if (status) status.textContent = `computed by ${backend}`;
  const canvas = page.querySelector<HTMLCanvasElement>("#signal")?.getContext("2d");
  if (canvas)
    for (const [values, color] of [
      [noisy, "#bbb"],
      [smooth, "#06c"],
    ] as const)
      draw(canvas, values, color);
  return smooth;
}

function draw(canvas: CanvasRenderingContext2D, values: Float32Array, color: string): void {
  canvas.beginPath();
  for (const [i, value] of values.entries()) canvas.lineTo(i, 100 - 60 * value);
  canvas.strokeStyle = color;
  canvas.stroke();
}
