// A TypeScript consumer, compiled against the packed declarations with library checks on.
import { cpu } from "@keras-ts/backend-cpu";
import { webgl } from "@keras-ts/backend-webgl";
import * as keras from "@keras-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";

export async function main(x: Tensor): Promise<Tensor> {
  keras.registerBackend(cpu());
  keras.registerBackend(webgl());
  const name: string = await keras.setBackend(["webgl", "cpu"]);
  const layer = new keras.DepthwiseConv1D({ kernelSize: 3, depthMultiplier: 2, activation: "relu", name });
  return layer.apply(x);
}
