/**
 * What is timed, as a list of Keras layers and what they are called on. Every contestant builds its own form from it: ours
 * and Python Keras the layers as they stand, the others a graph of plain ops (`../graph/lower.ts`).
 */

export type Shape = readonly number[];

export type Activation =
  | "elu"
  | "hard_sigmoid"
  | "hard_silu"
  | "linear"
  | "relu"
  | "relu6"
  | "sigmoid"
  | "silu"
  | "softmax"
  | "tanh";

/** Keras's names, as its configs have them; what is left out has Keras's default. One number an axis. */
export interface ConvConfig {
  readonly kernel_size: readonly number[];
  readonly strides?: readonly number[];
  readonly padding?: "same" | "valid" | "causal";
  readonly dilation_rate?: readonly number[];
  readonly use_bias?: boolean;
  readonly activation?: Activation;
}

export interface FilterConfig extends ConvConfig {
  readonly filters: number;
}

export interface DepthwiseConfig extends ConvConfig {
  readonly depth_multiplier?: number;
}

/** A layer's class and what of its config differs from Keras's defaults. */
export type LayerSpec =
  | { readonly layer: "Conv1D" | "Conv2D" | "Conv3D"; readonly config: FilterConfig }
  | { readonly layer: "SeparableConv1D" | "SeparableConv2D"; readonly config: FilterConfig }
  | { readonly layer: "Conv1DTranspose" | "Conv2DTranspose"; readonly config: FilterConfig }
  | { readonly layer: "ConvLSTM2D"; readonly config: FilterConfig }
  | { readonly layer: "DepthwiseConv1D" | "DepthwiseConv2D"; readonly config: DepthwiseConfig }
  | { readonly layer: "BatchNormalization"; readonly config: { readonly epsilon: number } }
  | { readonly layer: "Activation"; readonly config: { readonly activation: Activation } }
  | { readonly layer: "ZeroPadding2D"; readonly config: { readonly padding: readonly (readonly [number, number])[] } }
  | { readonly layer: "MaxPooling2D" | "AveragePooling2D"; readonly config: { readonly pool_size: readonly number[] } }
  | {
      readonly layer: "GlobalAveragePooling1D" | "GlobalAveragePooling2D";
      readonly config: { readonly keepdims: boolean };
    }
  | { readonly layer: "Add" | "Multiply" | "Concatenate" | "Flatten"; readonly config: Readonly<Record<string, never>> }
  | { readonly layer: "Rescaling"; readonly config: { readonly scale: number; readonly offset: number } }
  | {
      readonly layer: "Normalization";
      readonly config: { readonly mean: readonly number[]; readonly variance: readonly number[] };
    }
  | { readonly layer: "Dense"; readonly config: { readonly units: number; readonly activation?: Activation } };

/** A use of a layer; each layer is used once. */
export type LayerCall = LayerSpec & {
  /** Numbers of values: 0 is the input, `i + 1` what call `i` made. */
  readonly inputs: readonly number[];
  /** Of what it makes, batch first, channels last. */
  readonly shape: Shape;
};

/** The output is what the last call made. */
export interface Description {
  /** Batch first, channels last. */
  readonly inputShape: Shape;
  readonly calls: readonly LayerCall[];
}

export function outputShape({ calls, inputShape }: Description): Shape {
  return calls.at(-1)?.shape ?? inputShape;
}

/** The shape of a numbered value. */
export function shapeOf({ calls, inputShape }: Description, value: number): Shape {
  return value === 0 ? inputShape : (calls[value - 1]?.shape ?? []);
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((size, n) => size * n, 1);
}
