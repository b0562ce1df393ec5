/** One op on arrays, for what must be computed where no tensor exists: the same kernels as on tensors, and the same bits. */
import type { Backend, DeviceBuffer, Packed } from "../backend/backend.ts";
import { type Op, weightCount } from "../op/op.ts";
import { sizeOf } from "../op/output-shape.ts";
import type { Executables } from "./executables.ts";
import { bufferOf, packTensors } from "./packed-weights.ts";

/** Row-major values with their shape. */
export interface ShapedValues {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a backend must have for `runOnArrays`. */
export type ReadingBackend = Backend & Required<Pick<Backend, "readSync">>;

/** Whether results can be read at once. */
export function canRunOnArrays(backend: Backend): backend is ReadingBackend {
  return backend.readsImmediately === true && backend.readSync !== undefined;
}

/** The values of the op's output, in a new array. `weights` are those that the op packs. */
export function runOnArrays(
  backend: ReadingBackend,
  executables: Executables,
  op: Op,
  inputs: readonly ShapedValues[],
  weights: readonly ShapedValues[],
): Float32Array {
  const exe = executables.acquire(
    op,
    inputs.map(({ shape }) => shape),
  );
  const buffers: DeviceBuffer[] = [];
  const held = (buffer: DeviceBuffer): DeviceBuffer => {
    buffers.push(buffer);
    return buffer;
  };
  let packed: Packed | null = null;
  try {
    if (weightCount(op) > 0) packed = packTensors(backend, op, weights);
    const operands = inputs.map((input) => held(bufferOf(backend, input, input.shape)));
    const output = held(backend.alloc(exe.outputShape));
    const workspace = exe.workspace > 0 ? held(backend.alloc([exe.workspace])) : null;
    backend.dispatch(exe, packed, operands, output, workspace);
    const values = new Float32Array(sizeOf(exe.outputShape));
    backend.readSync(output, values, exe.outputShape);
    return values;
  } finally {
    for (const buffer of buffers) backend.free(buffer);
    if (packed) backend.release(packed);
    executables.release(exe);
  }
}
