/** The suite that every keras-ts backend passes. Imports vitest; `@keras-ts/conformance/run` and `/tolerance` do not. */
export { describeBackend } from "./describe-backend.ts";
export type { Skip } from "./run/skips.ts";
export type { SuiteOptions } from "./run/suite.ts";
