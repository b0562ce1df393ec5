/**
 * The contract between core and a backend: prepare, then dispatch. A backend need not know layers, padding modes, data
 * formats, gradients or models; it rearranges weights once, chooses a kernel once a shape, and then only runs.
 */
import type { Op, Shape } from "../op/op.ts";

/** Float32 storage that a backend owns, holding at least the elements of the shape it was allocated for. */
export interface DeviceBuffer {
  readonly shape: Shape;
}

/** A part of another buffer's storage: `offset` elements into it, and as many as its shape has. May be moved between dispatches. */
export interface BufferWindow extends DeviceBuffer {
  offset: number;
}

/** Weights as the kernels of one op want them. Does not refer to the buffers it was made from. */
export interface Packed {
  readonly layout: string;
  readonly bytes: number;
}

/** An op with a kernel chosen for input shapes; holds no weights, so layers of equal op and shapes share one. */
export interface Executable {
  readonly op: Op;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  /** The row of the backend's kernel table, printed by `plan.explain()`: `conv_gemm_4x8__simd`. */
  readonly kernel: string;
  /** Elements of scratch space that `dispatch` must be given; 0 for none. */
  readonly workspace: number;
}

/** A dispatch of a sequence: operands are places in the list of buffers that it will be run on. */
export interface SequenceCall {
  readonly exe: Executable;
  readonly packed: Packed | null;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** Dispatches that a backend has made ready to run one after another, on any buffers. Void once an executable or weights of it are released. */
export interface Sequence {
  readonly calls: number;
}

/** A tfjs tensor as tfjs backends know it (structurally `TensorInfo` of tfjs-core). */
export interface TensorInfo {
  dataId: object;
  shape: number[];
  dtype: "float32" | "int32" | "bool" | "complex64" | "string";
}

export interface Backend {
  /** "cpu", "webgl": what `setBackend` takes. Letters, digits and hyphens; no underscore (tfjs splits on it). */
  readonly name: string;
  /** The tfjs backend whose tensors it borrows and adopts; `setBackend` activates it. */
  readonly tfjsBackend: string;
  /** Changes whenever `init` really started it: what was made before is gone then, and is made again when needed. */
  readonly generation: number;
  /** Starts it; nothing happens when it runs. Rejects with the reason when it cannot start here; may be tried again. */
  init(): Promise<void>;
  /**
   * Makes `tfjsBackend` known to tfjs, synchronously. Where it is there, `init` needs no tfjs, and core calls this after it: at once where tfjs
   * is loaded, else when it is. Left out where `init` does it.
   */
  attachToTfjs?(): void;
  /** Frees everything. `init` may follow. */
  dispose(): void;
  /**
   * Elements of what a depthwise convolution gives from which a plan joins it with the pointwise one that reads it (`SeparableOp`), so that it need not
   * be written to memory whole. Left out: never.
   */
  readonly separableFrom?: number;
  /** A few words on what was started: "WebAssembly SIMD, 1 thread". After `init`. */
  describe(): string;
  /** Null when the op can run on these data inputs, else the reason. */
  unsupported(op: Op, inputs: readonly Shape[]): string | null;
  /**
   * Rearranges weights (canonical shapes: `weightShapes(op)`); called only where `hasWeights(op)`. Ops that differ in `padding`, `crop`
   * and `outputSize` alone share what is packed: it may not depend on them.
   */
  pack(op: Op, weights: readonly DeviceBuffer[]): Packed;
  /** Chooses a kernel. Inputs are data operands only, without weights. */
  prepare(op: Op, inputs: readonly Shape[]): Executable;
  /** Runs it. `output` overlaps no input. Buffers may be larger than their executable's shapes: only those count. */
  dispatch(
    exe: Executable,
    packed: Packed | null,
    inputs: readonly DeviceBuffer[],
    output: DeviceBuffer,
    workspace: DeviceBuffer | null,
  ): void;
  /** Makes dispatches ready that will be run in this order again and again. Left out, with `runSequence`, where that saves nothing. */
  sequence?(calls: readonly SequenceCall[]): Sequence;
  /** As its dispatches, one after another. `buffers` may be others each time; those that no call names may be missing. */
  runSequence?(
    sequence: Sequence,
    buffers: readonly (DeviceBuffer | undefined)[],
    workspace: DeviceBuffer | null,
  ): void;
  /** Frees packed weights, an executable or a sequence. */
  release(item: Packed | Executable | Sequence): void;
  /** Uninitialised storage. Throws an error naming the size when there is none left. */
  alloc(shape: Shape): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  /** `values.length` elements in row-major order of `shape` (of the buffer's own shape where left out). */
  write(buffer: DeviceBuffer, values: Float32Array, shape?: Shape): void;
  /** Fills `into`, row-major order of `shape` (of the buffer's own shape where left out). */
  read(buffer: DeviceBuffer, into: Float32Array, shape?: Shape): Promise<void>;
  /** True where `readSync` costs nothing more than copying: a plan then reads without waiting. */
  readonly readsImmediately?: boolean;
  readSync?(buffer: DeviceBuffer, into: Float32Array, shape?: Shape): void;
  /** The buffer's own memory, where it can be addressed; valid until the backend's memory grows. Reading or writing through it copies nothing. */
  view?(buffer: DeviceBuffer, shape?: Shape): Float32Array;
  /**
   * A buffer inside of another, from its beginning until moved; a RangeError where it does not fit. Freed like any other, never
   * adopted. Left out where buffers cannot be addressed: streams then copy what they keep.
   */
  window?(buffer: DeviceBuffer, shape: Shape): BufferWindow;
  /** Values with equal keys may share one buffer of a plan, allocated for the largest of their shapes. */
  storageKey(shape: Shape): string;
  /** The tensor's values as a buffer, to be freed by the caller; the tensor is untouched. Any float32 shape. */
  borrow(tensor: TensorInfo): DeviceBuffer;
  /** Turns a buffer into a tensor of the tfjs backend and takes over (frees or keeps) the buffer. */
  adopt(buffer: DeviceBuffer, shape: Shape): TensorInfo;
  /** What is allocated now by alloc, borrow and pack: for leak checks. */
  memory(): { readonly buffers: number; readonly packed: number; readonly bytes: number };
}
