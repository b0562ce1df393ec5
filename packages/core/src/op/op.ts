/**
 * What a backend is asked to compute: plain frozen data. Everything is float32, channels last, with explicit padding.
 * `same`, `causal`, `channels_first` and ints-for-tuples were resolved before (design: resolve early).
 */
import type { UnaryFn } from "./unary.ts";

export type Shape = readonly number[];

/** What may follow a sum inside the same kernel: `activation(sum + bias + residual)`. */
export interface Epilogue {
  /** The second weight is a bias of shape `[outChannels]`. */
  readonly bias: boolean;
  readonly activation: UnaryFn | null;
  /** A second input, of the output's shape, is added before the activation. A backend may call it `unsupported`; plans then add it apart. */
  readonly residual?: boolean;
}

interface ConvGeometry {
  /** Length 1, 2 or 3: one entry a spatial axis, outermost first. All arrays below have this length. */
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  /** Channels are split in `groups` equal parts; depthwise is `groups === inChannels`. */
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/**
 * Cross-correlation. Input `[n, ...in, inChannels]`, kernel `[...kernelSize, inChannels / groups, outChannels]`:
 * `y[n, o, f] = Σ_{j, c} x[n, o·stride + j·dilation − before, g(f)·(inChannels/groups) + c] · w[j, c, f]`, with
 * `g(f) = floor(f / (outChannels/groups))`, positions outside the input being skipped (never multiplied: a NaN weight
 * does not spread through padding). Output size per axis: `floor((in + before + after − dilation·(k−1) − 1)/stride) + 1`.
 */
export interface ConvOp extends ConvGeometry, Epilogue {
  readonly kind: "conv";
  /** `[before, after]` zeros a spatial axis. */
  readonly padding: readonly (readonly [number, number])[];
}

/**
 * Transposed convolution in scatter form. Input `[n, ...in, inChannels]`, kernel
 * `[...kernelSize, outChannels / groups, inChannels]`: `y[n, i·stride + j·dilation − crop, f] += x[n, i, c] · w[j, f', c]`
 * where `g(c) = floor(c / (inChannels/groups))` and `f = g(c)·(outChannels/groups) + f'`; positions outside
 * `[0, outputSize)` are dropped, untouched ones are 0 (plus bias). It is the input gradient of `conv` with the same
 * kernel memory (`inChannels` and `outChannels` exchanged, `crop` = padding before, `outputSize` = the input size).
 */
export interface ConvTransposeOp extends ConvGeometry, Epilogue {
  readonly kind: "conv_transpose";
  readonly crop: readonly number[];
  readonly outputSize: readonly number[];
}

/**
 * A convolution of each channel by itself (`depthwise.groups === depthwise.inChannels`), then one with kernels of 1 and strides of 1 without
 * padding, `pointwise`, on its result: what two `conv` ops give. Weights: those of the first, then those of the second. A second input is the
 * residual of `pointwise`; `depthwise` has none. Only plans make it (`plan/fuse-separable.ts`), for backends with `separableFrom`.
 */
export interface SeparableOp {
  readonly kind: "separable";
  readonly depthwise: ConvOp;
  readonly pointwise: ConvOp;
}

/**
 * Filter gradient of `conv`. Inputs x `[n, ...in, inChannels]` and dy `[n, ...out, outChannels]`; output
 * `[...kernelSize, inChannels / groups, outChannels]`: `dw[j, c, f] = Σ_{n, o} x[n, o·stride + j·dilation − before, …c] · dy[n, o, f]`.
 */
export interface ConvFilterGradOp extends ConvGeometry {
  readonly kind: "conv_filter_grad";
  /** Zeros before each spatial axis (what comes after follows from the shapes). */
  readonly padBefore: readonly number[];
}

/** `y = fn(x)`, any shape. */
export interface UnaryOp {
  readonly kind: "unary";
  readonly fn: UnaryFn;
}

/** Inputs x and dy of one shape; `dx = dy · fn'(x)`, with JAX's derivative at kinks. Where fn' is 0, dx is 0 or 0·dy. */
export interface UnaryGradOp {
  readonly kind: "unary_grad";
  readonly fn: UnaryFn;
}

export type BinaryName = "add" | "sub" | "mul" | "div" | "maximum" | "minimum" | "greater" | "equal";

/** Element-wise on two inputs with NumPy broadcasting; comparisons give 0 or 1. `maximum` and `minimum` keep NaN. */
export interface BinaryOp {
  readonly kind: "binary";
  readonly fn: BinaryName;
}

/**
 * Sum, mean or maximum over `axes` (ascending, non-negative; none: the input itself). Axes are dropped unless `keepdims`.
 * A sum over nothing is 0, a mean over nothing NaN, a maximum over nothing −inf. A NaN makes any of them NaN.
 */
export interface ReduceOp {
  readonly kind: "reduce";
  readonly fn: "sum" | "mean" | "max";
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** Softmax or log-softmax over the last axis, shifted by its maximum. All −inf, or a +inf, gives NaN as on JAX. */
export interface SoftmaxOp {
  readonly kind: "softmax";
  readonly log: boolean;
}

/**
 * `keras.activations.sparsemax` over the last axis, with Keras's own rule: z sorted descending, s = cumsum(z),
 * support_r = z_r − (s_r − 1)/r > 0, k = |support|, τ = (Σ_{r in support} s_r − 1)/k, y = max(x − τ, 0).
 */
export interface SparsemaxOp {
  readonly kind: "sparsemax";
}

/**
 * Gradient of the above. Inputs x, dy. With m_i = 1 where x_i > τ (0.5 where equal), M = Σ m_j·dy_j:
 * `dx_i = m_i·dy_i − (M/k)·#{r in support, r ≥ rank(i)}` (rank by stable descending sort, NaN last; m is 0 at NaN; with
 * k = 0, τ is −inf and the second term 0).
 */
export interface SparsemaxGradOp {
  readonly kind: "sparsemax_grad";
}

/** `y.shape[i] = x.shape[perm[i]]`. Rank up to 5. */
export interface TransposeOp {
  readonly kind: "transpose";
  readonly perm: readonly number[];
}

/** Same elements in row-major order, another shape. */
export interface ReshapeOp {
  readonly kind: "reshape";
  readonly shape: Shape;
}

/** NumPy's `broadcast_to`. */
export interface BroadcastOp {
  readonly kind: "broadcast";
  readonly shape: Shape;
}

/** `x[begin : begin + size]` on every axis. */
export interface SliceOp {
  readonly kind: "slice";
  readonly begin: readonly number[];
  readonly size: readonly number[];
}

/** One `value` around x: `[before, after]` an axis, none negative. Rank up to 5. */
export interface PadOp {
  readonly kind: "pad";
  readonly padding: readonly (readonly [number, number])[];
  readonly value: number;
}

/**
 * The windows of a pooling along one spatial axis, as `i` runs over `outputSize`: positions from
 * `floor(i·step / divisor) − before` up to (excluding) `floor((i·step + reach) / divisor) − before`, cut to the input.
 * Ordinary pooling has divisor 1, `step` = stride and `reach` = window; adaptive pooling of n to o positions has step n,
 * divisor o and reach n + o − 1, so that its windows end at `ceil((i + 1)·n / o)`.
 */
export interface PoolAxis {
  readonly outputSize: number;
  readonly step: number;
  readonly divisor: number;
  readonly reach: number;
  readonly before: number;
}

/**
 * The maximum or mean of each window. Input `[n, ...in, c]`, 1 to 3 spatial axes, output `[n, ...outputSize, c]`. A mean
 * divides by the positions inside the input; a NaN in a window makes it NaN. Windows are not empty, but where the input is.
 */
export interface PoolOp {
  readonly kind: "pool";
  readonly fn: "max" | "mean";
  readonly axes: readonly PoolAxis[];
}

/**
 * Gradient of `pool` by its input. Inputs dy `[n, ...outputSize, c]` and, for a maximum, x `[n, ...inputSize, c]`; output
 * `[n, ...inputSize, c]`. A mean spreads dy evenly over its window; a maximum gives it to the first of its window's
 * largest elements in row-major order, as XLA does where none is NaN; here the first NaN counts as largest.
 */
export interface PoolGradOp {
  readonly kind: "pool_grad";
  readonly fn: "max" | "mean";
  readonly axes: readonly PoolAxis[];
  readonly inputSize: readonly number[];
}

/**
 * A weighted sum of neighbours along one axis: `y[…, o, …] = Σ_t weights[o][t] · x[…, starts[o] + t, …]`, t over the length of
 * `weights[o]` (which may differ by o and be 0: the result is 0 there). All positions lie inside x. A single weight of 1
 * copies the element. Enlarging, repeating and reversing an axis are tables of this op; so are their gradients.
 */
export interface ResampleOp {
  readonly kind: "resample";
  readonly axis: number;
  readonly starts: readonly number[];
  readonly weights: readonly (readonly number[])[];
}

/** Three inputs with NumPy broadcasting: `y = condition ≠ 0 ? a : b` (a NaN condition counts as true). */
export interface SelectOp {
  readonly kind: "select";
}

/**
 * Rows of a table. Inputs indices `[…]` (cut to integers towards zero) and table `[rows, d]`; output `[…, d]`. A negative index
 * counts from the end; outside `[−rows, rows)`, or NaN, the row is NaN (JAX's `take`, mode "fill").
 */
export interface GatherOp {
  readonly kind: "gather";
}

/** Gradient of `gather` by its table. Inputs indices `[…]` and dy `[…, d]`; output `[rows, d]`, each row the sum of its dy. */
export interface GatherGradOp {
  readonly kind: "gather_grad";
  readonly rows: number;
}

/** Two or more inputs joined along `axis` (non-negative). */
export interface ConcatOp {
  readonly kind: "concat";
  readonly axis: number;
}

/** What the steps of an `elementwise` op read of one of its inputs. */
export interface ElementwiseView {
  /** Which input. */
  readonly input: number;
  /** The part of it, as `slice` takes it; null for the whole. Broadcast to the op's shape by NumPy's rule. */
  readonly part: { readonly begin: readonly number[]; readonly size: readonly number[] } | null;
}

/** `y = fn(x)` or `y = fn(a, b)`. Operands are numbered: the views first, then the results of the steps before. */
export type ElementwiseStep =
  | { readonly fn: UnaryFn; readonly operands: readonly [number] }
  | { readonly fn: BinaryName; readonly operands: readonly [number, number] };

/**
 * Several `unary` and `binary` ops in a row as one, each on values of the output's shape; the last step is the output. Only plans make it
 * (`plan/fuse-elementwise.ts`), and only where the backend does not call it `unsupported`.
 */
export interface ElementwiseOp {
  readonly kind: "elementwise";
  readonly shape: Shape;
  readonly views: readonly ElementwiseView[];
  readonly steps: readonly ElementwiseStep[];
}

export type Op =
  | ConvOp
  | ConvTransposeOp
  | SeparableOp
  | ConvFilterGradOp
  | UnaryOp
  | UnaryGradOp
  | BinaryOp
  | ElementwiseOp
  | ReduceOp
  | SoftmaxOp
  | SparsemaxOp
  | SparsemaxGradOp
  | TransposeOp
  | ReshapeOp
  | BroadcastOp
  | SliceOp
  | PadOp
  | ConcatOp
  | PoolOp
  | PoolGradOp
  | ResampleOp
  | SelectOp
  | GatherOp
  | GatherGradOp;

export type OpKind = Op["kind"];

/** The ops that have weights. */
export type WeightedOp = ConvOp | ConvTransposeOp | SeparableOp;

export function hasWeights(op: Op): op is WeightedOp {
  return op.kind === "conv" || op.kind === "conv_transpose" || op.kind === "separable";
}

/** How many of an op's operands are weights, given to `Backend.pack` and not to `dispatch`: kernel, then bias. */
export function weightCount(op: Op): number {
  if (op.kind === "separable") return weightCount(op.depthwise) + weightCount(op.pointwise);
  return hasWeights(op) ? (op.bias ? 2 : 1) : 0; // each eager call asks: no shapes are made
}

/** The shapes in which the weights of an op reach `Backend.pack`: the kernel's canonical one, then the bias's. */
export function weightShapes(op: WeightedOp): Shape[] {
  if (op.kind === "separable") return [...weightShapes(op.depthwise), ...weightShapes(op.pointwise)];
  const kernel =
    op.kind === "conv"
      ? [...op.kernelSize, op.inChannels / op.groups, op.outChannels]
      : [...op.kernelSize, op.outChannels / op.groups, op.inChannels];
  return op.bias ? [kernel, [op.outChannels]] : [kernel];
}
