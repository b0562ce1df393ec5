/** What `bench --json` writes. Others read it: a change of it is a change of the command. */
import type { Runtime } from "../contestants/contestant.ts";
import type { Limits } from "../roofline/limits.ts";

export interface Result {
  readonly machine: string;
  /** Version, without the v. */
  readonly node: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** True for a look: fewer samples, shorter warm-up. */
  readonly quick: boolean;
  readonly rows: readonly Row[];
  /** What the machine gives WebAssembly, measured in the same run; null where rows were not measured. */
  readonly limits: Limits | null;
  readonly rooflines: readonly Roofline[];
  readonly sweeps: readonly SweepRow[];
  readonly coldStarts: readonly ColdStart[];
  readonly peakMemory: readonly PeakMemory[];
  readonly bytes: readonly ShippedBytes[];
  /** What could not be measured, by name and reason. */
  readonly failures: readonly Failure[];
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

/** How near the plan of keras-ts is to what the machine can do (`../roofline/roofline.ts`). */
export interface Roofline {
  readonly workload: string;
  readonly contestant: string;
  /** The time below which the workload cannot go, by this reckoning. */
  readonly limitMs: number;
  readonly bound: "compute" | "memory";
  /** `limitMs` over the measured median. */
  readonly attained: number;
}

/** A row of a sweep. */
export interface SweepRow extends Row {
  readonly sweep: string;
  /** What grows, and how far it has grown. */
  readonly axis: string;
  readonly x: number;
}

/** From the import of the library to the first result, in fresh processes. */
export interface ColdStart {
  readonly contestant: string;
  readonly workload: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly runs: number;
}

export interface PeakMemory {
  readonly contestant: string;
  readonly workload: string;
  /** Of the whole process, with Node and the workload's numbers. */
  readonly peakBytes: number;
  /** What of it the same process without a library does not have. */
  readonly aboveBytes: number;
}

/** Gzipped. */
export interface ShippedBytes {
  readonly contestant: string;
  readonly jsBytes: number;
  readonly wasmBytes: number;
  readonly note?: string;
}

/** What could not be run, and why. */
export interface Failure {
  readonly workload: string;
  readonly contestant: string;
  readonly reason: string;
}
