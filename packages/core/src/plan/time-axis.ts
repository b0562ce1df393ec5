/**
 * Where time lies in the values of a stream, op by op, and which ops cannot be streamed: those for which the frames of one call and the
 * frames before them do not make the same numbers as the whole signal.
 */
import type {
  ConvOp,
  ConvTransposeOp,
  ElementwiseOp,
  Op,
  PadOp,
  PoolOp,
  ResampleOp,
  Shape,
  SliceOp,
} from "../op/op.ts";
import { sizeOf } from "../op/output-shape.ts";

/** How a value moves with time. */
export interface Timing {
  readonly axis: number;
  /** New frames a call. */
  readonly frames: number;
  /** Frames in front of them that padding has put there. */
  readonly before: number;
  /** Frames of the stream's input that one of its own stands for. */
  readonly step: number;
  /** Frames of the stream's input that one of its own depends on. */
  readonly field: number;
}

/** An operand: its shape in one call, and how it moves; null where it is made of weights alone. */
export interface Timed {
  readonly shape: Shape;
  readonly timing: Timing | null;
}

const AFTER_PADDING = "only a convolution or pooling may follow padding along time";

/** The timing of an op's output, or why the op cannot be streamed. At least one operand moves. */
export function timingOf(op: Op, inputs: readonly Timed[], output: Shape): Timing | string {
  const [x] = inputs;
  const moving = inputs.flatMap(({ timing }) => (timing ? [timing] : []));
  const padded = moving.some(({ before }) => before > 0);
  if (padded && op.kind !== "conv" && op.kind !== "pool" && op.kind !== "transpose") return AFTER_PADDING;
  switch (op.kind) {
    case "binary":
    case "select":
    case "broadcast":
      return broadcast(inputs, output);
    case "elementwise":
      return elementwiseTiming(op, inputs, output);
    case "concat":
      return op.axis === moving[0]?.axis ? "it joins values along time" : broadcast(inputs, output, op.axis);
  }
  if (!x?.timing) return "a table or weight of it depends on the input";
  const { timing, shape } = x;
  switch (op.kind) {
    case "unary":
      return timing;
    case "gather":
      return inputs[1]?.timing ? "its table depends on the input" : timing;
    case "conv":
      return withResidual(convTiming(op, timing), inputs, output);
    case "conv_transpose":
      return withResidual(convTransposeTiming(op, timing), inputs, output);
    case "pool":
      return poolTiming(op, timing);
    case "resample":
      return op.axis === timing.axis ? resampleTiming(op, timing) : timing;
    case "softmax":
    case "sparsemax":
      return timing.axis === shape.length - 1 ? "it runs over all of time" : timing;
    case "reduce":
      if (op.axes.includes(timing.axis)) return "it reduces all of time to one value";
      return op.keepdims ? timing : { ...timing, axis: timing.axis - op.axes.filter((a) => a < timing.axis).length };
    case "transpose":
      return { ...timing, axis: op.perm.indexOf(timing.axis) };
    case "reshape":
      return reshapeTiming(shape, output, timing);
    case "slice":
      return sliceTiming(op, timing);
    case "pad":
      return padTiming(op, timing);
    default:
      return `it is '${op.kind}', which belongs to a gradient`;
  }
}

/** All that moves must move alike: time on one axis, counted from the last, and as many frames a call. `joined`: an axis of its own sizes. */
function broadcast(inputs: readonly Timed[], output: Shape, joined = -1): Timing | string {
  const moving = inputs.flatMap(({ shape, timing }) =>
    timing ? [{ ...timing, axis: timing.axis + output.length - shape.length }] : [],
  );
  const [result] = moving;
  if (!result) return "none of its inputs moves";
  if (moving.some(({ before }) => before > 0)) return AFTER_PADDING;
  const other = moving.find((timing) => timing.axis !== result.axis || timing.frames !== result.frames);
  if (other)
    return `its inputs do not move together: ${result.frames} frames a call on axis ${result.axis} and ${other.frames} on axis ${other.axis}`;
  const { axis, frames } = result;
  for (const { shape, timing } of inputs) {
    const size = shape[axis - output.length + shape.length] ?? 1;
    if (!timing && (size > 1 || joined >= 0) && size === frames)
      return "it has a weight or constant for each frame, which would begin again in every call";
  }
  if (output[axis] !== frames) return "it repeats a frame";
  return { ...result, field: Math.max(...moving.map(({ field }) => field)) };
}

/** Parts of an input move as the whole does, where they are cut along other axes. */
function elementwiseTiming(op: ElementwiseOp, inputs: readonly Timed[], output: Shape): Timing | string {
  const views: Timed[] = [];
  for (const { input, part } of op.views) {
    const { shape, timing } = inputs[input] ?? { shape: output, timing: null };
    const cut = part && timing ? sliceTiming(part, timing) : timing;
    if (typeof cut === "string") return cut;
    views.push({ shape: part?.size ?? shape, timing: cut });
  }
  return broadcast(views, output);
}

/** What is added in the epilogue must move as the sums do. */
function withResidual(timing: Timing | string, inputs: readonly Timed[], output: Shape): Timing | string {
  if (typeof timing === "string" || inputs.length < 2) return timing;
  return broadcast([{ shape: output, timing }, ...inputs.slice(1)], output);
}

interface Windows {
  readonly stride: number;
  /** From the first position of a window to its last. */
  readonly extent: number;
  readonly before: number;
  readonly after: number;
}

/** Windows along time: none may reach ahead of the frames that its stride takes, nor of the call. */
function windowTiming({ stride, extent, before, after }: Windows, timing: Timing): Timing | string {
  const { frames, step } = timing;
  if (frames % stride !== 0) return `${frames} frames a call are not a multiple of its stride, ${stride}`;
  const ahead = extent - before;
  if (ahead >= stride || after > Math.max(ahead, 0)) {
    const reach = Math.max(ahead - stride + 1, after);
    return `its windows reach ${reach} ${reach === 1 ? "frame" : "frames"} ahead; zeros in front of the signal, as of padding="causal" or ZeroPadding1D, would keep them in the past`;
  }
  if (ahead < 0) return `${before} frames are put before the first, of which its windows need ${extent}`;
  return {
    ...timing,
    before: 0,
    frames: frames / stride,
    step: step * stride,
    field: timing.field + extent * step,
  };
}

function convTiming(op: ConvOp, timing: Timing): Timing | string {
  const i = timing.axis - 1;
  const size = op.kernelSize[i];
  if (size === undefined) return timeIsNoSpace(timing);
  const [before = 0, after = 0] = op.padding[i] ?? [];
  if (before > 0 && timing.before > 0) return "it pads along time what is padded already";
  const extent = (size - 1) * (op.dilation[i] ?? 1);
  return windowTiming({ stride: op.strides[i] ?? 1, extent, before: before + timing.before, after }, timing);
}

function poolTiming(op: PoolOp, timing: Timing): Timing | string {
  const axis = op.axes[timing.axis - 1];
  if (!axis) return timeIsNoSpace(timing);
  if (axis.divisor !== 1) return "its windows depend on the length of the signal";
  const extent = axis.reach - 1;
  if (axis.before > 0) return 'its windows reach ahead and begin before the signal; padding="valid" is needed';
  const result = windowTiming({ stride: axis.step, extent, before: timing.before, after: 0 }, timing);
  return typeof result !== "string" && result.frames !== axis.outputSize
    ? "its last window is cut by the end of the signal"
    : result;
}

/** Scattered windows that do not overlap: each frame makes as many frames as the stride. */
function convTransposeTiming(op: ConvTransposeOp, timing: Timing): Timing | string {
  const i = timing.axis - 1;
  const size = op.kernelSize[i];
  if (size === undefined) return timeIsNoSpace(timing);
  const stride = op.strides[i] ?? 1;
  const frames = timing.frames * stride;
  const reach = (size - 1) * (op.dilation[i] ?? 1) + 1;
  if (reach > stride || (op.crop[i] ?? 0) > 0 || op.outputSize[i] !== frames)
    return `its windows overlap or are cut: the kernel reaches over ${reach} frames, its stride over ${stride}`;
  return { ...timing, frames, step: timing.step / stride };
}

function timeIsNoSpace({ axis }: Timing): string {
  return `time, axis ${axis}, is not one of its spatial axes`;
}

/** Each frame as often as the next. */
function resampleTiming({ starts, weights }: ResampleOp, timing: Timing): Timing | string {
  const { frames, step } = timing;
  const times = starts.length / frames;
  const repeats =
    Number.isInteger(times) &&
    starts.every((start, o) => start === Math.floor(o / times) && weights[o]?.length === 1 && weights[o][0] === 1);
  return repeats ? { ...timing, frames: starts.length, step: step / times } : "it interpolates or reorders frames";
}

/** Time must stay an axis of its own, with as many elements before and after it. One frame a call is told from another axis of size 1 by there being none. */
function reshapeTiming(shape: Shape, output: Shape, timing: Timing): Timing | string {
  if (shape.join() === output.join()) return timing;
  const outer = sizeOf(shape.slice(0, timing.axis));
  const places = (of: Shape) =>
    of.flatMap((n, i) => (i > 0 && n === timing.frames && sizeOf(of.slice(0, i)) === outer ? [i] : []));
  const [axis, ...others] = places(output);
  if (axis === undefined) return "it mixes time with other axes, as Flatten does, and as layers do that walk over time";
  if (others.length > 0 || places(shape).length > 1)
    return "with one frame a call it cannot be told which axis of size 1 is time";
  return { ...timing, axis };
}

function sliceTiming({ begin, size }: Pick<SliceOp, "begin" | "size">, timing: Timing): Timing | string {
  const { axis, frames } = timing;
  return begin[axis] === 0 && size[axis] === frames ? timing : "it takes single frames out of a call, as cropping does";
}

function padTiming({ padding }: PadOp, timing: Timing): Timing | string {
  const [before = 0, after = 0] = padding[timing.axis] ?? [];
  return after > 0 ? `it pads ${after} frames after the signal` : { ...timing, before };
}
