/** What the benchmark asks of a library: prepare a workload, then run it many times. */
import type { Task } from "../workloads/task.ts";
import type { Workload } from "../workloads/workload.ts";

export type Runtime = "node" | "browser";

/** A library, started, with one way of calling it. */
export interface Contestant {
  /** The name in reports. */
  readonly name: string;
  readonly runtime: Runtime;
  readonly threads: number;
  /** What a reader of its figures should know. */
  readonly note?: string;
  /** Why it does not take part in a workload although it could, or null. */
  declines?(workload: Workload): string | null;
  /** Makes the layer or model with these weights; nothing of it is timed. Rejects with what it lacks. */
  prepare(task: Task): Promise<Runner>;
  /** Ends what it started: processes, pages. */
  close?(): Promise<void>;
}

/** One workload in one contestant, ready to be called. */
export interface Runner {
  /** Called, untimed, before `run` when another contestant ran in between. */
  activate?(): Promise<void>;
  /** Calls the layer so often, one after the other, and returns when all are done. This is what is timed. */
  run(calls: number): void | Promise<void>;
  /** As `run`, for what runs elsewhere and holds the clock itself: milliseconds of all calls together. */
  time?(calls: number): Promise<number>;
  /** A number of the last output, so that no call is for nothing. Not timed. */
  consume(): number;
  /** The whole last output, channels last. */
  output(): Promise<Float32Array>;
  dispose(): Promise<void>;
}
