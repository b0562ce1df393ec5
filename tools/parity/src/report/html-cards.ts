/** The page's cards of cases that do not agree: what was replayed, what came out, and where in the array the error lies. */
import type { Picture } from "../replay/picture.ts";
import { type CaseResult, type JsonNumber, toNumber } from "../replay/result.ts";
import { short } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { compareText, STATUSES } from "./report.ts";

/** Cards before the rest is left to the list: a page that opens beats one that has all. */
const MAX_CARDS = 150;
/** Cards that are open at first. */
const OPEN_CARDS = 3;

export function failingCards(cases: readonly CaseResult[]): Markup {
  const byCase = new Map<string, CaseResult[]>();
  for (const result of cases) {
    if (result.status === "agree") continue;
    const key = `${result.suite}/${result.id}`;
    byCase.set(key, [...(byCase.get(key) ?? []), result]);
  }
  const worst = (results: readonly CaseResult[]) =>
    Math.max(...results.map(({ status }) => (status === "differ" ? 9 : STATUSES.indexOf(status))));
  const ordered = [...byCase].sort(([a, x], [b, y]) => worst(y) - worst(x) || compareText(a, b));
  const rest = ordered.length - MAX_CARDS;
  const pictures = ordered.slice(0, MAX_CARDS).some(([, results]) => results.some(({ picture }) => picture));
  return markup`<h2 id="wrong">What does not agree</h2><p>${ordered.length === 1 ? "One case" : `${ordered.length} cases`}${rest > 0 ? `, of which the first ${MAX_CARDS} are shown; the list below has all` : ""}.</p>
${pictures ? markup`<div class="scale"><span>error over tolerance: 10⁻³</span><canvas class="scale-bar" width="180" height="12" role="img" aria-label="blue up to 1, then yellow to red"></canvas><span>10³ · from the middle on it differs</span></div>` : ""}
${ordered.slice(0, MAX_CARDS).map(([, results], at) => card(results, at < OPEN_CARDS))}`;
}

function card(results: readonly CaseResult[], open: boolean): Markup {
  const [first] = results;
  if (!first) return markup``;
  const statuses = STATUSES.filter((status) => results.some((result) => result.status === status));
  const places = results.map(({ backend, mode }) => (backend === "-" ? "no backend" : `${backend} ${mode}`));
  return markup`<details class="card"${open ? markup` open` : ""}><summary>${statuses.map((status) => markup`<span class="badge ${status}-bg">${status}</span>`)}<span class="id">${first.id}</span><span class="where">${first.suite} · ${places.join(", ")}</span></summary>
<div class="inside">${alike(results).map(finding)}${first.subject === undefined ? "" : markup`<details class="inner"><summary>What was replayed</summary><pre>${JSON.stringify(first.subject, null, 2)}</pre></details>`}</div></details>`;
}

/** Backends and modes that are off at the same place by about the same share an entry, which shows the worst of them. */
function alike(results: readonly CaseResult[]): CaseResult[][] {
  const entries = new Map<string, CaseResult[]>();
  for (const result of results) {
    const { status, worstArray, worstIndex, expected, message, ratio } = result;
    const scale = ratio === undefined ? message : Math.round(Math.log10(Math.min(toNumber(ratio), 1e9) + 1e-9) * 2);
    const key = JSON.stringify([status, worstArray, worstIndex, expected, scale]);
    entries.set(key, [...(entries.get(key) ?? []), result]);
  }
  return [...entries.values()].map((list) => [...list].sort((a, b) => toNumber(b.ratio ?? 0) - toNumber(a.ratio ?? 0)));
}

function finding(results: readonly CaseResult[]): Markup {
  const [result] = results;
  if (!result) return markup``;
  const { status, message, picture } = result;
  const backends = [...new Set(results.map(({ backend }) => backend))]
    .filter((backend) => backend !== "-")
    .sort(compareText);
  const places = backends.map(
    (backend) =>
      `${backend} ${results
        .filter((one) => one.backend === backend)
        .map(({ mode }) => mode)
        .sort(compareText)
        .join(", ")}`,
  );
  return markup`<div class="finding"><div><b class="${status}">${[...places, status].join(" · ")}</b><p>${message ?? ""}</p>${numbers(result)}</div>${picture ? figure(picture, result.worstArray ?? "") : ""}</div>`;
}

function numbers(result: CaseResult): Markup | string {
  if (result.worstIndex === null || result.worstArray === null) return "";
  const one = (term: string, value: string) => markup`<div><dt>${term}</dt><dd class="num">${value}</dd></div>`;
  return markup`<dl>${one("array", result.worstArray)}${one("worst at", `[${result.worstIndex.join(", ")}]`)}${one("Keras", exact(result.expected))}${one("keras-ts", exact(result.actual))}${one("allowed", short(toNumber(result.tolerance)))}${one("max abs", short(toNumber(result.maxAbs)))}${
    result.error64 === undefined
      ? ""
      : one("against float64", `${short(toNumber(result.error64))}, Keras ${short(toNumber(result.kerasError64))}`)
  }</dl>`;
}

function figure(picture: Picture, what: string): Markup {
  const label = `${what}, ${picture.title}: ${[picture.rowLabel && `${picture.rowLabel} downwards`, picture.columnLabel && `${picture.columnLabel} to the right`].filter(Boolean).join(", ")}`;
  return markup`<figure><canvas data-rows="${picture.rows}" data-columns="${picture.columns}" data-cells="${JSON.stringify(picture.cells)}" role="img" aria-label="where the error lies: ${label}"></canvas><figcaption>${label}</figcaption></figure>`;
}

/** Nine digits tell float32 neighbours apart. */
function exact(value: JsonNumber | null): string {
  return typeof value === "number" ? String(Number(value.toPrecision(9))) : (value ?? "–");
}
