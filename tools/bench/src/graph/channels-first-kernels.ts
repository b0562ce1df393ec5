/** Kernels of convolutions as libraries with channels first keep them. */
import { transposed } from "./channels-first.ts";
import type { Node } from "./graph.ts";

/** `[output channels, channels / groups, …size]` */
export function channelsFirstKernel(node: Node & { readonly kind: "conv" }, channels: number): Float64Array {
  const taps = tapsOf(node.size);
  return swapped(tapsLast(node.kernel, taps), channels / node.groups, node.shape.at(-1) ?? 1, taps);
}

/** `[channels, output channels, …size]`, as ONNX has it. */
export function channelsFirstGradientKernel(
  node: Node & { readonly kind: "conv_transpose" },
  channels: number,
): Float64Array {
  const taps = tapsOf(node.size);
  return swapped(tapsLast(node.kernel, taps), node.shape.at(-1) ?? 1, channels, taps);
}

/** `[output channels, channels, …size]` with the taps in reverse order: of the convolution that goes over the input with zeros in between. */
export function channelsFirstTransposeKernel(node: Node & { readonly kind: "conv_transpose" }): Float64Array {
  const taps = tapsOf(node.size);
  const kernel = tapsLast(node.kernel, taps);
  for (let start = 0; start < kernel.length; start += taps) kernel.subarray(start, start + taps).reverse();
  return kernel;
}

function tapsOf(size: readonly number[]): number {
  return size.reduce((n, k) => n * k, 1);
}

/** `[taps, rest]` as `[rest, taps]` */
function tapsLast(kernel: Float64Array, taps: number): Float64Array {
  return transposed(kernel, taps, kernel.length / taps);
}

/** `[a, b, inner]` as `[b, a, inner]`. */
function swapped(values: Float64Array, a: number, b: number, inner: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      out.set(values.subarray((i * b + j) * inner, (i * b + j + 1) * inner), (j * a + i) * inner);
  return out;
}
