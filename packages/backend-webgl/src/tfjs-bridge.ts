/**
 * All that this package takes from tfjs: the WebGL context of its backend, and the texture data behind its tensors.
 *
 * A tensor made here keeps our texture. tfjs finds out where a tensor's values are by reading `texture` of its `texData`
 * entry (`MathBackendWebGL.uploadToGPU`, `runWebGLProgram`, `releaseGPUData`); on such entries it is an accessor, which
 * draws a texture in tfjs's layout the first time tfjs asks for it, and gives ours back when tfjs releases the tensor.
 * The same accessor keeps a copy in our layout beside tensors of tfjs's own, so that borrowing one twice converts it once.
 */

import { describeTfjsCopies, type Shape, type TensorInfo } from "@keras-ts/core";
import { GPGPUContext, MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import {
  env,
  findBackend,
  getBackend,
  registerBackend,
  removeBackend,
  setBackend,
  version_core,
} from "@tensorflow/tfjs-core";
import type { Texture } from "./gl/textures.ts";
import type { TfjsLayout } from "./kernels/convert.ts";

type TextureData = ReturnType<MathBackendWebGL["texData"]["get"]>;

/** What the bridge needs done with our textures. */
export interface TextureKeeper {
  retain(texture: Texture): Texture;
  release(texture: Texture): void;
  /** Draws values from our layout of `shape` into a texture of tfjs. */
  draw(from: Texture, shape: Shape, packed: boolean, to: WebGLTexture, width: number, height: number): void;
}

/** A texture of ours that belongs to a tensor. */
export interface Held {
  readonly texture: Texture;
  readonly shape: Shape;
}

/** Where a tensor's values are when we hold no texture of it. */
export type TensorSource =
  | { readonly values: Float32Array }
  | { readonly texture: WebGLTexture; readonly layout: TfjsLayout };

/** tfjs's backend and its WebGL2 context. */
export interface TfjsContext {
  readonly backend: MathBackendWebGL;
  readonly gl: WebGL2RenderingContext;
}

const NAME = "webgl";

/** Starts or finds tfjs's backend, replacing it when its context was lost. Rejects with the reason when there is none. */
export async function openTfjs(): Promise<TfjsContext> {
  if (typeof WebGL2RenderingContext === "undefined") {
    throw new Error(
      "There is no WebGL2 in this environment: WebGL2RenderingContext is not defined. Use a browser, or the cpu backend.",
    );
  }
  let backend = findBackend(NAME);
  if (!(backend instanceof MathBackendWebGL)) throw new Error(backendRefusal(backend));
  if (backend.gpgpu.gl.isContextLost()) {
    await replaceBackend();
    backend = findBackend(NAME);
    if (!(backend instanceof MathBackendWebGL)) {
      throw new Error("The WebGL context was lost, and the browser gives no new one yet. Try again later.");
    }
  }
  const { gl } = backend.gpgpu;
  if (!(gl instanceof WebGL2RenderingContext)) {
    throw new Error("tfjs started its WebGL backend on WebGL 1; WebGL2 is needed.");
  }
  if (!gl.getExtension("EXT_color_buffer_float")) {
    throw new Error("This WebGL2 cannot draw into float32 textures: the extension EXT_color_buffer_float is missing.");
  }
  return { backend, gl };
}

export class TfjsBridge {
  readonly gl: WebGL2RenderingContext;
  readonly #backend: MathBackendWebGL;
  readonly #keeper: TextureKeeper;
  readonly #held = new Map<object, Held & { readonly drop: () => void }>();
  readonly #maxCopyBytes: number;
  #copyBytes = 0;
  readonly #copies = new Map<object, number>();

  /** `copyBytes`: copies in our layout to keep beside tensors that tfjs can read without them; the oldest go first. */
  constructor({ backend, gl }: TfjsContext, keeper: TextureKeeper, copyBytes: number) {
    this.#backend = backend;
    this.gl = gl;
    this.#keeper = keeper;
    this.#maxCopyBytes = copyBytes;
  }

  /** Our texture of a tensor, where we hold one. */
  held(dataId: object): Held | null {
    return this.#held.get(dataId) ?? null;
  }

  /** Where the values of any other tensor are. */
  source(tensor: TensorInfo): TensorSource {
    const data = this.#backend.texData.get(tensor.dataId);
    if (!data || tensor.dtype === "complex64" || tensor.dtype === "string") {
      throw new Error(
        `Only real tensors of tfjs's webgl backend can be borrowed. Received: dtype=${tensor.dtype}, shape=[${tensor.shape}].`,
      );
    }
    const { texture, values, slice } = data;
    if (texture)
      return { texture: texture.texture, layout: layoutOf(data, texture.texShape[1], slice?.flatOffset ?? 0) };
    if (values instanceof Float32Array) return { values };
    if (values instanceof Int32Array || values instanceof Uint8Array) return { values: Float32Array.from(values) };
    throw new Error(`The tensor has no values to borrow: it was disposed. Received: shape=[${tensor.shape}].`);
  }

  /** Keeps a copy in our layout beside a tensor of tfjs, until the tensor goes or copies take too much room. */
  keepCopy(tensor: TensorInfo, texture: Texture, shape: Shape): void {
    if (texture.bytes > this.#maxCopyBytes) return;
    // Another instance of this backend may keep one already; its accessor stays.
    if (Object.getOwnPropertyDescriptor(this.#backend.texData.get(tensor.dataId), "texture")?.get) return;
    this.#hold(tensor.dataId, this.#keeper.retain(texture), shape);
    this.#countCopy(tensor.dataId, texture.bytes);
  }

  /** A tensor of tfjs that keeps `texture`, which holds `shape` in our layout. */
  adopt(texture: Texture, shape: Shape): TensorInfo {
    const info = this.#backend.makeTensorInfo([...shape], "float32");
    this.#backend.texData.get(info.dataId).isPacked = env().getBool("WEBGL_LAZILY_UNPACK");
    this.#hold(info.dataId, texture, shape);
    return { dataId: info.dataId, shape: info.shape, dtype: "float32" };
  }

  /** A tensor of tfjs without elements. */
  adoptEmpty(shape: Shape): TensorInfo {
    const info = this.#backend.makeTensorInfo([...shape], "float32", new Float32Array(0));
    return { dataId: info.dataId, shape: info.shape, dtype: "float32" };
  }

  /** Makes every tensor one that tfjs can read alone, and gives our textures back. */
  dispose(): void {
    for (const [dataId, { drop }] of [...this.#held]) {
      const data = this.#backend.texData.get(dataId);
      if (data && !this.gl.isContextLost()) void data.texture;
      drop();
    }
  }

  #hold(dataId: object, texture: Texture, shape: Shape): void {
    const data = this.#backend.texData.get(dataId);
    const state: { own: TextureData["texture"]; drawing: boolean } = { own: data.texture, drawing: false };
    const drop = () => {
      if (this.#held.get(dataId)?.drop !== drop) return;
      this.#held.delete(dataId);
      this.#copyBytes -= this.#copies.get(dataId) ?? 0;
      this.#copies.delete(dataId);
      this.#keeper.release(texture);
      Object.defineProperty(data, "texture", {
        configurable: true,
        enumerable: true,
        writable: true,
        value: state.own,
      });
    };
    const read = () => {
      if (state.drawing) return state.own;
      if (data.refCount <= 0) drop();
      else if (state.own == null && data.values == null) {
        state.drawing = true;
        this.#backend.uploadToGPU(dataId);
        state.drawing = false;
        if (state.own) this.#export(texture, shape, data.isPacked === true, state.own);
        this.#countCopy(dataId, texture.bytes);
      }
      return state.own;
    };
    this.#held.set(dataId, { texture, shape, drop });
    Object.defineProperty(data, "texture", {
      configurable: true,
      enumerable: true,
      get: read,
      set: (value: TextureData["texture"]) => {
        state.own = value;
      },
    });
  }

  #export(
    from: Texture,
    shape: Shape,
    packed: boolean,
    { texture, texShape }: NonNullable<TextureData["texture"]>,
  ): void {
    this.#keeper.draw(from, shape, packed, texture, texShape[1], texShape[0]);
  }

  #countCopy(dataId: object, bytes: number): void {
    this.#copies.set(dataId, bytes);
    this.#copyBytes += bytes;
    for (const [oldest] of this.#copies) {
      if (this.#copyBytes <= this.#maxCopyBytes || oldest === dataId) return;
      this.#held.get(oldest)?.drop();
    }
  }
}

function layoutOf(data: TextureData, width: number, offset: number): TfjsLayout {
  return { width, packed: data.isPacked === true, shape: data.shape, offset };
}

function backendRefusal(backend: object | null): string {
  if (backend) return describeTfjsCopies(NAME, backend, version_core);
  return `There is no WebGL2 in this environment: tfjs could not start its webgl backend (WebGL version ${env().getNumber("WEBGL_VERSION")}).`;
}

/** tfjs caches programs a WebGL version, not a context; a context given from outside gets a cache of its own. */
async function replaceBackend(): Promise<void> {
  const active = getBackend() === NAME;
  removeBackend(NAME);
  registerBackend(NAME, () => new MathBackendWebGL(new GPGPUContext()), 2);
  if (active) await setBackend(NAME);
}
