/** The report as data: what `--json` writes, and what the table and the page are drawn from. */
import { addHistograms, type CaseResult, MODES, type Mode, type Status, toNumber } from "../replay/result.ts";
import type { Generator } from "../suite/manifest.ts";

export const STATUSES = ["agree", "differ", "refused", "failed"] as const satisfies readonly Status[];

export interface SuiteSummary {
  readonly name: string;
  readonly cases: number;
  readonly generator: Generator;
}

export interface BackendSummary {
  readonly name: string;
  readonly status: "available" | "unavailable";
  readonly reason?: string;
  readonly detail: string;
}

export type Totals = Readonly<Record<Status | "total", number>>;

export interface Report {
  readonly version: string;
  readonly modes: readonly Mode[];
  readonly suites: readonly SuiteSummary[];
  readonly backends: readonly BackendSummary[];
  readonly cases: readonly CaseResult[];
  readonly totals: Totals;
}

export function totalsOf(cases: readonly CaseResult[]): Totals {
  const count = (status: Status) => cases.filter((result) => result.status === status).length;
  return {
    total: cases.length,
    agree: count("agree"),
    differ: count("differ"),
    refused: count("refused"),
    failed: count("failed"),
  };
}

export function sumTotals(totals: readonly Totals[]): Totals {
  const count = (status: keyof Totals) => totals.reduce((sum, one) => sum + one[status], 0);
  return {
    total: count("total"),
    agree: count("agree"),
    differ: count("differ"),
    refused: count("refused"),
    failed: count("failed"),
  };
}

/** 0 when all agree; 1 when something differs, was refused or failed, or a backend asked for by name is missing. */
export function exitStatus(report: Report, askedFor: readonly string[]): 0 | 1 {
  const missing = report.backends.some(({ name, status }) => status === "unavailable" && askedFor.includes(name));
  const nothingRan = report.backends.every(({ status }) => status === "unavailable");
  return missing || nothingRan || report.totals.agree < report.totals.total ? 1 : 0;
}

/** What is for eyes stays out of the JSON. */
export function toJson(report: Report): string {
  const cases = report.cases.map(
    ({ histogram: _histogram, picture: _picture, subject: _subject, ...result }) => result,
  );
  return `${JSON.stringify({ ...report, cases }, null, 1)}\n`;
}

/** What a group of cases came to. */
export interface Sum {
  readonly totals: Totals;
  readonly maxAbs: number;
  readonly maxRel: number;
  readonly maxUlp: number;
  /** Largest errors against float64, each in proportion to the largest magnitude of its array. */
  readonly error64?: number;
  readonly kerasError64?: number;
  /** The case closest to, or farthest beyond, its tolerance. */
  readonly worst?: CaseResult;
  readonly histogram: readonly number[];
}

/** A group of cases on one backend in one mode. */
export interface Row extends Sum {
  readonly group: string;
  readonly backend: string;
  readonly mode: Mode;
}

/** A group of cases on one backend: its modes side by side, errors over all of them. */
export interface Line extends Sum {
  readonly group: string;
  readonly backend: string;
  readonly modes: Readonly<Partial<Record<Mode, Totals>>>;
}

export function rowsOf(cases: readonly CaseResult[]): Row[] {
  return groupsOf(cases, ({ group, backend, mode }) => [group, backend, mode])
    .map(({ first: { group, backend, mode }, results }) => ({ group, backend, mode, ...sumOf(results) }))
    .sort((a, b) => inOrder(a, b) || MODES.indexOf(a.mode) - MODES.indexOf(b.mode));
}

export function linesOf(cases: readonly CaseResult[]): Line[] {
  return groupsOf(cases, ({ group, backend }) => [group, backend])
    .map(({ first: { group, backend }, results }) => ({
      group,
      backend,
      modes: Object.fromEntries(
        groupsOf(results, ({ mode }) => [mode]).map((own) => [own.first.mode, totalsOf(own.results)]),
      ),
      ...sumOf(results),
    }))
    .sort(inOrder);
}

function inOrder(a: Pick<Row, "group" | "backend">, b: Pick<Row, "group" | "backend">): number {
  return compareText(a.group, b.group) || compareText(a.backend, b.backend);
}

function groupsOf(
  cases: readonly CaseResult[],
  keyOf: (result: CaseResult) => readonly string[],
): { first: CaseResult; results: CaseResult[] }[] {
  const groups = new Map<string, { first: CaseResult; results: CaseResult[] }>();
  for (const result of cases) {
    const key = JSON.stringify(keyOf(result));
    const group = groups.get(key);
    if (group) group.results.push(result);
    else groups.set(key, { first: result, results: [result] });
  }
  return [...groups.values()];
}

function sumOf(results: readonly CaseResult[]): Sum {
  const measured = results.filter(({ maxAbs }) => maxAbs !== null);
  const max = (pick: (result: CaseResult) => number) =>
    measured.reduce((found, result) => Math.max(found, pick(result)), 0);
  const wide = results.filter(({ error64 }) => error64 !== undefined);
  const proportion = (error: CaseResult["error64"], { largest64 }: CaseResult) =>
    toNumber(error) === 0 ? 0 : toNumber(error) / Math.max(toNumber(largest64), 2 ** -126);
  const largest = wide.reduce((found, result) => Math.max(found, proportion(result.error64, result)), 0);
  const kerasLargest = wide.reduce((found, result) => Math.max(found, proportion(result.kerasError64, result)), 0);
  const worst = results.reduce<CaseResult | undefined>(
    (found, result) => (found === undefined || severity(result) > severity(found) ? result : found),
    undefined,
  );
  return {
    totals: totalsOf(results),
    maxAbs: measured.length > 0 ? max((r) => toNumber(r.maxAbs)) : Number.NaN,
    maxRel: measured.length > 0 ? max((r) => toNumber(r.maxRel)) : Number.NaN,
    maxUlp: measured.length > 0 ? max((r) => toNumber(r.maxUlp)) : Number.NaN,
    ...(wide.length > 0 ? { error64: largest, kerasError64: kerasLargest } : {}),
    ...(worst ? { worst } : {}),
    histogram: addHistograms(results.flatMap(({ histogram }) => (histogram ? [histogram] : []))),
  };
}

/** Status first, then how much of the tolerance is used. */
function severity(result: CaseResult): number {
  return (
    STATUSES.indexOf(result.status) * 1e9 + (result.ratio === undefined ? 0 : Math.min(toNumber(result.ratio), 1e8))
  );
}

/** By code points: the same order everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
