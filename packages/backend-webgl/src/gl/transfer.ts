/** Moves values between typed arrays and textures of ours. */
import type { Shape } from "@keras-ts/core";
import { channels, fromTexels, texels, toTexels } from "./layout.ts";
import type { Texture } from "./textures.ts";

/** Time for which a fence is asked for at every task; later once a timer tick. */
const EAGER_MS = 4;

/** Writes `values`, row-major in `shape`. */
export function upload(gl: WebGL2RenderingContext, texture: Texture, values: Float32Array, shape: Shape): void {
  const count = texels(shape);
  if (count === 0) return;
  const { width } = texture.size;
  const rows = Math.ceil(count / width);
  const fits = channels(shape) % 4 === 0 && values.length >= rows * width * 4;
  const data = fits ? values : toTexels(values, shape, rows * width * 4);
  gl.bindTexture(gl.TEXTURE_2D, texture.texture);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, rows, gl.RGBA, gl.FLOAT, data);
  gl.bindTexture(gl.TEXTURE_2D, null);
}

/** Waits for the GPU and reads `shape` into `into`. */
export function downloadNow(gl: WebGL2RenderingContext, texture: Texture, shape: Shape, into: Float32Array): void {
  const count = texels(shape);
  if (count === 0) return;
  const { width } = texture.size;
  const rows = Math.ceil(count / width);
  const data = new Float32Array(rows * width * 4);
  gl.bindFramebuffer(gl.FRAMEBUFFER, texture.framebuffer);
  gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, data);
  fromTexels(data, shape, into);
}

/** Reads without blocking the page: copies into a pixel buffer, waits for a fence, then maps it. */
export async function download(
  gl: WebGL2RenderingContext,
  texture: Texture,
  shape: Shape,
  into: Float32Array,
): Promise<void> {
  const count = texels(shape);
  if (count === 0) return;
  const { width } = texture.size;
  const rows = Math.ceil(count / width);
  const data = new Float32Array(rows * width * 4);
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, data.byteLength, gl.STREAM_READ);
  gl.bindFramebuffer(gl.FRAMEBUFFER, texture.framebuffer);
  gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  try {
    await fence(gl);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, data);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  } finally {
    gl.deleteBuffer(buffer);
  }
  fromTexels(data, shape, into);
}

/** Resolves when the GPU has done what was asked before, or the context is lost. */
async function fence(gl: WebGL2RenderingContext): Promise<void> {
  const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  if (!sync) return;
  const start = performance.now();
  while (!gl.isContextLost() && gl.clientWaitSync(sync, 0, 0) === gl.TIMEOUT_EXPIRED) {
    if (performance.now() - start < EAGER_MS) await nextTask();
    else await new Promise((resolve) => setTimeout(resolve, 1));
  }
  gl.deleteSync(sync);
}

/** A fence's state changes between tasks only. A message comes at once, where timers wait for up to four milliseconds. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
