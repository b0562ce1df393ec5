/** A backend that is the float64 reference itself, rounded to float32: proves that the suite can be passed. */
import {
  type Backend,
  type DeviceBuffer,
  type Executable,
  type Op,
  outputShape,
  type Packed,
  type Sequence,
  type SequenceCall,
  type Shape,
  sizeOf,
  type TensorInfo,
} from "@keras-ts/core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { engine } from "@tensorflow/tfjs-core";
import { weightShapesOf } from "../src/cases/op-case.ts";
import { reference } from "../src/reference/reference.ts";

export class SlowBuffer implements DeviceBuffer {
  readonly shape: Shape;
  readonly values: Float32Array;
  constructor(shape: Shape) {
    this.shape = shape;
    this.values = new Float32Array(sizeOf(shape));
  }
}

class SlowSequence implements Sequence {
  readonly list: readonly SequenceCall[];
  released = false;

  constructor(list: readonly SequenceCall[]) {
    this.list = list;
  }

  get calls(): number {
    return this.list.length;
  }
}

export class SlowPacked implements Packed {
  readonly layout = "as given";
  readonly weights: readonly Float32Array[];
  constructor(weights: readonly Float32Array[]) {
    this.weights = weights;
  }
  get bytes(): number {
    return this.weights.reduce((sum, values) => sum + values.byteLength, 0);
  }
}

/** Every method is meant to be overridden by a defect. */
export class SlowBackend implements Backend {
  readonly name: string = "slow";
  readonly tfjsBackend: string = "cpu";
  protected runs = 0;
  protected running = false;
  protected buffers = new Set<DeviceBuffer>();
  protected packs = new Set<Packed>();

  get generation(): number {
    return this.runs;
  }

  async init(): Promise<void> {
    if (!this.running) this.runs++;
    this.running = true;
  }

  dispose(): void {
    this.running = false;
    this.buffers.clear();
    this.packs.clear();
  }

  describe(): string {
    return "nested loops";
  }

  unsupported(_op: Op, _inputs: readonly Shape[]): string | null {
    return null;
  }

  pack(op: Op, weights: readonly DeviceBuffer[]): Packed {
    const packed = new SlowPacked(weights.map((w, i) => valuesOf(w, weightShapesOf(op)[i] ?? []).slice()));
    this.packs.add(packed);
    return packed;
  }

  prepare(op: Op, inputs: readonly Shape[]): Executable {
    return { op, inputShapes: inputs, outputShape: outputShape(op, inputs), kernel: `${op.kind}_loops`, workspace: 3 };
  }

  dispatch(
    exe: Executable,
    packed: Packed | null,
    inputs: readonly DeviceBuffer[],
    output: DeviceBuffer,
    _workspace: DeviceBuffer | null,
  ): void {
    const operands = inputs.map((buffer, i) =>
      operand(valuesOf(buffer, exe.inputShapes[i] ?? []), exe.inputShapes[i] ?? []),
    );
    const shapes = weightShapesOf(exe.op);
    const weights =
      packed instanceof SlowPacked ? packed.weights.map((values, i) => operand(values, shapes[i] ?? [])) : [];
    valuesOf(output, exe.outputShape).set(reference(exe.op, operands, weights));
  }

  sequence(calls: readonly SequenceCall[]): Sequence {
    return new SlowSequence(calls);
  }

  runSequence(
    sequence: Sequence,
    buffers: readonly (DeviceBuffer | undefined)[],
    workspace: DeviceBuffer | null,
  ): void {
    if (!(sequence instanceof SlowSequence) || sequence.released) throw new TypeError("No sequence of this backend.");
    for (const { exe, packed, inputs, output } of sequence.list) {
      const [into, ...from] = [output, ...inputs].map((place) => buffers[place]);
      const needed = exe.inputShapes.map(sizeOf);
      if (!into || from.some((buffer, i) => !buffer || sizeOf(buffer.shape) < (needed[i] ?? 0)))
        throw new RangeError("A buffer is missing or too small.");
      if (sizeOf(into.shape) < sizeOf(exe.outputShape)) throw new RangeError("A buffer is too small.");
      this.dispatch(
        exe,
        packed,
        from.flatMap((buffer) => buffer ?? []),
        into,
        workspace,
      );
    }
  }

  release(item: Packed | Executable | Sequence): void {
    if (item instanceof SlowSequence) item.released = true;
    if (item instanceof SlowPacked) this.packs.delete(item);
  }

  alloc(shape: Shape): DeviceBuffer {
    if (sizeOf(shape) > 2 ** 28) throw new RangeError(`No room for ${sizeOf(shape) * 4} bytes.`);
    const buffer = new SlowBuffer(shape);
    this.buffers.add(buffer);
    return buffer;
  }

  free(buffer: DeviceBuffer): void {
    this.buffers.delete(buffer);
  }

  write(buffer: DeviceBuffer, values: Float32Array, shape: Shape = buffer.shape): void {
    valuesOf(buffer, shape).set(values);
  }

  async read(buffer: DeviceBuffer, into: Float32Array, shape: Shape = buffer.shape): Promise<void> {
    this.readSync(buffer, into, shape);
  }

  readSync(buffer: DeviceBuffer, into: Float32Array, shape: Shape = buffer.shape): void {
    into.set(valuesOf(buffer, shape));
  }

  storageKey(_shape: Shape): string {
    return "linear";
  }

  borrow(tensor: TensorInfo): DeviceBuffer {
    const buffer = this.alloc(tensor.shape);
    const values = tfjsCpu().readSync(tensor.dataId);
    if (!(values instanceof Float32Array)) throw new RangeError("Only float32 tensors can be borrowed.");
    this.write(buffer, values);
    return buffer;
  }

  adopt(buffer: DeviceBuffer, shape: Shape): TensorInfo {
    const info = tfjsCpu().makeTensorInfo([...shape], "float32", valuesOf(buffer, shape).slice());
    this.free(buffer);
    return info;
  }

  memory(): { buffers: number; packed: number; bytes: number } {
    const bytes = [...this.buffers].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
    return { buffers: this.buffers.size, packed: this.packs.size, bytes };
  }
}

/** The first elements of a buffer, as many as `shape` has. */
export function valuesOf(buffer: DeviceBuffer, shape: Shape): Float32Array {
  if (!(buffer instanceof SlowBuffer)) throw new RangeError("Not a buffer of this backend.");
  return buffer.values.subarray(0, sizeOf(shape));
}

function operand(values: Float32Array, shape: Shape): { values: Float32Array; shape: Shape } {
  return { values, shape };
}

function tfjsCpu(): MathBackendCPU {
  const { backend } = engine();
  if (!(backend instanceof MathBackendCPU)) throw new RangeError("tfjs is not on its cpu backend.");
  return backend;
}
