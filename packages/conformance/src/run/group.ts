/** A test of a backend and a group of them: what the runner runs. */
import type { Backend } from "@keras-ts/core";
import type { Failure } from "./run-case.ts";

/** One test of a backend. Empty when it passes. */
export interface Test {
  /** `group/case`. */
  readonly name: string;
  run(backend: Backend): Promise<Failure[]>;
}

/** Tests that are reported together. */
export interface Group {
  readonly name: string;
  readonly tests: readonly Test[];
}
