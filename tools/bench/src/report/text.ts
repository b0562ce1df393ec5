/** The result as tables for a terminal, which are Markdown too. */
import type { Runtime } from "../contestants/contestant.ts";
import { isApply, isOurs, isPlan, isRival, isThreaded } from "../contestants/names.ts";
import type { Result, Row } from "./result.ts";
import { formatParts, groupFailures } from "./text-parts.ts";
import { formatMs, table } from "./text-table.ts";

const TITLES: Readonly<Record<Runtime, string>> = {
  node: "Node: median milliseconds a call",
  browser: "Browser: median milliseconds a call, values stay on the GPU",
};
const RIVALS: Readonly<Record<Runtime, string>> = { node: "WASM peer", browser: "WebGL peer" };

export function formatReport(result: Result): string {
  const look = result.quick ? " (a look, not a measurement)" : "";
  const sections = [`${result.machine}\nNode ${result.node}, ${result.date}${look}`];
  for (const runtime of ["node", "browser"] as const) {
    const rows = result.rows.filter((row) => row.runtime === runtime);
    if (rows.length > 0) sections.push(formatRuntime(runtime, rows));
  }
  sections.push(...formatParts(result));
  const failures = groupFailures(result.failures).map(
    ({ contestant, workloads, reason }) => `Not run: ${contestant}: ${reason} (${workloads.join("; ")})`,
  );
  if (failures.length > 0) sections.push(failures.join("\n"));
  return `${sections.join("\n\n")}\n`;
}

function formatRuntime(runtime: Runtime, rows: readonly Row[]): string {
  const contestants = [...new Set(rows.map(({ contestant }) => contestant))];
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  const find = (workload: string, contestant: string): Row | undefined =>
    rows.find((row) => row.workload === workload && row.contestant === contestant);
  const cells = (format: (row: Row) => string) => (workload: string) =>
    contestants.map((contestant) => {
      const row = find(workload, contestant);
      return row ? format(row) : "–";
    });
  const medians = cells(({ medianMs, agrees }) => (agrees ? formatMs(medianMs) : `${formatMs(medianMs)} ✗`));
  const spreads = cells(({ p5Ms, p95Ms }) => `${formatMs(p5Ms)}–${formatMs(p95Ms)}`);
  const errors = cells(({ maxError }) => maxError.toExponential(1));
  const plans = contestants.filter(isPlan);
  const [plan] = plans;
  const apply = contestants.find(isApply);
  const threaded = contestants.find(isThreaded);
  const ranked = contestants.some((name) => !isOurs(name)) ? plans : [];
  const ratioTitles = [
    ...ranked.map((name) => `${name} / best ${RIVALS[runtime]}`),
    ...(plan !== undefined && apply !== undefined ? [`${apply} / ${plan}`] : []),
    ...(plan !== undefined && threaded !== undefined ? [`${plan} / ${threaded}`] : []),
  ];
  const ratios = (workload: string): string[] => {
    const ours = rows.filter((row) => row.workload === workload);
    return [
      ...ranked.map((name) => formatRatio(ratioToRivals(ours, name))),
      ...(plan !== undefined && apply !== undefined ? [formatRatio(applyToPlan(ours))] : []),
      ...(plan !== undefined && threaded !== undefined ? [formatRatio(gainOfThreads(ours))] : []),
    ];
  };
  const lines = [
    TITLES[runtime],
    table(
      ["workload", ...contestants, ...ratioTitles],
      workloads.map((w) => [w, ...medians(w), ...ratios(w)]),
    ),
    "",
    "Spread: 5th–95th percentile of the samples",
    table(
      ["workload", ...contestants],
      workloads.map((w) => [w, ...spreads(w)]),
    ),
    "",
    "Largest difference from the reference",
    table(
      ["workload", ...contestants],
      workloads.map((w) => [w, ...errors(w)]),
    ),
  ];
  if (rows.some(({ agrees }) => !agrees)) lines.push("", "✗ computed something else: not ranked.");
  return lines.join("\n");
}

/** Our plan's median over that of the fastest rival that agrees; NaN where there is none. Of the rows of one workload and runtime, and the first plan unless named. */
export function ratioToRivals(rows: readonly Row[], plan?: string): number {
  const rivals = rows.filter(({ contestant, agrees }) => agrees && isRival(contestant)).map(({ medianMs }) => medianMs);
  const ours = rows.find(
    ({ contestant, agrees }) => agrees && (plan === undefined ? isPlan(contestant) : contestant === plan),
  );
  return rivals.length === 0 || !ours ? Number.NaN : ours.medianMs / Math.min(...rivals);
}

/** The median of `layer.apply` over that of the plan. Of the rows of one workload and runtime. */
export function applyToPlan(rows: readonly Row[]): number {
  const plan = rows.find(({ contestant, agrees }) => agrees && isPlan(contestant));
  const apply = rows.find(({ contestant, agrees }) => agrees && isApply(contestant));
  return plan && apply ? apply.medianMs / plan.medianMs : Number.NaN;
}

/** The median of the plan on one thread over that on several. Of the rows of one workload and runtime. */
export function gainOfThreads(rows: readonly Row[]): number {
  const plan = rows.find(({ contestant, agrees }) => agrees && isPlan(contestant));
  const threaded = rows.find(({ contestant, agrees }) => agrees && isThreaded(contestant));
  return plan && threaded ? plan.medianMs / threaded.medianMs : Number.NaN;
}

function formatRatio(ratio: number): string {
  return Number.isNaN(ratio) ? "–" : ratio.toFixed(2);
}
