/** What `bench --json` writes. Others read it: a change of it is a change of the command. */
import type { Runtime } from "../contestants/contestant.ts";

export interface Result {
  readonly machine: string;
  /** Version, without the v. */
  readonly node: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly rows: readonly Row[];
  readonly rooflines: readonly Roofline[];
}

export interface Row {
  readonly workload: string;
  readonly contestant: string;
  readonly runtime: Runtime;
  readonly threads: number;
  /** Milliseconds a call, over the samples. */
  readonly medianMs: number;
  readonly p5Ms: number;
  readonly p95Ms: number;
  /** Samples taken; a sample is the mean of as many calls as make it last a few milliseconds. */
  readonly runs: number;
  /** Largest absolute difference from the reference. */
  readonly maxError: number;
  /** What computed the reference. */
  readonly reference: string;
  readonly agrees: boolean;
  readonly note?: string;
}

/** The time below which a workload cannot go on the machine, and what sets it. */
export interface Roofline {
  readonly workload: string;
  readonly limitMs: number;
  readonly bound: "compute" | "memory";
}
