/** tfjs's JavaScript backend. */
import "@tensorflow/tfjs-backend-cpu";
import type { Contestant } from "./contestant.ts";
import { tfjs } from "./tfjs.ts";

export async function tfjsCpu(): Promise<Contestant> {
  return tfjs({ name: "cpu", runtime: "node", note: "fused ops on tensors" });
}
