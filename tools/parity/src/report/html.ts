/** `--html`: the report as one file that needs nothing else, for eyes; the numbers are those of the JSON. */
import { ULP_BINS } from "../replay/compare.ts";
import { type CaseResult, MODES, toNumber } from "../replay/result.ts";
import { ratioOf, short, shortUlp } from "./format.ts";
import { failingCards } from "./html-cards.ts";
import { type PageCase, type PageData, pageScript } from "./html-script.ts";
import { STYLE } from "./html-style.ts";
import { element, escapeText, type Markup, markup, raw } from "./markup.ts";
import {
  compareText,
  type Line,
  linesOf,
  type Report,
  type Row,
  rowsOf,
  STATUSES,
  type SuiteSummary,
  sumTotals,
  type Totals,
} from "./report.ts";

/** Rows that are found without a search. */
const FEW_ROWS = 60;

export function toHtml(report: Report): string {
  const rows = rowsOf(report.cases);
  const lines = linesOf(report.cases);
  const bad = report.totals.total - report.totals.agree;
  const keras = [
    ...new Set(report.suites.map(({ generator }) => `Keras ${generator.keras} on ${generator.backend}`)),
  ].join(", ");
  const body = markup`<header>
<p class="eyebrow">keras-ts ${report.version} beside ${keras}</p>
<h1>${verdict(report)}</h1>
<p class="lead">${number(new Set(report.cases.map((c) => `${c.suite}/${c.id}`)).size)} recorded cases of ${report.suites.length} suites, each replayed in every mode it has on every backend that started: ${number(report.totals.total)} replays.</p>
${bad > 0 ? markup`<ul class="chips">${STATUSES.filter((status) => report.totals[status] > 0).map((status) => markup`<li class="chip ${status}-bg">${number(report.totals[status])} ${status}</li>`)}</ul>` : ""}
<ul class="backends">${report.backends.map((backend) => markup`<li><b>${backend.name}</b> <span class="badge ${backend.status === "available" ? "agree" : "refused"}-bg">${backend.status}</span><p>${backend.reason ?? backend.detail}</p></li>`)}</ul>
<nav><a href="#agreement">Agreement</a>${bad > 0 ? markup`<a href="#wrong">What does not agree</a>` : ""}<a href="#close">How close</a><a href="#cases">Every replay</a></nav>
</header>
<main>
<h2 id="agreement">Agreement</h2><p>Replays that agree, of those there are${bad > 0 ? "; the layers where some do not stand at the top" : ""}. A cell lists its cases below.</p>
${rows.length > FEW_ROWS ? markup`<div class="filters" id="search" hidden><input id="layers" type="search" placeholder="layers whose name has …" aria-label="layers whose name has"></div>` : ""}
${matrix(rows)}
${bad > 0 ? failingCards(report.cases) : ""}
<h2 id="close">How close</h2><p>Largest errors against Keras’s float32 results, and elements by error in ulp, from equal to beyond 10⁶. Then our largest error against Keras’s float64 results, in proportion to their largest number, beside Keras’s own float32 error: up to four times that agrees, and so does one rounding of the largest term of the sum, however lucky Keras was.</p>
${closeness(lines)}
<h2 id="cases">Every replay</h2><p id="count" aria-live="polite"></p>
${list(report)}
</main>
<footer><div>${sources(report)}keras-parity ${report.version}</div></footer>
<script type="application/json" id="data">${raw(JSON.stringify(pageData(report)).replaceAll("<", "\\u003c"))}</script>
<script>(${raw(String(pageScript))})()</script>`;
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeText(`Parity: ${bad === 0 ? "all agree" : `${bad} do not agree`}`)}</title><style>${STYLE}</style></head>\n<body>${body.html}</body></html>\n`;
}

/** The suites, by the command that wrote them. */
function sources({ suites }: Report): Markup[] {
  const commandOf = ({ generator }: SuiteSummary) => String(generator["command"] ?? "?");
  return [...new Set(suites.map(commandOf))].map((command) => {
    const own = suites.filter((suite) => commandOf(suite) === command);
    return markup`Written by <code>${command}</code>: ${own.map(({ name, cases }, at) => markup`${at > 0 ? ", " : ""}<span class="id">${name}</span> ${number(cases)}`)} cases. `;
  });
}

/** Backends that the headline names; more are only counted, as they are listed below it. */
const MOST_NAMED = 2;

function verdict({ totals, backends }: Report): Markup {
  const bad = totals.total - totals.agree;
  if (totals.total === 0) return markup`<span class="verdict-bad">Nothing was replayed</span>`;
  if (bad > 0)
    return markup`<span class="verdict-bad">${number(bad)} of ${number(totals.total)} replays do not agree</span>`;
  const names = backends.filter(({ status }) => status === "available").map(({ name }) => name);
  const where = names.length > MOST_NAMED ? `${names.length} backends` : names.join(" and ");
  return markup`<span class="verdict-agree">All ${number(totals.total)} replays agree</span>${where ? ` on ${where}` : ""}`;
}

function matrix(rows: readonly Row[]): Markup {
  const backends = [...new Set(rows.map(({ backend }) => backend))].sort(compareText);
  const columns = backends.flatMap((backend) =>
    MODES.filter((mode) => rows.some((row) => row.backend === backend && row.mode === mode)).map((mode) => ({
      backend,
      mode,
    })),
  );
  const groups = [...new Set(rows.map(({ group }) => group))];
  const isWrong = (group: string) => rows.some((row) => row.group === group && row.totals.agree < row.totals.total);
  const ordered = [...groups.filter(isWrong), ...groups.filter((group) => !isWrong(group))];
  const line = (group: string, own: readonly Row[]) =>
    columns.map(({ backend, mode }) => {
      const found = own.filter((row) => row.backend === backend && row.mode === mode);
      if (found.length === 0) return markup`<td class="none" aria-label="no cases">·</td>`;
      return markup`<td>${matrixCell([group, backend, mode], sumTotals(found.map(({ totals }) => totals)))}</td>`;
    });
  return markup`<div class="frame"><table class="matrix"><caption>Replays that agree, by layer, backend and mode</caption>
<thead><tr><th rowspan="2" scope="col">layer</th>${backends.map((backend) => markup`<th scope="colgroup" colspan="${columns.filter((column) => column.backend === backend).length}">${backend === "-" ? "no backend" : backend}</th>`)}</tr>
<tr>${columns.map(({ backend, mode }) => markup`<th scope="col">${backend === "-" ? "shapes, refusals" : mode}</th>`)}</tr></thead>
<tbody>${groups.length > 1 ? markup`<tr class="all"><th scope="row">all</th>${line("", rows)}</tr>` : ""}${ordered.map(
    (group) =>
      markup`<tr data-layer="${group.toLowerCase()}"><th scope="row">${breakable(group)}</th>${line(
        group,
        rows.filter((row) => row.group === group),
      )}</tr>`,
  )}</tbody></table></div>`;
}

/** A class name that may be broken before its humps: where it is cut off, `AveragePooling1D` and `2D` read alike. */
function breakable(name: string): Markup {
  return raw(
    name
      .split(/(?<=[a-z]|\dD)(?=[A-Z])/)
      .map(escapeText)
      .join("<wbr>"),
  );
}

function matrixCell([group, backend, mode]: readonly [string, string, string], totals: Totals): Markup {
  const worst = [...STATUSES].reverse().find((status) => totals[status] > 0) ?? "agree";
  const text =
    totals.agree === totals.total
      ? markup`✓ ${number(totals.total)}`
      : markup`${number(totals.agree)} / ${number(totals.total)}`;
  const notes = STATUSES.filter((status) => status !== "agree" && totals[status] > 0).map(
    (status) => `${number(totals[status])} ${status}`,
  );
  return markup`<a href="#cases" class="cell ${worst}-bg" data-show="${group}|${backend}|${mode}|">${text}${notes.map((note) => markup`<small>${note}</small>`)}</a>`;
}

function closeness(lines: readonly Line[]): Markup {
  const measured = lines.filter(({ maxAbs }) => !Number.isNaN(maxAbs));
  const groups = [...new Set(measured.map(({ group }) => group))].map((group) =>
    measured.filter((row) => row.group === group),
  );
  return markup`<div class="frame"><table><caption>Errors by layer and backend, over all modes</caption>
<thead><tr><th scope="col">layer</th><th scope="col">backend</th><th scope="col" class="num">max abs</th><th scope="col" class="num">max ulp</th>
<th scope="col">error in ulp${binLabels()}</th><th scope="col"><span class="key" style="background:var(--accent)"></span>ours<span class="key" style="background:var(--keras)"></span>Keras’s own</th><th scope="col" class="num">against float64</th><th scope="col" class="num">ratio</th></tr></thead>
${groups.map(
  (own) =>
    markup`<tbody data-layer="${own[0]?.group.toLowerCase() ?? ""}">${own.map(
      (
        row,
        at,
      ) => markup`<tr>${at === 0 ? markup`<th scope="rowgroup" rowspan="${own.length}">${breakable(row.group)}</th>` : ""}<td>${row.backend}</td><td class="num">${short(row.maxAbs)}</td><td class="num">${shortUlp(row.maxUlp)}</td>
<td>${histogram(row.histogram)}</td><td>${twins(row)}</td><td class="num">${row.error64 === undefined ? "–" : `${short(row.error64)} / ${short(row.kerasError64)}`}</td><td class="num">${ratioOf(row.error64, row.kerasError64)}</td></tr>`,
    )}</tbody>`,
)}</table></div>`;
}

function twins({ error64, kerasError64 }: Line): Markup | string {
  if (error64 === undefined || kerasError64 === undefined || error64 + kerasError64 === 0) return "";
  const largest = Math.max(error64, kerasError64) || 1;
  const width = (value: number) =>
    Number.isFinite(largest) ? Math.round((value / largest) * 100) : Number.isFinite(value) ? 2 : 100;
  return markup`<span class="twin" aria-hidden="true"><i class="ours" style="width:${width(error64)}%"></i><i class="theirs" style="width:${width(kerasError64)}%"></i></span>`;
}

const BIN_NAMES = [
  "equal",
  "up to 1 ulp",
  ...ULP_BINS.slice(2).map((bound) => `up to ${bound.toLocaleString("en")} ulp`),
  "more",
];
const BIN_LABELS = ["0", "1", "10", "10²", "10³", "10⁴", "10⁵", "10⁶", ">"];

/** Bars on a log scale of counts, so that one element in a million is seen. */
function histogram(counts: readonly number[]): Markup {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return markup`<span class="none">–</span>`;
  const summary = counts.flatMap((n, bin) => (n > 0 ? [`${BIN_NAMES[bin]}: ${number(n)}`] : [])).join("; ");
  const height = (n: number) => (n === 0 ? 0 : 3 + (Math.log(n + 1) / Math.log(total + 1)) * 21);
  return markup`<svg class="hist" width="171" height="24" viewBox="0 0 171 24" role="img" aria-label="${summary}"><title>${summary}</title>${counts.map(
    (n, bin) =>
      markup`<rect class="${bin === 0 ? "zero" : ""}" x="${bin * 19 + 1}" y="${(24 - height(n)).toFixed(1)}" width="16" height="${height(n).toFixed(1)}" rx="1.5"></rect>`,
  )}</svg>`;
}

/** The bins' names, once, above all histograms. */
function binLabels(): Markup {
  return markup`<svg class="hist" width="171" height="10" viewBox="0 0 171 10" aria-hidden="true">${BIN_LABELS.map((label, bin) => markup`<text x="${bin * 19 + 9}" y="8" text-anchor="middle">${label}</text>`)}</svg>`;
}

function list(report: Report): Markup {
  const { groups, backends, modes } = pageData(report);
  const choice = (id: string, label: string, words: readonly string[]) =>
    markup`<select id="${id}" aria-label="${label}"><option value="">${label}</option>${words.map((word) => element("option", word))}</select>`;
  return markup`<div class="filters"><input id="text" type="search" placeholder="words in name or message" aria-label="words in name or message">
${choice("status", "any status", STATUSES)}${choice("group", "any layer", groups)}${choice("backend", "any backend", backends)}${choice("mode", "any mode", modes)}</div>
<div class="frame"><table class="list"><caption>Replays, worst first</caption><thead><tr><th scope="col">status</th><th scope="col">case</th><th scope="col">where</th><th scope="col">of tolerance</th><th scope="col" class="num wide">max ulp</th><th scope="col" class="num wide">max abs</th></tr></thead><tbody id="list"></tbody></table></div>
<button id="more" class="more" type="button" hidden>Show more</button><noscript><p>The list needs JavaScript; the tables above do not.</p></noscript>`;
}

function pageData({ cases }: Report): PageData {
  const words = (pick: (result: CaseResult) => string) => [...new Set(cases.map(pick))].sort(compareText);
  const [suites, groups, backends] = [words((c) => c.suite), words((c) => c.group), words((c) => c.backend)];
  const place = (list: readonly string[]) => {
    const at = new Map(list.map((word, index) => [word, index]));
    return (word: string) => at.get(word) ?? 0;
  };
  const [suiteAt, groupAt, backendAt] = [place(suites), place(groups), place(backends)];
  return {
    suites,
    groups,
    backends,
    modes: MODES,
    statuses: STATUSES,
    cases: cases.map(
      (c): PageCase => [
        suiteAt(c.suite),
        c.id,
        groupAt(c.group),
        backendAt(c.backend),
        MODES.indexOf(c.mode),
        STATUSES.indexOf(c.status),
        used(c),
        c.maxUlp === null ? "" : shortUlp(toNumber(c.maxUlp)),
        c.maxAbs === null ? "" : short(toNumber(c.maxAbs)),
        (c.message ?? "").slice(0, 400),
      ],
    ),
  };
}

/** JSON has no infinity: a million times the tolerance stands for it. */
function used(result: CaseResult): number {
  if (result.ratio === undefined) return -1;
  return Number(Math.min(toNumber(result.ratio), 1e6).toPrecision(3));
}

function number(value: number): string {
  return value.toLocaleString("en");
}
