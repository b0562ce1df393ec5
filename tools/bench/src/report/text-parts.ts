/** What the report says beside times a row: limits, sweeps, start, memory, bytes. */
import type { Failure, Result, SweepRow } from "./result.ts";
import { formatBytes, formatMs, table } from "./text-table.ts";

export function formatParts(result: Result): string[] {
  return [
    ...formatRooflines(result),
    ...sweepsOf(result.sweeps).map(formatSweep),
    ...formatStarts(result),
    ...formatMemory(result),
    ...formatShipped(result),
  ];
}

function formatRooflines({ limits, rooflines }: Result): string[] {
  if (!limits || rooflines.length === 0) return [];
  const relaxed = limits.relaxedGflops === null ? "" : `, with relaxed SIMD ${limits.relaxedGflops.toFixed(1)}`;
  const bandwidths = limits.bandwidths
    .map(({ workingSetBytes, gigabytes }) => `${formatBytes(workingSetBytes)}: ${gigabytes.toFixed(1)}`)
    .join(", ");
  const rows = rooflines.map(({ workload, contestant, limitMs, bound, attained }) => [
    workload,
    contestant,
    formatMs(limitMs),
    bound,
    `${(100 * attained).toFixed(0)} %`,
  ]);
  return [
    `How near keras-ts is to the machine's limit\nWASM: ${limits.gflops.toFixed(1)} GFLOP/s${relaxed}; GB/s by working set: ${bandwidths}\n${table(["workload", "contestant", "limit ms", "bound by", "attained"], rows)}`,
  ];
}

/** The rows of each sweep, in order. */
export function sweepsOf(rows: readonly SweepRow[]): SweepRow[][] {
  return [...new Set(rows.map(({ sweep }) => sweep))].map((name) => rows.filter(({ sweep }) => sweep === name));
}

function formatSweep(rows: readonly SweepRow[]): string {
  const [first] = rows;
  const contestants = [...new Set(rows.map(({ contestant }) => contestant))];
  const xs = [...new Set(rows.map(({ x }) => x))];
  const cell = (x: number, name: string): string => {
    const row = rows.find((candidate) => candidate.x === x && candidate.contestant === name);
    return row ? `${formatMs(row.medianMs)}${row.agrees ? "" : " ✗"}` : "–";
  };
  const body = xs.map((x) => [String(x), ...contestants.map((name) => cell(x, name))]);
  return `${first?.sweep}, growing ${first?.axis}: median milliseconds\n${table([first?.axis ?? "", ...contestants], body)}`;
}

function formatStarts({ coldStarts }: Result): string[] {
  if (coldStarts.length === 0) return [];
  const rows = coldStarts.map(({ contestant, medianMs, minMs, maxMs, runs }) => [
    contestant,
    ...[medianMs, minMs, maxMs].map(formatMs),
    String(runs),
  ]);
  const head = ["contestant", "median ms", "min", "max", "processes"];
  return [`From import to first result, ${coldStarts[0]?.workload}, fresh processes\n${table(head, rows)}`];
}

function formatMemory({ peakMemory }: Result): string[] {
  const workloads = [...new Set(peakMemory.map(({ workload }) => workload))];
  return workloads.map((name) => {
    const rows = peakMemory
      .filter(({ workload }) => workload === name)
      .map(({ contestant, peakBytes, aboveBytes }) => [contestant, formatBytes(peakBytes), formatBytes(aboveBytes)]);
    return `Peak memory of a fresh process, ${name}\n${table(["contestant", "whole", "above the process without it"], rows)}`;
  });
}

function formatShipped({ bytes }: Result): string[] {
  if (bytes.length === 0) return [];
  const rows = bytes.map(({ contestant, jsBytes, wasmBytes, note }) => [
    contestant,
    ...[jsBytes, wasmBytes, jsBytes + wasmBytes].map(formatBytes),
    note ?? "",
  ]);
  return [
    `Bytes shipped to a page, minified and gzipped\n${table(["contestant", "program", ".wasm", "together", "what it is"], rows)}`,
  ];
}

/** Those of one contestant for one reason together. */
export function groupFailures(
  all: readonly Failure[],
): { readonly contestant: string; readonly reason: string; readonly workloads: readonly string[] }[] {
  const same = (a: Failure, b: Failure): boolean => a.contestant === b.contestant && a.reason === b.reason;
  return all
    .filter((failure, i) => all.findIndex((other) => same(other, failure)) === i)
    .map(({ contestant, reason }) => {
      const own = all.filter((failure) => failure.contestant === contestant && failure.reason === reason);
      return { contestant, reason, workloads: own.map(({ workload }) => workload) };
    });
}
