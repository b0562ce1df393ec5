/** The keras-ts layer of a workload, built and with its weights set. */
import { DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D } from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { type Operands, weightsOf } from "../workloads/operands.ts";
import { inputShape, type Workload, weightShapes } from "../workloads/workload.ts";

type KerasLayer = DepthwiseConv1D | DepthwiseConv2D | SeparableConv1D | SeparableConv2D;

export function makeLayer(workload: Workload, operands: Operands): KerasLayer {
  const layer = newLayer(workload);
  layer.build(inputShape(workload));
  const shapes = weightShapes(workload);
  const weights = weightsOf(operands).map((values, i) => tf.tensor(values, shapes[i]));
  layer.setWeights(weights);
  tf.dispose(weights);
  return layer;
}

function newLayer({ kind, spatial, kernelSize, strides, filters }: Workload): KerasLayer {
  const args = { kernelSize, strides, padding: "same", activation: "relu" } as const;
  if (kind === "depthwise") return spatial.length === 1 ? new DepthwiseConv1D(args) : new DepthwiseConv2D(args);
  return spatial.length === 1 ? new SeparableConv1D({ ...args, filters }) : new SeparableConv2D({ ...args, filters });
}
