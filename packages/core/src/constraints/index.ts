/** `keras.constraints`. */
export { Constraint } from "./constraint.ts";
export type { ConstraintFunction, ConstraintLike } from "./custom-constraint.ts";
export { type ConstraintIdentifier, deserialize, get, serialize } from "./get.ts";
export {
  type AxisArgs,
  MaxNorm,
  type MaxNormArgs,
  MinMaxNorm,
  type MinMaxNormArgs,
  NonNeg,
  UnitNorm,
} from "./norm-constraints.ts";
