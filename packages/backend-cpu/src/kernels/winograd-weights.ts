/** Weights for Winograd's algorithms, made of those that were packed in panels. */
import type { Heap } from "../heap.ts";
import type { KernelModule } from "../wasm.ts";
import { type AnyConv, PANEL, packedKernelFloats, paddedOutputs } from "./convolution.ts";
import { transformedFloats } from "./winograd.ts";
import { runsOf, transformedFloats1d } from "./winograd-1d.ts";

/** Floats before the transformed kernel: where the panels lie. */
const HEADER = 16;

/** Makes the transformed kernel and the bias; the panels must stay where they are. Returns their address and bytes. */
export function winogradWeights(module: KernelModule, heap: Heap, op: AnyConv, panels: number): [number, number] {
  const [taps = 0] = op.kernelSize;
  const alongOneAxis = op.kernelSize.length === 1;
  const kernel = alongOneAxis ? transformedFloats1d(op) : transformedFloats(op);
  const bytes = 4 * (HEADER + kernel + paddedOutputs(op));
  const address = heap.alloc(bytes);
  const block = heap.alloc(24);
  const { threes, twos } = runsOf(taps);
  heap.i32.set([address, panels, paddedOutputs(op) / PANEL, op.inChannels, threes, twos], block >>> 2);
  module.kernels[alongOneAxis ? "transformPanels1d" : "transformPanels"](block);
  heap.free(block);
  const bias = (panels >>> 2) + packedKernelFloats(op);
  heap.f32.copyWithin((address >>> 2) + HEADER + kernel, bias, bias + paddedOutputs(op));
  return [address, bytes];
}
