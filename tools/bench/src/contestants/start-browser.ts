/** Starts what runs in a page. */
import type { Contestant } from "./contestant.ts";
import { kerasWebgl } from "./keras-webgl.ts";
import { type Started, startAll } from "./start.ts";
import { tfjsWebgl } from "./tfjs-webgl.ts";

/** keras-ts, then these peers; those of another runtime are left out. */
export async function startInBrowser(peers: readonly string[]): Promise<Started> {
  const note = renderer();
  const starters: Record<string, () => Promise<Contestant[]>> = { "tfjs-webgl": async () => [await tfjsWebgl(note)] };
  return startAll({ "keras-ts-webgl": () => kerasWebgl(note) }, starters, peers);
}

/** Who draws: the GPU, or a program on the CPU. */
function renderer(): string {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return "no WebGL2";
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return String(name);
}
