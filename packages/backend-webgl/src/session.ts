/** What lives as long as one WebGL context: the device, the bridge to tfjs, and the watch for the context's loss. */
import { Device } from "./gl/device.ts";
import { renderRefusal } from "./gl/float-check.ts";
import { exportStep } from "./kernels/convert.ts";
import { openTfjs, type TextureKeeper, TfjsBridge } from "./tfjs-bridge.ts";

const MIB = 2 ** 20;

export interface Session {
  readonly device: Device;
  readonly bridge: TfjsBridge;
  /** The GPU's name, as far as the browser tells it. */
  readonly renderer: string;
  close(): void;
}

/** Starts on tfjs's context, where it draws in 32 bits. `onLost` is told the type of the event when the browser takes the context away. */
export async function openSession(
  { poolBytes = 256 * MIB, copyBytes = 64 * MIB }: { readonly poolBytes?: number; readonly copyBytes?: number },
  onLost: (event: string) => void,
): Promise<Session> {
  const context = await openTfjs();
  const { gl } = context;
  const device = new Device(gl, poolBytes);
  const reason = renderRefusal(device);
  if (reason) {
    device.dispose();
    throw new Error(reason);
  }
  const framebuffer = gl.createFramebuffer();
  const bridge = new TfjsBridge(context, keeperOf(device, framebuffer), copyBytes);
  const lost = (event: Event) => onLost(event.type);
  gl.canvas.addEventListener("webglcontextlost", lost);
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const close = () => {
    gl.canvas.removeEventListener("webglcontextlost", lost);
    bridge.dispose();
    gl.deleteFramebuffer(framebuffer);
    device.dispose();
  };
  return {
    device,
    bridge,
    renderer: String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER)),
    close,
  };
}

/** `framebuffer` serves all draws into tfjs's textures, which have none of their own. */
function keeperOf(device: Device, framebuffer: WebGLFramebuffer): TextureKeeper {
  const { gl, textures } = device;
  return {
    retain: (texture) => textures.retain(texture),
    release: (texture) => textures.release(texture),
    draw: (from, shape, packed, to, width, height) => {
      gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, to, 0);
      device.draw(exportStep(shape, packed, width, height), [from], { framebuffer, size: { width, shift: 0 } });
    },
  };
}
