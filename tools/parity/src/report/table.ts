/** The table a terminal shows: a line a layer and backend with its modes side by side, then what went wrong, then the sum. */
import { NO_BACKEND } from "../replay/replay.ts";
import { type CaseResult, MODES, type Status } from "../replay/result.ts";
import { ratioOf, short, shortUlp } from "./format.ts";
import { type Line, linesOf, type Report, STATUSES, type Totals } from "./report.ts";

/** Cases listed one by one below the table before the rest is only counted. */
const LISTED = 20;

/** Characters of a message's line. */
const LONGEST = 400;

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

const HEAD = [
  "layer",
  "shapes",
  "backend",
  ...MODES,
  "max abs",
  "max ulp",
  "vs float64",
  "Keras's own",
  "ratio",
  "worst case",
] as const;
/** Columns of words, which stand left. */
const WORDS: readonly string[] = ["layer", "backend", "worst case"] satisfies (typeof HEAD)[number][];

export function toTable(report: Report, { colour }: Ink = { colour: false }): string {
  const paint: Paint = (text, name) => (colour ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text);
  const lines = [...drawTable(report.cases, paint), ...listWrong(report.cases, paint), ""];
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

interface Cell {
  readonly text: string;
  readonly ink?: Status;
}

function drawTable(cases: readonly CaseResult[], paint: Paint): string[] {
  const rows = cellsOf(linesOf(cases));
  const widths = HEAD.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.text.length ?? 0), title.length),
  );
  const draw = (row: readonly Cell[]) =>
    row
      .map(({ text, ink }, column) => {
        const width = widths[column] ?? 0;
        const padded = WORDS.includes(HEAD[column] ?? "") ? text.padEnd(width) : text.padStart(width);
        return ink ? paint(padded, ink) : padded;
      })
      .join("  ")
      .trimEnd();
  return [paint(draw(HEAD.map((text) => ({ text }))), "bold"), ...rows.map(draw)];
}

/** A line a layer and backend; what needs no backend stands in the first line of its layer. */
function cellsOf(lines: readonly Line[]): Cell[][] {
  return [...new Set(lines.map(({ group }) => group))].flatMap((group) => {
    const own = lines.filter((line) => line.group === group);
    const shapes = own.find(({ backend }) => backend === NO_BACKEND);
    const rest = own.filter((line) => line !== shapes);
    return (rest.length > 0 ? rest : [undefined]).map((line, at) => [
      { text: at === 0 ? group : "" },
      at === 0 ? countCell(shapes?.totals) : { text: "" },
      { text: line?.backend ?? "" },
      ...MODES.map((mode) => countCell(line?.modes[mode])),
      { text: short(line?.maxAbs) },
      { text: shortUlp(line?.maxUlp) },
      { text: short(line?.error64) },
      { text: short(line?.kerasError64) },
      { text: ratioOf(line?.error64, line?.kerasError64) },
      { text: worstOf(line ?? shapes) },
    ]);
  });
}

/** `12`: all of them agree; `9/12`: so many do. */
function countCell(totals: Totals | undefined): Cell {
  if (!totals) return { text: "·" };
  const worst = [...STATUSES].reverse().find((status) => totals[status] > 0) ?? "agree";
  const { agree, total } = totals;
  return { text: agree === total ? String(total) : `${agree}/${total}`, ink: worst };
}

function worstOf(line: Line | undefined): string {
  const { worst } = line ?? {};
  return worst && (worst.status !== "agree" || worst.maxAbs !== null) ? worst.id : "";
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
    for (const text of (first.message ?? "").split("\n").slice(0, 3)) lines.push(`        ${clipped(text)}`);
  }
  if (ordered.length > LISTED) lines.push(`… and ${ordered.length - LISTED} more: --json or --html has all`);
  return lines.length > 0 ? ["", ...lines] : [];
}

/** Long messages hold a whole configuration; what is wrong stands at their ends. */
function clipped(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST / 2)} … ${text.slice(-LONGEST / 2)}`;
}

export function nameOf({ suite, id }: Pick<CaseResult, "suite" | "id">): string {
  return `${suite}: ${id}`;
}
