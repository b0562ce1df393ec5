/** Every layer class, one line each, with Keras's other names for it: what the package exports and configs may name. */

export { Activation, type ActivationArgs, activation } from "./activation.ts";
export type { AdaptData } from "./adapt-moments.ts";
export { AdaptiveAveragePooling1D, adaptiveAveragePooling1d } from "./adaptive-average-pooling1d.ts";
export { AdaptiveAveragePooling2D, adaptiveAveragePooling2d } from "./adaptive-average-pooling2d.ts";
export { AdaptiveAveragePooling3D, adaptiveAveragePooling3d } from "./adaptive-average-pooling3d.ts";
export { AdaptiveMaxPooling1D, adaptiveMaxPooling1d } from "./adaptive-max-pooling1d.ts";
export { AdaptiveMaxPooling2D, adaptiveMaxPooling2d } from "./adaptive-max-pooling2d.ts";
export { AdaptiveMaxPooling3D, adaptiveMaxPooling3d } from "./adaptive-max-pooling3d.ts";
export { Add, add } from "./add.ts";
export type { AffineArgs } from "./affine-args.ts";
export { AlphaDropout, alphaDropout } from "./alpha-dropout.ts";
export { Average, average } from "./average.ts";
export { AveragePooling1D, AveragePooling1D as AvgPool1D, averagePooling1d } from "./average-pooling1d.ts";
export { AveragePooling2D, AveragePooling2D as AvgPool2D, averagePooling2d } from "./average-pooling2d.ts";
export { AveragePooling3D, AveragePooling3D as AvgPool3D, averagePooling3d } from "./average-pooling3d.ts";
export type { AdaptivePoolingArgs } from "./base-adaptive-pooling.ts";
export type { ConvArgs } from "./base-conv.ts";
export type { ConvLSTMArgs } from "./base-conv-lstm.ts";
export type { ConvTransposeArgs } from "./base-conv-transpose.ts";
export type { GlobalPoolingArgs } from "./base-global-pooling.ts";
export type { AveragePoolingArgs, MaxPoolingArgs } from "./base-pooling.ts";
export { BatchNormalization, type BatchNormalizationArgs, batchNormalization } from "./batch-normalization.ts";
export { Bidirectional, type BidirectionalArgs, bidirectional, type MergeMode } from "./bidirectional.ts";
export { CenterCrop, centerCrop } from "./center-crop.ts";
export { Concatenate, type ConcatenateArgs, concatenate } from "./concatenate.ts";
export { ConvLSTM1D, convLstm1d } from "./conv-lstm1d.ts";
export { ConvLSTM2D, convLstm2d } from "./conv-lstm2d.ts";
export { ConvLSTM3D, convLstm3d } from "./conv-lstm3d.ts";
export { Conv1D, Conv1D as Convolution1D, type Conv1DArgs, conv1d } from "./conv1d.ts";
export { Conv1DTranspose, Conv1DTranspose as Convolution1DTranspose, conv1dTranspose } from "./conv1d-transpose.ts";
export { Conv2D, Conv2D as Convolution2D, conv2d } from "./conv2d.ts";
export { Conv2DTranspose, Conv2DTranspose as Convolution2DTranspose, conv2dTranspose } from "./conv2d-transpose.ts";
export { Conv3D, Conv3D as Convolution3D, conv3d } from "./conv3d.ts";
export { Conv3DTranspose, Conv3DTranspose as Convolution3DTranspose, conv3dTranspose } from "./conv3d-transpose.ts";
export { Cropping1D, type Cropping1DArgs, cropping1d } from "./cropping1d.ts";
export { Cropping2D, type Cropping2DArgs, cropping2d } from "./cropping2d.ts";
export { Cropping3D, type Cropping3DArgs, cropping3d } from "./cropping3d.ts";
export { CustomScaleLayer, type CustomScaleLayerArgs, customScaleLayer } from "./custom-scale.ts";
export { Dense, type DenseArgs, dense } from "./dense.ts";
export { DepthwiseConv1D, depthwiseConv1d } from "./depthwise-conv1d.ts";
export { DepthwiseConv2D, depthwiseConv2d } from "./depthwise-conv2d.ts";
export { Dropout, type DropoutArgs, dropout } from "./dropout.ts";
export { ELU, type ELUArgs, elu } from "./elu.ts";
export { Embedding, type EmbeddingArgs, embedding } from "./embedding.ts";
export { Flatten, type FlattenArgs, flatten } from "./flatten.ts";
export { GaussianDropout, type GaussianDropoutArgs, gaussianDropout } from "./gaussian-dropout.ts";
export { GaussianNoise, type GaussianNoiseArgs, gaussianNoise } from "./gaussian-noise.ts";
export {
  GlobalAveragePooling1D,
  GlobalAveragePooling1D as GlobalAvgPool1D,
  globalAveragePooling1d,
} from "./global-average-pooling1d.ts";
export {
  GlobalAveragePooling2D,
  GlobalAveragePooling2D as GlobalAvgPool2D,
  globalAveragePooling2d,
} from "./global-average-pooling2d.ts";
export {
  GlobalAveragePooling3D,
  GlobalAveragePooling3D as GlobalAvgPool3D,
  globalAveragePooling3d,
} from "./global-average-pooling3d.ts";
export {
  GlobalMaxPooling1D,
  GlobalMaxPooling1D as GlobalMaxPool1D,
  globalMaxPooling1d,
} from "./global-max-pooling1d.ts";
export {
  GlobalMaxPooling2D,
  GlobalMaxPooling2D as GlobalMaxPool2D,
  globalMaxPooling2d,
} from "./global-max-pooling2d.ts";
export {
  GlobalMaxPooling3D,
  GlobalMaxPooling3D as GlobalMaxPool3D,
  globalMaxPooling3d,
} from "./global-max-pooling3d.ts";
export { GroupNormalization, type GroupNormalizationArgs, groupNormalization } from "./group-normalization.ts";
export { GRU, type GRUArgs, gru } from "./gru.ts";
export { Identity, identity } from "./identity.ts";
export type { ImageLayerArgs } from "./image-layer.ts";
export { InputLayer } from "./input-layer.ts";
export { Lambda, type LambdaArgs, lambda } from "./lambda.ts";
export { LayerNormalization, type LayerNormalizationArgs, layerNormalization } from "./layer-normalization.ts";
export { LayerScale, type LayerScaleArgs, layerScale } from "./layer-scale.ts";
export { LeakyReLU, type LeakyReLUArgs, leakyRelu } from "./leaky-relu.ts";
export type { LoraOptions } from "./lora.ts";
export { LSTM, type LSTMArgs, lstm } from "./lstm.ts";
export { Masking, type MaskingArgs, masking } from "./masking.ts";
export { MaxPooling1D, MaxPooling1D as MaxPool1D, maxPooling1d } from "./max-pooling1d.ts";
export { MaxPooling2D, MaxPooling2D as MaxPool2D, maxPooling2d } from "./max-pooling2d.ts";
export { MaxPooling3D, MaxPooling3D as MaxPool3D, maxPooling3d } from "./max-pooling3d.ts";
export { Maximum, maximum } from "./maximum.ts";
export { Minimum, minimum } from "./minimum.ts";
export { Multiply, multiply } from "./multiply.ts";
export { Normalization, type NormalizationArgs, normalization } from "./normalization.ts";
export { Permute, type PermuteArgs, permute } from "./permute.ts";
export { PReLU, type PReLUArgs, prelu } from "./prelu.ts";
export { ReLU, type ReLUArgs, relu } from "./relu.ts";
export { RepeatVector, type RepeatVectorArgs, repeatVector } from "./repeat-vector.ts";
export { Rescaling, type RescalingArgs, rescaling } from "./rescaling.ts";
export { Reshape, type ReshapeArgs, reshape } from "./reshape.ts";
export { Resizing, type ResizingArgs, resizing } from "./resizing.ts";
export { RMSNormalization, type RMSNormalizationArgs, rmsNormalization } from "./rms-normalization.ts";
export type { RecurrentArgs, RNNArgs } from "./rnn.ts";
export { SeparableConv1D, SeparableConv1D as SeparableConvolution1D, separableConv1d } from "./separable-conv1d.ts";
export { SeparableConv2D, SeparableConv2D as SeparableConvolution2D, separableConv2d } from "./separable-conv2d.ts";
export { Softmax, type SoftmaxArgs, softmax } from "./softmax.ts";
export type { SpatialDropoutArgs, SpatialDropoutFormatArgs } from "./spatial-dropout.ts";
export { SpatialDropout1D, spatialDropout1d } from "./spatial-dropout1d.ts";
export { SpatialDropout2D, spatialDropout2d } from "./spatial-dropout2d.ts";
export { SpatialDropout3D, spatialDropout3d } from "./spatial-dropout3d.ts";
export {
  SpectralNormalization,
  type SpectralNormalizationArgs,
  spectralNormalization,
} from "./spectral-normalization.ts";
export { StochasticDepth, type StochasticDepthArgs, stochasticDepth } from "./stochastic-depth.ts";
export { Subtract, subtract } from "./subtract.ts";
export { TimeDistributed, timeDistributed } from "./time-distributed.ts";
export { UnitNormalization, type UnitNormalizationArgs, unitNormalization } from "./unit-normalization.ts";
export { UpSampling1D, type UpSampling1DArgs, upSampling1d } from "./up-sampling1d.ts";
export { UpSampling2D, type UpSampling2DArgs, upSampling2d } from "./up-sampling2d.ts";
export { UpSampling3D, type UpSampling3DArgs, upSampling3d } from "./up-sampling3d.ts";
export { Wrapper, type WrapperArgs } from "./wrapper.ts";
export { ZeroPadding1D, type ZeroPadding1DArgs, zeroPadding1d } from "./zero-padding1d.ts";
export { ZeroPadding2D, type ZeroPadding2DArgs, zeroPadding2d } from "./zero-padding2d.ts";
export { ZeroPadding3D, type ZeroPadding3DArgs, zeroPadding3d } from "./zero-padding3d.ts";
