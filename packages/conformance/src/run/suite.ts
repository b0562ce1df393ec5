/** The suite as named tests in groups, and running them: without a test runner, failures as data. */
import type { Backend } from "@keras-ts/core";
import { fuzzFamily } from "../cases/fuzz.ts";
import { families } from "../cases/index.ts";
import type { Family } from "../cases/op-case.ts";
import type { Group } from "./group.ts";
import { lifecycleTests } from "./lifecycle.ts";
import { type Failure, runCase } from "./run-case.ts";
import { type Skip, Skips } from "./skips.ts";
import { tfjsTests } from "./tfjs-tests.ts";

/** What a run may vary. */
export interface SuiteOptions {
  readonly skip?: readonly Skip[];
  /** Seed of the fuzz; `DEFAULT_SEED` where left out. */
  readonly seed?: number;
  /** How many random ops; 300 where left out. */
  readonly fuzz?: number;
  /** Whole groups, by name; all where left out. For work on one op. */
  readonly only?: readonly string[];
}

export const DEFAULT_SEED = 20261121;
const FUZZ_COUNT = 300;

/** The groups of the suite, in the order in which they run. */
export function groupsOf({ seed = DEFAULT_SEED, fuzz = FUZZ_COUNT, only }: SuiteOptions = {}): Group[] {
  const all = [...[...families, fuzzFamily(seed, fuzz)].map(groupOf), lifecycleTests(), tfjsTests()];
  return only ? all.filter(({ name }) => only.includes(name)) : all;
}

function groupOf({ name, cases }: Family): Group {
  const tests = cases.map((c) => {
    const test = `${name}/${c.name}`;
    return { name: test, run: (backend: Backend) => runCase(backend, c, test) };
  });
  return { name, tests };
}

/** What running a group gave. */
export interface GroupReport {
  readonly failures: readonly Failure[];
  readonly passed: number;
  readonly skipped: number;
}

/** Runs a group on a started backend. */
export async function runGroup(backend: Backend, group: Group, skips: Skips): Promise<GroupReport> {
  const failures: Failure[] = [];
  let [passed, skipped] = [0, 0];
  for (const test of group.tests) {
    const found = await test.run(backend);
    const reason = skips.reasonFor(test.name);
    if (reason === null) {
      failures.push(...found);
      if (found.length === 0) passed++;
    } else if (found.length > 0) skipped++;
    else
      failures.push({
        test: test.name,
        check: "skip",
        message: `It is skipped (${reason}) but passes: remove the skip.`,
      });
  }
  return { failures, passed, skipped };
}

/** Runs the whole suite on a backend that `makeBackend` makes, and disposes of it. */
export async function runSuite(makeBackend: () => Backend, options: SuiteOptions = {}): Promise<GroupReport> {
  const skips = new Skips(options.skip);
  const backend = makeBackend();
  await backend.init();
  backend.attachToTfjs?.();
  const reports: GroupReport[] = [];
  for (const group of groupsOf(options)) reports.push(await runGroup(backend, group, skips));
  backend.dispose();
  const failures = reports.flatMap((report) => report.failures);
  for (const message of skips.unmatched()) failures.push({ test: "skips", check: "skip", message });
  const total = (key: "passed" | "skipped"): number => reports.reduce((sum, report) => sum + report[key], 0);
  return { failures, passed: total("passed"), skipped: total("skipped") };
}

/** Failures as the text of an error: the first ones in full, the number of the others by check. */
export function format(failures: readonly Failure[], most = 12): string {
  const shown = failures.slice(0, most).map(({ test, check, message }) => `${test}\n  ${check}: ${message}`);
  const rest = failures.slice(most);
  if (rest.length === 0) return shown.join("\n");
  const counts = new Map<string, number>();
  for (const { check } of rest) counts.set(check, (counts.get(check) ?? 0) + 1);
  const others = [...counts].map(([check, count]) => `${count} × ${check}`).join(", ");
  return `${failures.length} failures.\n${shown.join("\n")}\nand ${rest.length} more: ${others}.`;
}
