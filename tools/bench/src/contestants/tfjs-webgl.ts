/** tfjs's WebGL backend. */
import "@tensorflow/tfjs-backend-webgl";
import type { Contestant } from "./contestant.ts";
import { tfjs } from "./tfjs.ts";

/** `note` goes into its rows. */
export async function tfjsWebgl(note: string): Promise<Contestant> {
  return tfjs({ name: "webgl", runtime: "browser", lazy: true, note });
}
