/** `keras.regularizers`. */
export type { RegularizerFunction, RegularizerLike } from "./custom-regularizer.ts";
export { deserialize, get, type RegularizerIdentifier, serialize } from "./get.ts";
export { L1, type L1Args, L1L2, type L1L2Args, L2, type L2Args } from "./l1-l2.ts";
export { OrthogonalRegularizer, type OrthogonalRegularizerArgs } from "./orthogonal-regularizer.ts";
export { Regularizer } from "./regularizer.ts";
