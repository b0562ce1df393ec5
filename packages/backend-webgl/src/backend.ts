/** The `Backend` of WebGL2: prepares ops as lists of draws (`select.ts`), and runs them on tfjs-backend-webgl's context. */
import {
  type Backend,
  type DeviceBuffer,
  type Executable,
  type Op,
  outputShape,
  type Packed,
  type Shape,
  sizeOf,
  type TensorInfo,
  UnsupportedError,
  ValueError,
} from "@keras-ts/core";
import type { Device, Source } from "./gl/device.ts";
import { channels, sizeClass, texels } from "./gl/layout.ts";
import type { Texture } from "./gl/textures.ts";
import { download, downloadNow, upload } from "./gl/transfer.ts";
import { buildWeights } from "./kernels/conv-weights.ts";
import { importStep } from "./kernels/convert.ts";
import { narrow, type Operand, type Step, type TableOperand, tablesOf } from "./kernels/step.ts";
import { reshapeStep } from "./kernels/view.ts";
import { selectKernel } from "./select.ts";
import { openSession, type Session } from "./session.ts";
import { webglUnsupported } from "./unsupported.ts";

export interface WebglOptions {
  /** Bytes of unused textures to keep for reuse; 256 MiB where left out. `memory()` does not count them. */
  readonly poolBytes?: number;
  /** Bytes of copies of tfjs's tensors to keep, so that borrowing one again is free; 64 MiB where left out. Not in `memory()`. */
  readonly copyBytes?: number;
}

/** The WebGL2 backend, to be given to `registerBackend`. Nothing is started before `init`. */
export function webgl(options: WebglOptions = {}): Backend {
  const unknown = Object.keys(options).filter((name) => name !== "poolBytes" && name !== "copyBytes");
  if (unknown.length > 0)
    throw new ValueError(`webgl() takes poolBytes and copyBytes. Received: ${unknown.join(", ")}.`);
  return new WebglBackend(options);
}

class GlBuffer implements DeviceBuffer {
  readonly shape: Shape;
  readonly device: Device;
  texture: Texture | null;

  constructor(shape: Shape, device: Device, texture: Texture) {
    this.shape = shape;
    this.device = device;
    this.texture = texture;
  }
}

class GlPacked implements Packed {
  readonly layout: string;
  readonly bytes: number;
  readonly device: Device;
  textures: readonly Texture[];

  constructor(layout: string, device: Device, textures: readonly Texture[]) {
    this.layout = layout;
    this.device = device;
    this.textures = textures;
    this.bytes = textures.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

interface GlExecutable extends Executable {
  readonly steps: readonly Step[];
  readonly device: Device;
  /** Emptied by `release`. */
  readonly tables: Map<TableOperand, Texture>;
}

class WebglBackend implements Backend {
  readonly name = "webgl";
  readonly tfjsBackend = "webgl";
  readonly #options: WebglOptions;
  #generation = 0;
  #session: Session | null = null;
  #lost: string | null = null;
  #counts = { buffers: 0, packed: 0, bytes: 0 };

  constructor(options: WebglOptions) {
    this.#options = options;
  }

  get generation(): number {
    return this.#generation;
  }

  async init(): Promise<void> {
    if (this.#session && !this.#session.device.gl.isContextLost()) return;
    this.#end();
    this.#session = await openSession(this.#options, (event) => {
      this.#lost = event;
    });
    this.#lost = null;
    this.#generation++;
  }

  dispose(): void {
    this.#end();
    this.#lost = null;
  }

  describe(): string {
    return `WebGL2, ${this.#live().renderer}`;
  }

  unsupported(op: Op, inputs: readonly Shape[]): string | null {
    const { layered, maxTextureSize } = this.#live().device.textures;
    return webglUnsupported(op, inputs, { layered, maxTextureSize });
  }

  pack(op: Op, weights: readonly DeviceBuffer[]): Packed {
    const { device } = this.#live();
    const conv = narrow(op, "conv", "conv_transpose");
    const layout = selectKernel(op, [], [], false)?.layout;
    if (!layout)
      throw new UnsupportedError(`The webgl backend has no weight layout for this op. Received: kind=${op.kind}.`);
    const textures = buildWeights(conv, layout).map((step, i) => {
      const source = this.#textureOf(weights[i]);
      const texture = device.textures.acquire(step.texels);
      device.draw(step, [source], texture);
      return texture;
    });
    const packed = new GlPacked(layout, device, textures);
    this.#counts.packed++;
    this.#counts.bytes += packed.bytes;
    return packed;
  }

  prepare(op: Op, inputs: readonly Shape[]): Executable {
    const output = outputShape(op, inputs);
    const { device } = this.#live();
    const kernel = selectKernel(op, inputs, output, device.textures.layered);
    if (!kernel) throw new UnsupportedError(`The webgl backend has no kernel for this op. Received: kind=${op.kind}.`);
    const steps = kernel.build(op, inputs, output);
    for (const step of steps) device.warm(step.program);
    const executable: GlExecutable = {
      op,
      inputShapes: inputs,
      outputShape: output,
      kernel: kernel.name,
      workspace: 0,
      steps,
      device,
      tables: uploadTables(device, steps),
    };
    return executable;
  }

  dispatch(exe: Executable, packed: Packed | null, inputs: readonly DeviceBuffer[], output: DeviceBuffer): void {
    if (!isExecutable(exe))
      throw new TypeError(`This executable is of another backend. Received: kernel=${exe.kernel}.`);
    const { device } = this.#live();
    const weights = packed ? this.#weightsOf(packed) : [];
    const target = this.#writable(output);
    const scratch: (Texture | undefined)[] = [];
    const resolve = (operand: Operand): Source => {
      if (operand.from === "table") return this.#tableOf(exe, operand);
      const { from, index } = operand;
      const found =
        from === "input" ? this.#textureOf(inputs[index]) : from === "weight" ? weights[index] : scratch[index];
      if (!found) throw new RangeError(`Missing operand of ${exe.kernel}. Received: from=${from}, index=${index}.`);
      return found;
    };
    for (const step of exe.steps) {
      const sources = step.reads.map(resolve);
      let into = target;
      if (step.into !== null) {
        into = device.textures.acquire(step.texels, step.outputs);
        const previous = scratch[step.into];
        if (previous) device.textures.release(previous);
        scratch[step.into] = into;
      }
      device.draw(step, sources, into);
    }
    for (const texture of scratch) if (texture) device.textures.release(texture);
  }

  release(item: Packed | Executable): void {
    if (isExecutable(item)) {
      for (const texture of item.tables.values()) item.device.textures.release(texture);
      item.tables.clear();
    }
    if (!(item instanceof GlPacked) || item.textures.length === 0) return;
    for (const texture of item.textures) item.device.textures.release(texture);
    if (item.device === this.#session?.device) {
      this.#counts.packed--;
      this.#counts.bytes -= item.bytes;
    }
    item.textures = [];
  }

  alloc(shape: Shape): DeviceBuffer {
    const { device } = this.#live();
    return this.#track(shape, device, device.textures.acquire(texels(shape)));
  }

  free(buffer: DeviceBuffer): void {
    const owned = own(buffer);
    const texture = this.#untrack(owned);
    if (texture) owned.device.textures.release(texture);
  }

  write(buffer: DeviceBuffer, values: Float32Array, shape: Shape = buffer.shape): void {
    const { device } = this.#live();
    upload(device.gl, this.#writable(buffer), values, shape);
  }

  async read(buffer: DeviceBuffer, into: Float32Array, shape: Shape = buffer.shape): Promise<void> {
    const { device } = this.#live();
    await download(device.gl, this.#textureOf(buffer), shape, into);
    this.#live();
  }

  readSync(buffer: DeviceBuffer, into: Float32Array, shape: Shape = buffer.shape): void {
    const { device } = this.#live();
    downloadNow(device.gl, this.#textureOf(buffer), shape, into);
  }

  storageKey(shape: Shape): string {
    return sizeClass(texels(shape)).key;
  }

  borrow(tensor: TensorInfo): DeviceBuffer {
    const { device, bridge } = this.#live();
    const { shape } = tensor;
    const held = bridge.held(tensor.dataId);
    if (held && channels(held.shape) === channels(shape))
      return this.#track(shape, device, device.textures.retain(held.texture));
    const texture = device.textures.acquire(texels(shape));
    if (sizeOf(shape) === 0) return this.#track(shape, device, texture);
    if (held) {
      device.draw(reshapeStep(held.shape, shape), [held.texture], texture);
      return this.#track(shape, device, texture);
    }
    const source = bridge.source(tensor);
    if ("values" in source) upload(device.gl, texture, source.values, shape);
    else device.draw(importStep(shape, source.layout), [source], texture);
    bridge.keepCopy(tensor, texture, shape);
    return this.#track(shape, device, texture);
  }

  adopt(buffer: DeviceBuffer, shape: Shape): TensorInfo {
    const { bridge } = this.#live();
    if (sizeOf(shape) === 0) {
      this.free(buffer);
      return bridge.adoptEmpty(shape);
    }
    this.#textureOf(buffer);
    const texture = this.#untrack(own(buffer));
    if (!texture) throw new Error("The buffer was freed before it was adopted.");
    return bridge.adopt(texture, shape);
  }

  memory(): { readonly buffers: number; readonly packed: number; readonly bytes: number } {
    return { ...this.#counts };
  }

  #live(): Session {
    const session = this.#session;
    if (!session) throw new Error('The webgl backend is not started. Call `await setBackend("webgl")` first.');
    if (this.#lost || session.device.gl.isContextLost()) {
      throw new Error(
        `The browser took the WebGL context away (event ${this.#lost ?? "webglcontextlost"}); tensors and weights on it are gone. ` +
          'Call `await setBackend("webgl")` for a new one, or `await setBackend("cpu")`, and load the weights again.',
      );
    }
    return session;
  }

  #end(): void {
    this.#session?.close();
    this.#session = null;
    this.#counts = { buffers: 0, packed: 0, bytes: 0 };
  }

  #track(shape: Shape, device: Device, texture: Texture): GlBuffer {
    this.#counts.buffers++;
    this.#counts.bytes += texture.bytes;
    return new GlBuffer(shape, device, texture);
  }

  /** Takes the texture out of a buffer; null when it was out already. */
  #untrack(buffer: GlBuffer): Texture | null {
    const { texture } = buffer;
    buffer.texture = null;
    if (texture && buffer.device === this.#session?.device) {
      this.#counts.buffers--;
      this.#counts.bytes -= texture.bytes;
    }
    return texture;
  }

  #textureOf(buffer: DeviceBuffer | undefined): Texture {
    const owned = own(buffer);
    if (!owned.texture) throw new Error(`The buffer was freed. Received: shape=[${owned.shape}].`);
    if (owned.device !== this.#session?.device)
      throw new Error(`The buffer was lost with the WebGL context it lived on. Received: shape=[${owned.shape}].`);
    return owned.texture;
  }

  /** The texture of a buffer, after parting it from a tensor that shares it. */
  #writable(buffer: DeviceBuffer): Texture {
    const texture = this.#textureOf(buffer);
    if (texture.references === 1) return texture;
    const owned = own(buffer);
    owned.device.textures.release(texture);
    const fresh = owned.device.textures.acquire(texture.size.width * texture.size.height);
    this.#counts.bytes += fresh.bytes - texture.bytes;
    owned.texture = fresh;
    return fresh;
  }

  #tableOf(exe: GlExecutable, operand: TableOperand): Texture {
    const texture = exe.tables.get(operand);
    if (!texture) throw new Error(`The executable was released. Received: kernel=${exe.kernel}.`);
    if (exe.device !== this.#session?.device)
      throw new Error(`The executable was lost with the WebGL context it was made on. Received: kernel=${exe.kernel}.`);
    return texture;
  }

  #weightsOf(packed: Packed): readonly Texture[] {
    if (!(packed instanceof GlPacked))
      throw new TypeError(`These weights are of another backend. Received: layout=${packed.layout}.`);
    if (packed.textures.length === 0) throw new Error("The weights were released.");
    if (packed.device !== this.#session?.device)
      throw new Error("The weights were lost with the WebGL context they lived on.");
    return packed.textures;
  }
}

function own(buffer: DeviceBuffer | undefined): GlBuffer {
  if (buffer instanceof GlBuffer) return buffer;
  throw new TypeError(`This buffer is not of the webgl backend. Received: shape=[${buffer?.shape ?? "none"}].`);
}

function isExecutable(item: Packed | Executable): item is GlExecutable {
  return "steps" in item;
}

function uploadTables(device: Device, steps: readonly Step[]): Map<TableOperand, Texture> {
  const tables = new Map<TableOperand, Texture>();
  for (const operand of tablesOf(steps)) {
    const texture = device.textures.acquire(texels(operand.shape));
    upload(device.gl, texture, operand.values, operand.shape);
    tables.set(operand, texture);
  }
  return tables;
}
