/**
 * The one table that relates Keras's argument names, which configs use, to those of TypeScript. A name without an
 * underscore is the same in both.
 */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";

const ARGUMENT_NAMES: Readonly<Record<string, string>> = {
  activity_regularizer: "activityRegularizer",
  allow_last_axis_squeeze: "allowLastAxisSqueeze",
  alpha_constraint: "alphaConstraint",
  alpha_initializer: "alphaInitializer",
  alpha_regularizer: "alphaRegularizer",
  apply_class_balancing: "applyClassBalancing",
  backward_layer: "backwardLayer",
  batch_shape: "batchShape",
  batch_size: "batchSize",
  beta_1: "beta1",
  beta_2: "beta2",
  beta_2_decay: "beta2Decay",
  beta_constraint: "betaConstraint",
  beta_initializer: "betaInitializer",
  beta_regularizer: "betaRegularizer",
  bias_constraint: "biasConstraint",
  bias_initializer: "biasInitializer",
  bias_regularizer: "biasRegularizer",
  build_input_shape: "buildInputShape",
  class_aggregation: "classAggregation",
  class_id: "classId",
  clip_threshold: "clipThreshold",
  crop_to_aspect_ratio: "cropToAspectRatio",
  data_format: "dataFormat",
  decay_rate: "decayRate",
  decay_steps: "decaySteps",
  default_value: "defaultValue",
  depth_multiplier: "depthMultiplier",
  depthwise_constraint: "depthwiseConstraint",
  depthwise_initializer: "depthwiseInitializer",
  depthwise_regularizer: "depthwiseRegularizer",
  dilation_rate: "dilationRate",
  drop_path_rate: "dropPathRate",
  dynamic_growth_steps: "dynamicGrowthSteps",
  ema_momentum: "emaMomentum",
  ema_overwrite_frequency: "emaOverwriteFrequency",
  embeddings_constraint: "embeddingsConstraint",
  embeddings_initializer: "embeddingsInitializer",
  embeddings_regularizer: "embeddingsRegularizer",
  end_learning_rate: "endLearningRate",
  epsilon_1: "epsilon1",
  epsilon_2: "epsilon2",
  exclude_layers: "excludeLayers",
  fill_mode: "fillMode",
  fill_value: "fillValue",
  first_decay_steps: "firstDecaySteps",
  from_logits: "fromLogits",
  from_sorted_ids: "fromSortedIds",
  gamma_constraint: "gammaConstraint",
  gamma_initializer: "gammaInitializer",
  gamma_regularizer: "gammaRegularizer",
  global_clipnorm: "globalClipnorm",
  go_backwards: "goBackwards",
  gradient_accumulation_steps: "gradientAccumulationSteps",
  ignore_class: "ignoreClass",
  init_values: "initValues",
  initial_accumulator_value: "initialAccumulatorValue",
  initial_learning_rate: "initialLearningRate",
  initial_scale: "initialScale",
  initial_state: "initialState",
  inner_optimizer: "innerOptimizer",
  input_axes: "inputAxes",
  input_dim: "inputDim",
  input_layers: "inputLayers",
  input_shape: "inputShape",
  jit_compile: "jitCompile",
  kernel_constraint: "kernelConstraint",
  kernel_initializer: "kernelInitializer",
  kernel_regularizer: "kernelRegularizer",
  kernel_size: "kernelSize",
  l1_regularization_strength: "l1RegularizationStrength",
  l2_regularization_strength: "l2RegularizationStrength",
  l2_shrinkage_regularization_strength: "l2ShrinkageRegularizationStrength",
  label_smoothing: "labelSmoothing",
  label_weights: "labelWeights",
  learning_rate: "learningRate",
  learning_rate_power: "learningRatePower",
  lora_alpha: "loraAlpha",
  lora_rank: "loraRank",
  loss_scale_factor: "lossScaleFactor",
  loss_weights: "lossWeights",
  m_mul: "mMul",
  mask_value: "maskValue",
  mask_zero: "maskZero",
  max_value: "maxValue",
  merge_mode: "mergeMode",
  min_delta: "minDelta",
  min_lr: "minLr",
  min_value: "minValue",
  moving_mean_initializer: "movingMeanInitializer",
  moving_variance_initializer: "movingVarianceInitializer",
  multi_label: "multiLabel",
  negative_slope: "negativeSlope",
  noise_shape: "noiseShape",
  num_classes: "numClasses",
  num_labels: "numLabels",
  num_regressors: "numRegressors",
  num_thresholds: "numThresholds",
  output_axes: "outputAxes",
  output_dim: "outputDim",
  output_layers: "outputLayers",
  output_padding: "outputPadding",
  output_shape: "outputShape",
  output_size: "outputSize",
  pad_to_aspect_ratio: "padToAspectRatio",
  pointwise_constraint: "pointwiseConstraint",
  pointwise_initializer: "pointwiseInitializer",
  pointwise_regularizer: "pointwiseRegularizer",
  pool_size: "poolSize",
  power_iterations: "powerIterations",
  projection_dim: "projectionDim",
  quantization_config: "quantizationConfig",
  recurrent_activation: "recurrentActivation",
  recurrent_constraint: "recurrentConstraint",
  recurrent_dropout: "recurrentDropout",
  recurrent_initializer: "recurrentInitializer",
  recurrent_regularizer: "recurrentRegularizer",
  relative_step: "relativeStep",
  remove_diagonal: "removeDiagonal",
  renorm_clipping: "renormClipping",
  renorm_momentum: "renormMomentum",
  reset_after: "resetAfter",
  restore_best_weights: "restoreBestWeights",
  return_sequences: "returnSequences",
  return_state: "returnState",
  rms_scaling: "rmsScaling",
  run_eagerly: "runEagerly",
  shared_axes: "sharedAxes",
  sparse_y_pred: "sparseYPred",
  sparse_y_true: "sparseYTrue",
  start_from_epoch: "startFromEpoch",
  steps_per_execution: "stepsPerExecution",
  summation_method: "summationMethod",
  t_mul: "tMul",
  target_class_ids: "targetClassIds",
  target_shape: "targetShape",
  top_k: "topK",
  unit_forget_bias: "unitForgetBias",
  use_bias: "useBias",
  use_cudnn: "useCudnn",
  use_ema: "useEma",
  use_gate: "useGate",
  use_scale: "useScale",
  validation_split: "validationSplit",
  warmup_steps: "warmupSteps",
  warmup_target: "warmupTarget",
  weight_decay: "weightDecay",
  weighted_metrics: "weightedMetrics",
  zero_output_for_mask: "zeroOutputForMask",
};

let configKeys: ReadonlyMap<string, string> | null = null;

/** The TypeScript name of a config key; undefined where the table has none. */
export function argumentName(key: string): string | undefined {
  if (Object.hasOwn(ARGUMENT_NAMES, key)) return ARGUMENT_NAMES[key];
  return key.includes("_") || configKey(key) !== key ? undefined : key;
}

/** The config key of a TypeScript argument. */
export function configKey(argument: string): string {
  configKeys ??= new Map(Object.entries(ARGUMENT_NAMES).map(([key, name]) => [name, key]));
  return configKeys.get(argument) ?? argument;
}

/** A config's values under their TypeScript names. Values are not looked into. Unknown keys are refused as unknown arguments. */
export function configToArguments(
  config: Readonly<Record<string, unknown>>,
  className: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const name = argumentName(key);
      if (name === undefined) throw unrecognized(className, { [key]: value });
      return [name, value];
    }),
  );
}

/** Arguments under their config keys; those left out stay out. */
export function argumentsToConfig<T extends object>(args: T): Record<string, T[keyof T]> {
  const given = Object.entries(args) as [string, T[keyof T]][];
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined).map(([name, value]) => [configKey(name), value]),
  );
}

/** Refuses arguments that a class does not take, by name; for one in Keras's spelling the message gives ours. */
export function checkArguments(className: string, given: unknown, allowed: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ValueError(
      `${className} takes its arguments as one object, such as { ${allowed[0] ?? "name"}: … }. Received: ${formatValue(given)}`,
    );
  }
  const unknown = Object.entries(given).filter(([name, value]) => value !== undefined && !allowed.includes(name));
  if (unknown.length === 0) return;
  const hints = unknown.flatMap(([name]) => {
    const camel = name.includes("_") ? argumentName(name) : undefined;
    return camel !== undefined && allowed.includes(camel) ? [`\`${name}\` is written \`${camel}\` here`] : [];
  });
  throw unrecognized(className, Object.fromEntries(unknown), hints);
}

function unrecognized(
  className: string,
  values: Readonly<Record<string, unknown>>,
  hints: readonly string[] = [],
): ValueError {
  return new ValueError(
    [`Unrecognized keyword arguments passed to ${className}: ${formatValue(values)}`, ...hints].join(". "),
  );
}
