/**
 * What the module exports: a kernel takes the address of its parameter block. The first words of every block are
 * 0 output, 4 packed weights, 8 workspace, 12 and 16 inputs; from 32 on it belongs to the kernel.
 */
export { binary } from "./binary";
export { convDepthwise } from "./conv-depthwise";
export { convDepthwiseMultiplier } from "./conv-depthwise-multiplier";
export { convGemm } from "./conv-gemm";
export { concat, copy } from "./copy";
export { filterGradDense, filterGradDepthwise } from "./filter-grad";
export { packPanels, packStrided } from "./pack";
export { reduce } from "./reduce";
export { softmax } from "./softmax";
export { sparsemax, sparsemaxGrad } from "./sparsemax";
export { transpose } from "./transpose";
export { unary } from "./unary";
export { unaryGrad } from "./unary-grad";

/** The first byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
