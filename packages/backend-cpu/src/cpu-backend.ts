/**
 * The backend contract on a WebAssembly heap: buffers are address ranges, an executable is a filled parameter block and
 * a kernel, and dispatch writes the pointers and makes one call.
 */
import {
  type Backend,
  BackendUnavailableError,
  type BufferWindow,
  type DeviceBuffer,
  type Executable,
  hasWeights,
  type Op,
  type Packed,
  type Sequence,
  type SequenceCall,
  type Shape,
  sizeOf,
  type TensorInfo,
} from "@keras-ts/core";
import { Block } from "./block.ts";
import { FIRST_PLACE, WORKSPACE_PLACE } from "./call-list.ts";
import { CpuBuffer } from "./cpu-buffer.ts";
import { CpuExecutable, type Engine } from "./cpu-executable.ts";
import { type CpuOptions, checkOptions, PAGE_BYTES } from "./cpu-options.ts";
import { CpuPacked } from "./cpu-packed.ts";
import { CpuSequence } from "./cpu-sequence.ts";
import { LEAST_WORK } from "./divide.ts";
import { Heap } from "./heap.ts";
import { whyNotElementwise } from "./kernels/elementwise-steps.ts";
import { SEPARABLE_FROM, whyNotSeparable } from "./kernels/separable.ts";
import { winogradWeights } from "./kernels/winograd-weights.ts";
import { packWeights } from "./pack.ts";
import { Residents, type TensorEntry } from "./resident-data.ts";
import type { Layout } from "./select.ts";
import {
  keepResident,
  makeResidentTensor,
  makeTensor,
  plainEntry,
  residentData,
  skipGreeting,
  TFJS_BACKEND,
  tensorValues,
} from "./tfjs-bridge.ts";
import { defaultThreads, whyNotShared } from "./threads/environment.ts";
import { ThreadPool } from "./threads/thread-pool.ts";
import { compileKernels, startKernels } from "./wasm.ts";

const MAXIMUM_PAGES = 65536;
const RESIDENT_FROM = 4096; // elements; a smaller result is copied out at once, which costs less than keeping account of it

export class CpuBackend implements Backend {
  readonly name = "cpu";
  readonly tfjsBackend = TFJS_BACKEND;
  readonly readsImmediately = true;
  readonly separableFrom: number;
  generation = 0;
  readonly #options: CpuOptions;
  /** Tensors whose values are still on the heap. */
  readonly #residents = new Residents();
  /** Data ids of large tensors that were copied to the heap once. */
  readonly #read = new WeakSet<object>();
  #engine: Engine | null = null;
  #heap: Heap | null = null;
  #buffers = 0;
  #packed = 0;
  #bytes = 0;
  /** Of the inputs of the call being made, and what earlier ones had more: kept and never cut, so that a call allocates nothing. */
  readonly #addresses: number[] = [];

  constructor(options: CpuOptions) {
    checkOptions(options);
    this.#options = options;
    this.separableFrom = options.separableFrom ?? SEPARABLE_FROM;
  }

  async init(): Promise<void> {
    if (this.#engine !== null) return;
    const limit = this.#options.maximumMemory ?? MAXIMUM_PAGES * PAGE_BYTES;
    const pages = Math.min(MAXIMUM_PAGES, Math.floor(limit / PAGE_BYTES));
    try {
      const { kernels, relaxed } = this.#options;
      const wanted = kernels ? 1 : (this.#options.threads ?? defaultThreads());
      const shared = wanted > 1 && whyNotShared() === null;
      const module = await startKernels(kernels ?? (await compileKernels(relaxed !== false, shared)), pages, shared);
      const heap = new Heap(module.memory, module.heapBase, pages * PAGE_BYTES);
      heap.makeRoom = () => this.#residents.evacuate();
      this.#heap = heap;
      const threads = shared ? new ThreadPool(module, wanted) : null;
      this.#engine = { module, heap, threads, leastWork: this.#options.leastWork ?? LEAST_WORK };
      this.generation++;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new BackendUnavailableError(`Backend "cpu" cannot start: ${reason}`, { cause: error });
    }
  }

  attachToTfjs(): void {
    skipGreeting();
  }

  dispose(): void {
    this.#residents.evacuate();
    this.#engine?.threads?.stop();
    this.#engine = null;
    this.#heap = null;
    this.#buffers = 0;
    this.#packed = 0;
    this.#bytes = 0;
  }

  describe(): string {
    const { module, threads } = this.#started();
    const build = `WebAssembly ${module.target === "simd" ? "SIMD" : "relaxed SIMD"}`;
    if (threads === null) {
      const reason = this.#options.threads === 1 || this.#options.kernels ? null : whyNotShared();
      return reason === null ? `${build}, 1 thread` : `${build}, 1 thread (${reason})`;
    }
    const { failure } = threads;
    return failure === null
      ? `${build}, ${threads.threads} threads`
      : `${build}, 1 thread (workers did not start: ${failure})`;
  }

  unsupported(op: Op, inputs: readonly Shape[]): string | null {
    if (op.kind === "separable") return whyNotSeparable(op);
    return op.kind === "elementwise" ? whyNotElementwise(op, inputs) : null;
  }

  pack(op: Op, weights: readonly DeviceBuffer[]): Packed {
    if (!hasWeights(op)) throw new TypeError(`This op has no weights. Received: kind=${op.kind}.`);
    const addresses = weights.map((w) => this.#addressOf(w, 0));
    const { module, heap } = this.#started();
    const packed = new CpuPacked(heap, op);
    try {
      packWeights(module, heap, op, addresses, packed.address);
    } catch (error) {
      heap.free(packed.address);
      throw error;
    }
    this.#packed++;
    this.#bytes += packed.bytes;
    return packed;
  }

  prepare(op: Op, inputs: readonly Shape[]): Executable {
    return new CpuExecutable(this.#started(), op, inputs);
  }

  dispatch(
    exe: Executable,
    packed: Packed | null,
    inputs: readonly DeviceBuffer[],
    output: DeviceBuffer,
    workspace: DeviceBuffer | null,
  ): void {
    const heap = this.#live();
    if (!(exe instanceof CpuExecutable) || exe.heap !== heap || exe.freed) throw staleError("executable");
    const weights = exe.layout === null ? 0 : this.#weightsFor(exe, exe.layout, packed);
    if (exe.workspace > 0 && workspace === null)
      throw new Error(`${exe.kernel} needs a workspace of ${exe.workspace} elements.`);
    const { inputSizes } = exe;
    const addresses = this.#addresses;
    for (let i = 0; i < inputSizes.length; i++) {
      const input = inputs[i];
      if (input === undefined) throw new RangeError(`${exe.kernel} needs ${inputSizes.length} inputs. Received: ${i}.`);
      addresses[i] = this.#addressOf(input, inputSizes[i] ?? 0);
    }
    const scratch = workspace === null ? 0 : this.#addressOf(workspace, exe.workspace);
    exe.run(this.#addressOf(output, exe.outputSize), weights, scratch, addresses);
  }

  sequence(calls: readonly SequenceCall[]): Sequence {
    const heap = this.#live();
    const recorded = calls.map(({ exe, packed, inputs, output }) => {
      if (!(exe instanceof CpuExecutable) || exe.heap !== heap || exe.freed) throw staleError("executable");
      const weights = exe.layout === null ? 0 : this.#weightsFor(exe, exe.layout, packed);
      return { exe, weights, inputs, output };
    });
    return new CpuSequence(this.#started(), recorded);
  }

  runSequence(
    sequence: Sequence,
    buffers: readonly (DeviceBuffer | undefined)[],
    workspace: DeviceBuffer | null,
  ): void {
    const heap = this.#live();
    if (!(sequence instanceof CpuSequence) || sequence.heap !== heap || sequence.freed) throw staleError("sequence");
    const { sizes, list } = sequence;
    const words = heap.i32;
    const { table } = list;
    if (sequence.workspace > 0) {
      if (workspace === null) throw new Error(`The sequence needs a workspace of ${sequence.workspace} elements.`);
      words[table + WORKSPACE_PLACE] = this.#addressOf(workspace, sequence.workspace);
    }
    for (let i = 0; i < sizes.length; i++) {
      const size = sizes[i];
      if (size === undefined) continue;
      const buffer = buffers[i];
      if (buffer === undefined) throw new RangeError(`The sequence needs buffer ${i}. Received: ${buffers.length}.`);
      words[table + FIRST_PLACE + i] = this.#addressOf(buffer, size);
    }
    list.run(this.#started().module);
  }

  release(item: Packed | Executable | Sequence): void {
    if (!(item instanceof CpuPacked || item instanceof CpuExecutable || item instanceof CpuSequence))
      throw staleError("item");
    if (item.freed) throw staleError("item");
    if (item.heap === this.#heap) {
      item.free();
      if (item instanceof CpuPacked) {
        this.#packed--;
        this.#bytes -= item.bytes;
      }
    } // else it went with the heap that was disposed
    item.freed = true;
  }

  alloc(shape: Shape): DeviceBuffer {
    const size = sizeOf(shape);
    return this.#counted(new CpuBuffer(shape, new Block(this.#live(), size), size * 4));
  }

  free(buffer: DeviceBuffer): void {
    this.#take(buffer).release();
  }

  write(buffer: DeviceBuffer, values: Float32Array): void {
    const address = this.#addressOf(buffer, values.length);
    const { f32 } = this.#live();
    if (values.buffer === f32.buffer && values.byteOffset === address) return; // written in place, through `view`
    f32.set(values, address >>> 2);
  }

  async read(buffer: DeviceBuffer, into: Float32Array, shape?: Shape): Promise<void> {
    this.readSync(buffer, into, shape);
  }

  readSync(buffer: DeviceBuffer, into: Float32Array, shape: Shape = buffer.shape): void {
    const size = sizeOf(shape);
    const address = this.#addressOf(buffer, size);
    const { f32 } = this.#live();
    if (into.buffer === f32.buffer && into.byteOffset === address) return; // read in place, through `view`
    if (buffer instanceof CpuBuffer) into.set(buffer.values(f32.buffer, address, size));
  }

  view(buffer: DeviceBuffer, shape: Shape = buffer.shape): Float32Array {
    const size = sizeOf(shape);
    return new Float32Array(this.#live().memory.buffer, this.#addressOf(buffer, size), size);
  }

  window(buffer: DeviceBuffer, shape: Shape): BufferWindow {
    this.#addressOf(buffer, sizeOf(shape));
    const block = buffer instanceof CpuBuffer ? buffer.block : null;
    if (block === null) throw staleError("buffer");
    return this.#counted(new CpuBuffer(shape, block.hold(), 0));
  }

  storageKey(): string {
    return "heap";
  }

  borrow(tensor: TensorInfo): DeviceBuffer {
    const resident = residentData(tensor)?.block;
    if (resident && resident.heap === this.#heap)
      return this.#counted(new CpuBuffer(tensor.shape.slice(), resident.hold(), 0));
    const entry = plainEntry(tensor);
    const values = entry?.values ?? tensorValues(tensor);
    const block = new Block(this.#live(), values.length);
    const buffer = this.#counted(new CpuBuffer(tensor.shape.slice(), block, values.byteLength));
    this.write(buffer, values);
    if (entry !== null && values.length >= RESIDENT_FROM) this.#keepCopy(tensor, entry, block);
    return buffer;
  }

  adopt(buffer: DeviceBuffer, shape: Shape): TensorInfo {
    const size = sizeOf(shape);
    if (size < RESIDENT_FROM) {
      const values = new Float32Array(size);
      this.readSync(buffer, values, shape);
      this.free(buffer);
      return makeTensor(values, shape);
    }
    this.#addressOf(buffer, size);
    return makeResidentTensor(this.#residents.adopt(this.#take(buffer), size), shape);
  }

  memory(): { readonly buffers: number; readonly packed: number; readonly bytes: number } {
    return { buffers: this.#buffers, packed: this.#packed, bytes: this.#bytes };
  }

  /** A tensor that is read again may be read often: from the second time on its copy stays until the tensor goes or its array is asked for. */
  #keepCopy(tensor: TensorInfo, entry: TensorEntry, block: Block): void {
    if (!this.#read.has(tensor.dataId)) this.#read.add(tensor.dataId);
    else keepResident(tensor, this.#residents.adopt(block.hold(), entry.values.length, entry));
  }

  /** Where the weights lie as the executable wants them. */
  #weightsFor(exe: CpuExecutable, layout: Layout, packed: Packed | null): number {
    const heap = this.#live();
    if (!(packed instanceof CpuPacked) || packed.heap !== heap || packed.freed) throw staleError("weights");
    if (packed.layout === layout) return packed.address;
    if (packed.layout !== "panels_8" || layout !== "winograd_8" || packed.op.kind === "separable")
      throw new Error(`Weights were packed for another op. Received: layout=${packed.layout}, needed ${exe.layout}.`);
    if (packed.transformed === null) {
      const [address, bytes] = winogradWeights(this.#started().module, heap, packed.op, packed.address);
      packed.transformed = address;
      packed.bytes += bytes;
      this.#bytes += bytes;
    }
    return packed.transformed;
  }

  #started(): Engine {
    if (this.#engine === null) throw new Error('Backend "cpu" is not started: await init() first.');
    return this.#engine;
  }

  #live(): Heap {
    if (this.#heap === null) throw new Error('Backend "cpu" is not started: await init() first.');
    return this.#heap;
  }

  /** Where a live buffer of at least `size` elements lies. */
  #addressOf(buffer: DeviceBuffer, size: number): number {
    if (!(buffer instanceof CpuBuffer)) throw staleError("buffer");
    const { block, offset } = buffer;
    if (block === null || block.heap !== this.#heap) throw staleError("buffer");
    if (block.size - offset < size) {
      throw new RangeError(
        `A buffer is too small: ${size} elements are needed. Received: shape=[${buffer.shape}], offset=${offset}.`,
      );
    }
    return block.address + 4 * offset;
  }

  #counted(buffer: CpuBuffer): CpuBuffer {
    this.#buffers++;
    this.#bytes += buffer.bytes;
    return buffer;
  }

  /** Takes the block out of a buffer, which is freed by that. */
  #take(buffer: DeviceBuffer): Block {
    if (!(buffer instanceof CpuBuffer) || buffer.block === null) throw staleError("buffer");
    const { block } = buffer;
    buffer.block = null;
    if (block.heap === this.#heap) {
      this.#buffers--;
      this.#bytes -= buffer.bytes;
    }
    return block;
  }
}

function staleError(what: string): Error {
  return new Error(`This ${what} was freed, or belongs to another backend or to one that was disposed.`);
}
