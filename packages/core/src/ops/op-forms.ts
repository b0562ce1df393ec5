/**
 * How Keras writes each use of an op in a model's config: the class and module behind the function, which arguments belong to
 * the op (`config`) and which to its call. One row an op. Source: the operation classes of `keras.src.ops`, as 3.15 writes them.
 */
import { standardizeDataFormat } from "../config.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import { configKey } from "../serialization/argument-names.ts";

type Args = readonly unknown[];
type Options = Readonly<Record<string, unknown>>;

/** One op's row. */
export interface OpForm {
  readonly module: string;
  readonly className: string;
  /** Comparisons make booleans, which are numbers 0 and 1 here. Left out: it follows from the arguments' dtypes. */
  readonly dtype?: string;
  /** The dtype that the call itself names, if any. */
  dtypeGiven?(args: Args): string | undefined;
  /** Keys of the config that must have the one value we know: what reads them refuses any other. */
  readonly fixed?: Options;
  /** Arguments of the op itself. */
  config?(args: Args): Options;
  /** Positional arguments of the call. Default: all. */
  args?(args: Args): Args;
  kwargs?(args: Args): Options;
  /** Our arguments from Keras's. Default: those of the call. */
  read?(config: Options, args: Args, kwargs: Options): Args;
}

const NUMPY = "keras.src.ops.numpy";
const NN = "keras.src.ops.nn";

function plain(module: string, className: string, dtype?: "bool"): OpForm {
  return dtype ? { module, className, dtype } : { module, className };
}

/** An op `fn(x, second)` whose second argument is the op's own, under this name. */
function withOwn(module: string, className: string, name: string, fallback: unknown = null): OpForm {
  return {
    module,
    className,
    config: ([, value = fallback]) => ({ [name]: value }),
    args: ([x]) => [x],
    read: (config, [x]) => [x, config[name] ?? fallback],
  };
}

/** An op `fn(x, options)` whose options are the op's own; defaults by their config key, in Keras's order. */
function withOptions(module: string, className: string, defaults: Options): OpForm {
  return {
    module,
    className,
    config: ([, options]) => ({ ...defaults, ...toConfig(options) }),
    args: ([x]) => [x],
    read: (config, [x]) => [x, fromConfig(config, defaults)],
  };
}

/** An op `fn(x, size, options)`; `sizeKey` is the config key of the size. */
function withSizeAndOptions(module: string, className: string, sizeKey: string, defaults: Options): OpForm {
  return {
    module,
    className,
    config: ([, size, options]) => ({ [sizeKey]: size, ...defaults, ...toConfig(options) }),
    args: ([x]) => [x],
    read: (config, [x]) => [x, config[sizeKey], fromConfig(config, defaults)],
  };
}

function toConfig(options: unknown): Options {
  if (typeof options !== "object" || options === null) return {};
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[configKey(name), value]])),
  );
}

/** Those of the defaults' keys that a config has, under our names. */
function fromConfig(config: Options, defaults: Options): Options {
  return Object.fromEntries(
    Object.keys(defaults).flatMap((key) => (key in config ? [[argumentOf(key), config[key]]] : [])),
  );
}

function argumentOf(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Keras writes the data format that held when the op was made, named or not. */
function withDataFormat(form: OpForm): OpForm {
  const resolved = (config: Options) => ({ ...config, data_format: standardizeDataFormat(config["data_format"]) });
  return { ...form, config: (args) => resolved(form.config?.(args) ?? {}) };
}

/** An op `fn(x, ...kernels, options)`. */
function convolution(className: string, kernels: number, defaults: Options): OpForm {
  const values = kernels + 1;
  return withDataFormat({
    module: NN,
    className,
    config: (args) => ({ ...defaults, ...toConfig(args[values]) }),
    args: (args) => args.slice(0, values),
    read: (config, args) => [...args, fromConfig(config, defaults)],
  });
}

function pooling(className: string): OpForm {
  return withDataFormat(
    withSizeAndOptions(NN, className, "pool_size", { strides: null, padding: "valid", data_format: null }),
  );
}

/** Its class takes one size an axis, where our function takes one number too. (Keras cannot read what it writes of them.) */
function adaptivePooling(className: string): OpForm {
  const form = withSizeAndOptions(NN, className, "output_size", { data_format: null });
  return withDataFormat({
    ...form,
    config: (args) => ({ ...form.config?.(args), output_size: sizeAnAxis(args) }),
  });
}

function sizeAnAxis([x, size]: Args): unknown {
  return typeof size === "number" && x instanceof KerasTensor ? x.shape.slice(2).map(() => size) : size;
}

/** An op `fn(x, {dtype})` of one value everywhere. */
function filled(className: string): OpForm {
  return {
    ...withOptions(NUMPY, className, { dtype: null }),
    dtypeGiven: ([, options]) => (options as { dtype?: string | null } | undefined)?.dtype ?? undefined,
  };
}

const CONV = { strides: 1, padding: "valid", data_format: null, dilation_rate: 1 };
const REDUCE = { axis: null, keepdims: false };

/** By the name that `recordable` was given. */
export const OP_FORMS: Readonly<Record<string, OpForm>> = {
  add: plain(NUMPY, "Add"),
  subtract: plain(NUMPY, "Subtract"),
  multiply: plain(NUMPY, "Multiply"),
  divide: plain(NUMPY, "Divide"),
  true_divide: plain(NUMPY, "TrueDivide"),
  power: plain(NUMPY, "Power"),
  maximum: plain(NUMPY, "Maximum"),
  minimum: plain(NUMPY, "Minimum"),
  greater: plain(NUMPY, "Greater", "bool"),
  equal: plain(NUMPY, "Equal", "bool"),
  not_equal: plain(NUMPY, "NotEqual", "bool"),
  logical_or: plain(NUMPY, "LogicalOr", "bool"),
  zeros_like: filled("ZerosLike"),
  ones_like: filled("OnesLike"),
  where: plain(NUMPY, "Where"),
  absolute: plain(NUMPY, "Absolute"),
  negative: plain(NUMPY, "Negative"),
  square: plain(NUMPY, "Square"),
  sqrt: plain(NUMPY, "Sqrt"),
  exp: plain(NUMPY, "Exp"),
  log: plain(NUMPY, "Log"),
  reciprocal: plain(NUMPY, "Reciprocal"),
  trunc: plain(NUMPY, "Trunc"),
  tanh: plain(NUMPY, "Tanh"),
  rsqrt: plain("keras.src.ops.math", "Rsqrt"),
  matmul: plain(NUMPY, "Matmul"),
  clip: {
    module: NUMPY,
    className: "Clip",
    config: ([, lo, hi]) => ({ x_min: lo, x_max: hi }),
    args: ([x]) => [x],
    read: (config, [x]) => [x, config["x_min"], config["x_max"]],
  },
  sum: withOptions(NUMPY, "Sum", REDUCE),
  mean: withOptions(NUMPY, "Mean", REDUCE),
  var: withOptions(NUMPY, "Var", REDUCE),
  any: { ...withOptions(NUMPY, "Any", REDUCE), dtype: "bool" },
  max: withInitial("Max"),
  min: withInitial("Min"),
  transpose: withOwn(NUMPY, "Transpose", "axes"),
  reshape: withOwn(NUMPY, "Reshape", "newshape"),
  broadcast_to: withOwn(NUMPY, "BroadcastTo", "shape"),
  concatenate: withOwn(NUMPY, "Concatenate", "axis", 0),
  stack: withOwn(NUMPY, "Stack", "axis", 0),
  expand_dims: withOwn(NUMPY, "ExpandDims", "axis"),
  squeeze: withOwn(NUMPY, "Squeeze", "axis"),
  flip: withOwn(NUMPY, "Flip", "axis"),
  repeat: {
    module: NUMPY,
    className: "Repeat",
    config: ([, repeats, axis]) => ({ repeats, axis }),
    args: ([x]) => [x],
    read: (config, [x]) => [x, config["repeats"], config["axis"]],
  },
  take: {
    module: NUMPY,
    className: "Take",
    config: () => ({ axis: 0 }),
    fixed: { axis: 0 },
  },
  pad: {
    module: NUMPY,
    className: "Pad",
    fixed: { mode: "constant" },
    config: ([, padWidth]) => ({ pad_width: padWidth, mode: "constant" }),
    args: ([x]) => [x],
    kwargs: ([, , options]) => ({ constant_values: (options as { value?: number } | undefined)?.value ?? null }),
    read: (config, [x], kwargs) => {
      const value = kwargs["constant_values"] ?? undefined;
      return [x, config["pad_width"], ...(value === undefined ? [] : [{ value }])];
    },
  },
  slice: {
    module: "keras.src.ops.core",
    className: "Slice",
    config: ([, , shape]) => ({ shape }),
    args: ([x, start]) => [x, start],
    read: (config, [x, start]) => [x, start, config["shape"]],
  },
  get_item: plain(NUMPY, "GetItem"),
  relu: plain(NN, "Relu"),
  relu6: plain(NN, "Relu6"),
  silu: plain(NN, "Silu"),
  sigmoid: plain(NN, "Sigmoid"),
  hard_sigmoid: plain(NN, "HardSigmoid"),
  hard_silu: plain(NN, "HardSilu"),
  softplus: plain(NN, "Softplus"),
  selu: plain(NN, "Selu"),
  gelu: withOptions(NN, "Gelu", { approximate: true }),
  elu: withOptions(NN, "Elu", { alpha: 1 }),
  leaky_relu: withOptions(NN, "LeakyRelu", { negative_slope: 0.2 }),
  softmax: withOptions(NN, "Softmax", { axis: -1 }),
  log_softmax: withOptions(NN, "LogSoftmax", { axis: -1 }),
  sparsemax: withOptions(NN, "Sparsemax", { axis: -1 }),
  glu: withOptions(NN, "Glu", { axis: -1 }),
  normalize: {
    module: NN,
    className: "Normalize",
    config: ([, options]) => ({ axis: -1, order: 2, epsilon: null, ...toConfig(options) }),
    args: ([x]) => [x],
    fixed: { order: 2 },
    read: (config, [x]) => [x, { axis: config["axis"], epsilon: config["epsilon"] ?? undefined }],
  },
  max_pool: pooling("MaxPool"),
  average_pool: pooling("AveragePool"),
  adaptive_max_pool: adaptivePooling("AdaptiveMaxPool"),
  adaptive_average_pool: adaptivePooling("AdaptiveAveragePool"),
  resize: withSizeAndOptions("keras.src.ops.image", "Resize", "size", {
    interpolation: "bilinear",
    antialias: false,
    crop_to_aspect_ratio: false,
    pad_to_aspect_ratio: false,
    fill_mode: "constant",
    fill_value: 0,
    data_format: null,
  }),
  conv: convolution("Conv", 1, CONV),
  depthwise_conv: convolution("DepthwiseConv", 1, CONV),
  separable_conv: convolution("SeparableConv", 2, CONV),
  conv_transpose: convolution("ConvTranspose", 1, {
    strides: 1,
    padding: "valid",
    output_padding: null,
    data_format: null,
    dilation_rate: 1,
  }),
};

function withInitial(className: string): OpForm {
  const form = withOptions(NUMPY, className, REDUCE);
  return { ...form, config: (args) => ({ ...form.config?.(args), initial: null }), fixed: { initial: null } };
}

/** The element-wise functions that `activations` use, by the name of the function: class, and the keys of its parameters. */
const UNARY_FORMS: Readonly<Record<string, OpForm>> = {
  relu: unaryForm("keras.src.activations.activations", "ReLU", ["negative_slope", "max_value", "threshold"]),
  leaky_relu: unaryForm(NN, "LeakyRelu", ["negative_slope"]),
  elu: unaryForm(NN, "Elu", ["alpha"]),
  celu: unaryForm(NN, "Celu", ["alpha"]),
  selu: unaryForm(NN, "Selu"),
  gelu: { ...unaryForm(NN, "Gelu"), config: () => ({ approximate: false }) },
  gelu_tanh: { ...unaryForm(NN, "Gelu"), config: () => ({ approximate: true }) },
  hard_shrink: unaryForm(NN, "HardShrink", ["threshold"]),
  soft_shrink: unaryForm(NN, "SoftShrink", ["threshold"]),
  tanh_shrink: unaryForm(NN, "TanhShrink"),
  hard_sigmoid: unaryForm(NN, "HardSigmoid"),
  hard_silu: unaryForm(NN, "HardSilu"),
  hard_tanh: unaryForm(NN, "HardTanh"),
  log_sigmoid: unaryForm(NN, "LogSigmoid"),
  sigmoid: unaryForm(NN, "Sigmoid"),
  silu: unaryForm(NN, "Silu"),
  softplus: unaryForm(NN, "Softplus"),
  softsign: unaryForm(NN, "Softsign"),
  sparse_plus: unaryForm(NN, "SparsePlus"),
  sparse_sigmoid: unaryForm(NN, "SparseSigmoid"),
  squareplus: unaryForm(NN, "Squareplus", ["b"]),
  threshold: unaryForm(NN, "Threshold", ["threshold", "default_value"]),
  abs: unaryForm(NUMPY, "Absolute"),
  clip: unaryForm(NUMPY, "Clip", ["x_min", "x_max"]),
  log: unaryForm(NUMPY, "Log"),
  reciprocal: unaryForm(NUMPY, "Reciprocal"),
  rsqrt: unaryForm("keras.src.ops.math", "Rsqrt"),
  sign: unaryForm(NUMPY, "Sign"),
  sqrt: unaryForm(NUMPY, "Sqrt"),
  square: unaryForm(NUMPY, "Square"),
  trunc: unaryForm(NUMPY, "Trunc"),
  exp: unaryForm(NUMPY, "Exp"),
  tanh: unaryForm(NUMPY, "Tanh"),
};

interface FunctionWithParameters {
  readonly name: string;
  readonly params: readonly number[];
}

function unaryForm(module: string, className: string, keys: readonly string[] = []): OpForm {
  return {
    module,
    className,
    config: ([, fn]) => {
      const { params } = fn as FunctionWithParameters;
      return Object.fromEntries(keys.map((key, i) => [key, Number.isFinite(params[i]) ? params[i] : null]));
    },
    args: ([x]) => [x],
  };
}

/** The row of one call; undefined for ops that no class of Keras's does exactly. */
export function formOf(opName: string, args: Args): OpForm | undefined {
  if (opName === "unary") return UNARY_FORMS[(args[1] as FunctionWithParameters).name];
  const form = Object.hasOwn(OP_FORMS, opName) ? OP_FORMS[opName] : undefined;
  const dtype = form?.dtypeGiven?.(args);
  return form && dtype !== undefined ? { ...form, dtype } : form;
}

/** How configs name the parametrised functions behind `unary`. */
export function unaryForms(): readonly [string, OpForm][] {
  return Object.entries(UNARY_FORMS);
}
