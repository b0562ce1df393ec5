/** The table a terminal shows: a row a layer × backend × mode, then what went wrong, then the sum. */
import type { CaseResult, Status } from "../replay/result.ts";
import { ratioOf, short, shortUlp } from "./format.ts";
import { type Report, type Row, rowsOf, STATUSES } from "./report.ts";

/** Cases listed one by one below the table before the rest is only counted. */
const LISTED = 20;

export interface Ink {
  readonly colour: boolean;
}

const CODES: Record<Status | "dim" | "bold", string> = {
  agree: "32",
  differ: "31",
  refused: "33",
  failed: "35",
  dim: "2",
  bold: "1",
};

export function toTable(report: Report, { colour }: Ink = { colour: false }): string {
  const paint: Paint = (text, name) => (colour ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text);
  const head = [
    "layer",
    "backend",
    "mode",
    "cases",
    "agree",
    "differ",
    "refused",
    "failed",
    "max abs",
    "max rel",
    "max ulp",
    "vs float64",
    "Keras's own",
    "ratio",
    "worst case",
  ];
  const rows = rowsOf(report.cases);
  const cells = rows.map(cellsOf);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const pad = (text: string, column: number) =>
    column < 3 || column === head.length - 1 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const line = (row: readonly string[], ink: (text: string, column: number) => string) =>
    row
      .map((text, column) => ink(pad(text, column), column))
      .join("  ")
      .trimEnd();
  const lines = [
    paint(
      line(head, (text) => text),
      "bold",
    ),
  ];
  rows.forEach((row, at) => {
    const counts: (Status | null)[] = [null, null, null, null, ...STATUSES];
    const own = cells[at] ?? [];
    const repeats = at > 0 && rows[at - 1]?.group === row.group;
    lines.push(
      line(repeats ? ["", ...own.slice(1)] : own, (text, column) => {
        const status = counts[column];
        if (!status) return text;
        return row.totals[status] > 0 ? paint(text, status) : paint(text, "dim");
      }),
    );
  });
  lines.push(...listWrong(report.cases, paint));
  lines.push("");
  for (const { name, status, reason, detail } of report.backends) {
    lines.push(
      `${name}: ${status === "available" ? detail || "available" : paint(`unavailable: ${reason}`, "refused")}`,
    );
  }
  const { totals } = report;
  const parts = STATUSES.filter((status) => totals[status] > 0).map((status) =>
    paint(`${totals[status]} ${status}`, status),
  );
  lines.push(
    `${totals.total} replays of ${new Set(report.cases.map(nameOf)).size} cases: ${parts.join(", ") || "none"}`,
  );
  return `${lines.join("\n")}\n`;
}

type Paint = (text: string, name: keyof typeof CODES) => string;

/** Case by case, worst status first; backends and modes that say the same share an entry. */
function listWrong(cases: readonly CaseResult[], paint: Paint): string[] {
  const entries = new Map<string, CaseResult[]>();
  for (const result of cases) {
    if (result.status === "agree") continue;
    const key = JSON.stringify([result.status, nameOf(result)]);
    entries.set(key, [...(entries.get(key) ?? []), result]);
  }
  const lines: string[] = [];
  const ordered = [...entries.values()].sort(
    (a, b) => STATUSES.indexOf(b[0]?.status ?? "agree") - STATUSES.indexOf(a[0]?.status ?? "agree"),
  );
  for (const results of ordered.slice(0, LISTED)) {
    const [first] = results;
    if (!first) continue;
    const places = results.map(({ backend, mode }) => (backend === "-" ? "" : `${backend} ${mode}`)).filter(Boolean);
    lines.push(`${paint(first.status, first.status)}  ${nameOf(first)}  ${paint(places.join(", "), "dim")}`.trimEnd());
    for (const text of (first.message ?? "").split("\n").slice(0, 3)) lines.push(`        ${text}`);
  }
  if (ordered.length > LISTED) lines.push(`… and ${ordered.length - LISTED} more: --json or --html has all`);
  return lines.length > 0 ? ["", ...lines] : [];
}

export function nameOf({ suite, id }: Pick<CaseResult, "suite" | "id">): string {
  return `${suite}: ${id}`;
}

function cellsOf(row: Row): string[] {
  const { totals } = row;
  return [
    row.group,
    row.backend,
    row.mode,
    String(totals.total),
    ...STATUSES.map((status) => String(totals[status])),
    short(row.maxAbs),
    short(row.maxRel),
    shortUlp(row.maxUlp),
    short(row.error64),
    short(row.kerasError64),
    ratioOf(row.error64, row.kerasError64),
    row.worst && (row.worst.status !== "agree" || row.worst.maxAbs !== null) ? row.worst.id : "",
  ];
}
