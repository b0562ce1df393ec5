/** The float64 reference, and the suite as data without a test runner. */
export { families } from "./cases/index.ts";
export type { Family, Fill, OpCase, Poke } from "./cases/op-case.ts";
export { Random } from "./random.ts";
export { erf, erfc } from "./reference/erf.ts";
export type { NumberArray } from "./reference/operand.ts";
export { reference } from "./reference/reference.ts";
export { roundingOf } from "./reference/rounding.ts";
export { unary } from "./reference/unary.ts";
export { unaryDerivative } from "./reference/unary-derivative.ts";
export type { Group, Test } from "./run/group.ts";
export { type Failure, runCase } from "./run/run-case.ts";
export { type Skip, Skips } from "./run/skips.ts";
export {
  DEFAULT_SEED,
  format,
  type GroupReport,
  groupsOf,
  runGroup,
  runSuite,
  type SuiteOptions,
} from "./run/suite.ts";
