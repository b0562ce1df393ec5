/** Which rule a layer's noise follows: the first row whose pattern its class name fits. */
import type { Arrays } from "../../suite/arrays.ts";
import type { LayerCase } from "../../suite/manifest.ts";
import { sizeOf } from "../../suite/nd-array.ts";
import { ONE_SIGN_NOISE } from "../agreement.ts";
import {
  type CallNoise,
  type Facts,
  factsOf,
  insideOf,
  type LayerNoise,
  lastPart,
  type Noise,
  type Rule,
} from "./call-noise.ts";
import {
  alphaDropout,
  averaged,
  bent,
  chosen,
  embedding,
  gaussianDropout,
  gaussianNoise,
  layerScale,
  moved,
  pooled,
  product,
  rectifier,
  resampled,
  rescaling,
  scaledSum,
  sum,
  unknown,
} from "./elementwise.ts";
import { dense, depthwise, separable, transposed } from "./linear.ts";
import {
  batchNormalization,
  groupNormalization,
  layerNormalization,
  normalization,
  rootMeanSquare,
  unitNorm,
} from "./normalization.ts";
import { bidirectional, recurrent } from "./recurrent.ts";

const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^DepthwiseConv\dD$/, depthwise],
  [/^SeparableConv\dD$/, separable],
  [/^Conv\dDTranspose$/, transposed],
  [/^(Conv\dD|Dense)$/, dense],
  [/^(LSTM|GRU|ConvLSTM\dD)$/, recurrent],
  [/^Bidirectional$/, bidirectional],
  [/^TimeDistributed$/, (facts) => ruleOf(insideOf(facts, "layer"))],
  [/^BatchNormalization$/, batchNormalization],
  [/^LayerNormalization$/, layerNormalization],
  [/^GroupNormalization$/, groupNormalization],
  [/^RMSNormalization$/, rootMeanSquare],
  [/^UnitNormalization$/, unitNorm],
  [/^Normalization$/, normalization],
  [/^(UpSampling\dD|Resizing|CenterCrop)$/, resampled],
  [/^(ZeroPadding|Cropping)\dD$/, moved],
  [/^(Flatten|Reshape|Permute|RepeatVector|Identity|Masking|InputLayer|Concatenate)$/, moved],
  [/^((Spatial)?Dropout(\dD)?|StochasticDepth)$/, moved],
  [/^(Global|Adaptive)?MaxPooling\dD$/, pooled],
  [/^(Global|Adaptive)?AveragePooling\dD$/, averaged],
  [/^Embedding$/, embedding],
  [/^(Add|Subtract|Average)$/, sum],
  [/^(Maximum|Minimum)$/, chosen],
  [/^Multiply$/, product],
  [/^Rescaling$/, rescaling],
  [/^LayerScale$/, layerScale],
  [/^CustomScaleLayer$/, scaledSum],
  [/^(ReLU|LeakyReLU|PReLU)$/, rectifier],
  [/^(Activation|ELU|Softmax)$/, bent],
  [/^GaussianNoise$/, gaussianNoise],
  [/^GaussianDropout$/, gaussianDropout],
  [/^AlphaDropout$/, alphaDropout],
];

function ruleOf(facts: Facts): LayerNoise {
  const [, rule] = RULES.find(([pattern]) => pattern.test(facts.className)) ?? [null, unknown];
  return rule(facts);
}

export function layerNoise(item: LayerCase, arrays: Arrays): CallNoise {
  const facts = factsOf(item, arrays);
  const { output, input, weight, state } = ruleOf(facts);
  const fallback = unknown(facts);
  return {
    output: () => output,
    input: () => input,
    weight: (path) => (weight ?? fallback.weight)?.(lastPart(path)) ?? 0,
    state: (path) => (state ?? fallback.state)?.(lastPart(path)) ?? 0,
  };
}

/** A loss adds up the terms of the largest array it may come from, all of one sign, each as uncertain as the outputs. */
export function lossNoise(item: LayerCase, arrays: Arrays, output: Noise): number {
  const sizes = [...item.outputs, ...item.weights].map(({ file }) => sizeOf(arrays.get(file)?.shape ?? []));
  const single = typeof output === "number" ? output : Math.max(0, ...output);
  return single + ONE_SIGN_NOISE * Math.sqrt(Math.max(...sizes)) * Math.max(...item.losses.map(Math.abs));
}
