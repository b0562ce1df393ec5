/**
 * The texture pool. A `Texture` is counted by references, because a tensor, its borrower and a plan may hold the same one;
 * at zero it goes back to the pool of its size class with its framebuffer, until the pool is over its byte budget.
 */
import { type SizeClass, sizeClass, textureRefusal } from "./layout.ts";

/** An RGBA32F texture, or a stack of four (`layers`), with a framebuffer that draws into it, into all layers at once. */
export interface Texture {
  readonly size: SizeClass;
  readonly layers: 1 | 4;
  readonly texture: WebGLTexture;
  readonly framebuffer: WebGLFramebuffer;
  readonly bytes: number;
  references: number;
}

export class TexturePool {
  /** Whether the device draws into four float layers at once; some mobile GPUs have no room for 64 bytes a pixel. */
  readonly layered: boolean;
  /** Largest width and height of a texture. */
  readonly maxTextureSize: number;
  readonly #gl: WebGL2RenderingContext;
  readonly #poolBytes: number;
  /** Unused textures by their size's key: of one layer, and of four. */
  readonly #free = { 1: new Map<string, Texture[]>(), 4: new Map<string, Texture[]>() };
  readonly #all = new Set<Texture>();
  #freeBytes = 0;

  /** `poolBytes`: unused textures to keep for reuse before they are given back to the driver. */
  constructor(gl: WebGL2RenderingContext, poolBytes: number) {
    this.#gl = gl;
    this.#poolBytes = poolBytes;
    this.maxTextureSize = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    this.layered = this.#drawsLayers();
  }

  /** A texture for at least that many texels (a layer), contents undefined, with one reference. */
  acquire(texelCount: number, layers: 1 | 4 = 1): Texture {
    const size = sizeClass(texelCount);
    const free = this.#free[layers].get(size.key)?.pop();
    if (free) {
      this.#freeBytes -= free.bytes;
      free.references = 1;
      return free;
    }
    const reason = textureRefusal(texelCount, this.maxTextureSize);
    if (reason)
      throw new RangeError(
        `The tensor is too large for a WebGL texture: ${reason}. Use a smaller batch, or the cpu backend.`,
      );
    return this.#create(size, layers);
  }

  retain(texture: Texture): Texture {
    texture.references++;
    return texture;
  }

  release(texture: Texture): void {
    if (--texture.references > 0 || !this.#all.has(texture)) return;
    if (this.#freeBytes + texture.bytes > this.#poolBytes) {
      this.#delete(texture);
      return;
    }
    const free = this.#free[texture.layers];
    const list = free.get(texture.size.key);
    if (list) list.push(texture);
    else free.set(texture.size.key, [texture]);
    this.#freeBytes += texture.bytes;
  }

  /** Deletes everything, used or not. */
  dispose(): void {
    for (const texture of this.#all) this.#delete(texture);
    for (const free of Object.values(this.#free)) free.clear();
    this.#freeBytes = 0;
  }

  #drawsLayers(): boolean {
    try {
      this.#delete(this.#create(sizeClass(1), 4));
      return true;
    } catch {
      return false;
    }
  }

  #create(size: SizeClass, layers: 1 | 4): Texture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    const framebuffer = gl.createFramebuffer();
    const bytes = size.width * size.height * 16 * layers;
    const target = layers === 1 ? gl.TEXTURE_2D : gl.TEXTURE_2D_ARRAY;
    gl.bindTexture(target, texture);
    if (layers === 1) gl.texStorage2D(target, 1, gl.RGBA32F, size.width, size.height);
    else gl.texStorage3D(target, 1, gl.RGBA32F, size.width, size.height, layers);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(target, name, gl.NEAREST);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(target, name, gl.CLAMP_TO_EDGE);
    gl.bindTexture(target, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    if (layers === 1) {
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    } else {
      const attachments = Array.from({ length: layers }, (_, i) => gl.COLOR_ATTACHMENT0 + i);
      attachments.forEach((attachment, i) => gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachment, texture, 0, i));
      gl.drawBuffers(attachments);
    }
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) {
      gl.deleteFramebuffer(framebuffer);
      gl.deleteTexture(texture);
      throw new RangeError(
        `The GPU has no room for a texture of ${size.width}×${size.height}×${layers} (${bytes} bytes). Free tensors, or use a smaller batch.`,
      );
    }
    const made = { size, layers, texture, framebuffer, bytes, references: 1 };
    this.#all.add(made);
    return made;
  }

  #delete(texture: Texture): void {
    this.#gl.deleteFramebuffer(texture.framebuffer);
    this.#gl.deleteTexture(texture.texture);
    this.#all.delete(texture);
  }
}
