/**
 * What the module exports: a kernel takes the address of its parameter block. The first words of every block are
 * 0 output, 4 packed weights, 8 workspace, 12, 16 and 20 inputs; from 32 on it belongs to the kernel.
 */
export { binary } from "./binary";
export { convDepthwise } from "./conv-depthwise";
export { convDepthwiseMultiplier } from "./conv-depthwise-multiplier";
export { convDot, convFold } from "./conv-dot";
export { convGemm } from "./conv-gemm";
export { convWinograd, transformPanels } from "./conv-winograd";
export { convWinograd1d, transformPanels1d } from "./conv-winograd-1d";
export { concat, copy } from "./copy";
export { elementwise } from "./elementwise";
export { elementwisePacked } from "./elementwise-packed";
export { filterGradDense, filterGradDepthwise } from "./filter-grad";
export { gather, gatherGrad } from "./gather";
export { packPanels, packStrided } from "./pack";
export { poolMax, poolMaxRows, poolMean, poolMeanRows } from "./pool";
export { poolGradMax, poolGradMean } from "./pool-grad";
export { poolMeanWide } from "./pool-mean-wide";
export { reduce } from "./reduce";
export { reduceMax } from "./reduce-max";
export { resample } from "./resample";
export { runList } from "./run-list";
export { selectRuns } from "./select";
export { separable } from "./separable";
export { softmax } from "./softmax";
export { sparsemax, sparsemaxGrad } from "./sparsemax";
export { transpose } from "./transpose";
export { unary } from "./unary";
export { unaryGrad } from "./unary-grad";

/** The first byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
