/** Random layers: a class, its options in every combination that Keras allows, and small input shapes, from a seed. */
import type { Random } from "../../conformance/src/random.ts";
import { withCall } from "./draw-call.ts";
import {
  activation,
  batchNormalization,
  customScale,
  dense,
  drawing,
  embedding,
  groupNormalization,
  identity,
  lambda,
  layerNormalization,
  layerScale,
  masking,
  merging,
  normalization,
  recurrent,
  rescaling,
  shaping,
  stochasticDepth,
} from "./draw-other-layers.ts";
import {
  adaptivePooling,
  centerCrop,
  conv,
  convLstm,
  convTranspose,
  cropping,
  depthwiseConv,
  globalPooling,
  padding,
  pooling,
  resizing,
  upSampling,
} from "./draw-spatial-layers.ts";
import { bidirectional, spectralNormalization, timeDistributed } from "./draw-wrappers.ts";
import { type Draw, type Drawer, per } from "./layer-draw.ts";

/** Layer `number` of a seed: first each class once, then any of the table. */
export function drawLayer(random: Random, number: number): Draw {
  const [classNames, drawer] = random.pick(TABLE);
  const given = drawnClasses()[number];
  const className = given ?? random.pick(classNames);
  const drawerOf = TABLE.find(([names]) => names.includes(className))?.[1] ?? drawer;
  return withCall(random, { className, ...drawerOf(random, className) });
}

/** Every class that can be drawn. */
export function drawnClasses(): string[] {
  return [...new Set(TABLE.flatMap(([classNames]) => classNames))].sort();
}

const ranked = (name: string, ranks: readonly number[]): string[] => ranks.map((rank) => name.replace("#", `${rank}`));

/** Rows are drawn alike; the convolution family has several. */
const TABLE: readonly (readonly [readonly string[], Drawer])[] = [
  ...per(4, () => [ranked("Conv#D", [1, 2, 3]), conv] as const),
  ...per(3, () => [ranked("Conv#DTranspose", [1, 2, 3]), convTranspose] as const),
  ...per(
    3,
    () => [[...ranked("DepthwiseConv#D", [1, 2]), ...ranked("SeparableConv#D", [1, 2])], depthwiseConv] as const,
  ),
  ...per(2, () => [[...ranked("MaxPooling#D", [1, 2, 3]), ...ranked("AveragePooling#D", [1, 2, 3])], pooling] as const),
  [[...ranked("GlobalMaxPooling#D", [1, 2, 3]), ...ranked("GlobalAveragePooling#D", [1, 2, 3])], globalPooling],
  [[...ranked("AdaptiveMaxPooling#D", [1, 2, 3]), ...ranked("AdaptiveAveragePooling#D", [1, 2, 3])], adaptivePooling],
  [ranked("ZeroPadding#D", [1, 2, 3]), padding],
  [ranked("Cropping#D", [1, 2, 3]), cropping],
  [ranked("UpSampling#D", [1, 2, 3]), upSampling],
  [["Resizing"], resizing],
  [["CenterCrop"], centerCrop],
  [["Dense"], dense],
  [["Embedding"], embedding],
  [["BatchNormalization"], batchNormalization],
  [["LayerNormalization", "UnitNormalization", "RMSNormalization"], layerNormalization],
  [["GroupNormalization"], groupNormalization],
  [["Normalization"], normalization],
  [["Rescaling"], rescaling],
  [["LayerScale"], layerScale],
  [["CustomScaleLayer"], customScale],
  [["StochasticDepth"], stochasticDepth],
  [["Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"], activation],
  [["Flatten", "Permute", "RepeatVector", "Reshape"], shaping],
  [["Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract"], merging],
  [["AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", ...ranked("SpatialDropout#D", [1, 2, 3])], drawing],
  [["Identity"], identity],
  [["Masking"], masking],
  [["Lambda"], lambda],
  ...per(2, () => [["LSTM", "GRU"], recurrent] as const),
  [ranked("ConvLSTM#D", [1, 2, 3]), convLstm],
  ...per(2, () => [["Bidirectional"], bidirectional] as const),
  ...per(2, () => [["TimeDistributed"], timeDistributed] as const),
  [["SpectralNormalization"], spectralNormalization],
];
