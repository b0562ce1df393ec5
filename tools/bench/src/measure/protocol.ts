/**
 * How a workload is timed: outputs are compared first; each contestant is warmed up until it gets no faster; then all take turns,
 * round by round, in an order that moves on by one each round.
 */
import type { Contestant, Runner, Runtime } from "../contestants/contestant.ts";
import { referenceFor } from "../reference/choose.ts";
import { type Comparison, compare, type Reference } from "../reference/compare.ts";
import type { Failure, Row } from "../report/result.ts";
import { makeTask } from "../workloads/task.ts";
import type { Workload } from "../workloads/workload.ts";
import { messageOf } from "./message.ts";
import { quantile, summarize } from "./statistics.ts";

export interface Settings {
  /** Turns of each contestant. */
  readonly rounds: number;
  /** Calls are batched until a sample lasts this long. */
  readonly sampleMs: number;
  /** Warm-up of one contestant: at least, and at most when it does not become steady. */
  readonly warmMinMs: number;
  readonly warmMaxMs: number;
  /** All samples of a contestant together: who would take longer gets fewer turns, three at least. A slow peer must not make the run long. */
  readonly budgetMs: number;
}

/** Counts how often the system took the processor away from this process; where it is known, samples in which it did are repeated. */
export type Interruptions = () => number;

/** Samples in a page are longer: each ends with reading an element back. */
export const FULL: Readonly<Record<Runtime, Settings>> = {
  node: { rounds: 41, sampleMs: 2.5, warmMinMs: 200, warmMaxMs: 2500, budgetMs: 4000 },
  browser: { rounds: 25, sampleMs: 20, warmMinMs: 200, warmMaxMs: 2500, budgetMs: 4000 },
};
/** Of sweeps, whose many points show a curve. */
export const SWEEPING: Settings = { rounds: 15, sampleMs: 2.5, warmMinMs: 100, warmMaxMs: 1500, budgetMs: 1500 };
export const QUICK: Readonly<Record<Runtime, Settings>> = {
  node: { rounds: 9, sampleMs: 2, warmMinMs: 60, warmMaxMs: 500, budgetMs: 600 },
  browser: { rounds: 7, sampleMs: 10, warmMinMs: 60, warmMaxMs: 500, budgetMs: 600 },
};

export interface Measured {
  readonly rows: Row[];
  readonly failures: Failure[];
}

/** Samples of a warm-up that must not be slower than as many before them. */
const STEADY_WINDOW = 5;
const STEADY_GAIN = 0.95;
const FEWEST_TURNS = 3;
/** A contestant whose sample takes so many times longer than wanted is slow: its data is not in the caches anyway, and it is interrupted anyway. */
const SLOW_SAMPLES = 10;
/** How long those on several threads run before a sample: after the others' turns a scheduler may wake all threads on one processor and move them apart later. */
const SPREAD_MS = 40;
/** How often a sample is taken again because it was interrupted; then it counts as it is. Those of slow contestants are not. */
const REPEATS = 5;

interface Entry {
  readonly contestant: Contestant;
  readonly runner: Runner;
  readonly comparison: Comparison;
  readonly samples: number[];
  calls: number;
  slow: boolean;
  /** Takes part in one of so many rounds. */
  every: number;
  /** Why it was given up. */
  failure: string | null;
}

export async function measure(
  workload: Workload,
  contestants: readonly Contestant[],
  settings: Settings,
  progress: (text: string) => void,
  interruptions: Interruptions = () => 0,
): Promise<Measured> {
  progress("computing the reference");
  const task = makeTask(workload);
  const reference = await referenceFor(task, contestants);
  const entries: Entry[] = [];
  const failures: Failure[] = [];
  try {
    for (const contestant of contestants) {
      const reason = contestant.declines?.(workload) ?? null;
      if (reason !== null) {
        failures.push({ workload: workload.name, contestant: contestant.name, reason });
        continue;
      }
      progress(`${contestant.name}: comparing`);
      try {
        const runner = await contestant.prepare(task);
        entries.push(await enter(contestant, runner, reference));
      } catch (error) {
        failures.push({ workload: workload.name, contestant: contestant.name, reason: messageOf(error) });
      }
    }
    for (const entry of entries) {
      progress(`${entry.contestant.name}: warming up`);
      await attempt(entry, () => warmUp(entry, settings));
    }
    for (let round = 0; round < settings.rounds; round++) {
      progress(`round ${round + 1} of ${settings.rounds}`);
      for (let turn = 0; turn < entries.length; turn++) {
        const entry = entries[(round + turn) % entries.length];
        if (entry && round % entry.every === 0) {
          await attempt(entry, () => takeTurn(entry, interruptions));
        }
      }
    }
  } finally {
    for (const entry of entries) await free(entry);
  }
  const rows: Row[] = [];
  for (const entry of entries) {
    if (entry.failure === null) rows.push(rowOf(workload, entry, reference));
    else failures.push({ workload: workload.name, contestant: entry.contestant.name, reason: entry.failure });
  }
  return { rows, failures };
}

/** Does something with a contestant that has not failed yet; when it fails, the others go on without it. */
async function attempt(entry: Entry, work: () => Promise<void>): Promise<void> {
  if (entry.failure !== null) return;
  try {
    await work();
  } catch (error) {
    entry.failure = messageOf(error);
  }
}

async function free(entry: Entry): Promise<void> {
  try {
    await entry.runner.activate?.();
    await entry.runner.dispose();
  } catch (error) {
    entry.failure ??= messageOf(error);
  }
}

/** Runs once and compares; frees the runner when that fails. */
async function enter(contestant: Contestant, runner: Runner, reference: Reference): Promise<Entry> {
  try {
    await runner.activate?.();
    await runner.run(1);
    const comparison = compare(await runner.output(), reference);
    return { contestant, runner, comparison, samples: [], calls: 1, slow: false, every: 1, failure: null };
  } catch (error) {
    await runner.dispose();
    throw error;
  }
}

/** Runs until a window of samples is hardly faster than the one before it, and sets how many calls make a sample. */
async function warmUp(entry: Entry, settings: Settings): Promise<void> {
  const started = performance.now();
  const samples: number[] = [];
  await entry.runner.activate?.();
  for (;;) {
    const ms = await timeCalls(entry);
    samples.push(ms);
    entry.calls = Math.max(1, Math.ceil(settings.sampleMs / Math.max(ms, 1e-5)));
    const spent = performance.now() - started;
    if (spent >= settings.warmMaxMs || (spent >= settings.warmMinMs && isSteady(samples))) break;
  }
  const ms = Math.min(...samples.slice(-STEADY_WINDOW));
  entry.calls = Math.max(1, Math.ceil(settings.sampleMs / ms));
  entry.slow = ms * entry.calls > SLOW_SAMPLES * settings.sampleMs;
  const wanted = Math.ceil((settings.rounds * ms * entry.calls) / settings.budgetMs);
  entry.every = Math.max(1, Math.min(wanted, Math.floor(settings.rounds / FEWEST_TURNS)));
}

function isSteady(samples: readonly number[]): boolean {
  if (samples.length < 2 * STEADY_WINDOW) return false;
  const now = quantile(samples.slice(-STEADY_WINDOW), 0.5);
  return now >= STEADY_GAIN * quantile(samples.slice(-2 * STEADY_WINDOW, -STEADY_WINDOW), 0.5);
}

/** One untimed call brings the contestant's data back into the caches, more of them its threads to their processors, then a sample is taken. */
async function takeTurn(entry: Entry, interruptions: Interruptions): Promise<void> {
  await entry.runner.activate?.();
  if (entry.contestant.threads > 1) await spread(entry);
  let ms = 0;
  for (let repeat = 0; repeat <= (entry.slow ? 0 : REPEATS); repeat++) {
    if (!entry.slow) await entry.runner.run(1);
    const before = interruptions();
    ms = await timeCalls(entry);
    if (interruptions() === before) break;
  }
  entry.samples.push(ms);
}

async function spread(entry: Entry): Promise<void> {
  for (const end = performance.now() + SPREAD_MS; performance.now() < end; ) await entry.runner.run(entry.calls);
}

/** Milliseconds a call. */
async function timeCalls({ runner, calls, contestant }: Entry): Promise<number> {
  const start = performance.now();
  let total = 0;
  if (runner.time) total = await runner.time(calls);
  else {
    const pending = runner.run(calls);
    if (pending) await pending;
    total = performance.now() - start;
  }
  const ms = total / calls;
  if (Number.isNaN(runner.consume())) throw new Error(`${contestant.name} returned NaN.`);
  return ms;
}

function rowOf(workload: Workload, { contestant, comparison, samples }: Entry, reference: Reference): Row {
  const { name, runtime, threads, note } = contestant;
  return {
    workload: workload.name,
    contestant: name,
    runtime,
    threads,
    ...summarize(samples),
    runs: samples.length,
    ...comparison,
    reference: reference.source,
    ...(note === undefined ? {} : { note }),
  };
}
