/** `--html`: the result as one file that needs nothing else, for eyes; the numbers are those of the JSON. */

import { escapeText, type Markup, markup } from "@keras-ts/parity/markup";
import { isApply, isOurs, isPlan, isRival } from "../contestants/names.ts";
import { type Bar, bars, type Dots, dots, lines } from "./html-plots.ts";
import { STYLE } from "./html-style.ts";
import type { Result, Row, SweepRow } from "./result.ts";
import { ratioToRivals } from "./text.ts";
import { groupFailures, sweepsOf } from "./text-parts.ts";
import { formatBytes, formatMs } from "./text-table.ts";

export function toHtml(result: Result): string {
  const sections = [
    section(
      "Against the best WebAssembly or WebGL peer",
      "How many times faster a call of keras-ts’s plan is than one of the fastest peer that computes the same. The dashed line is equal.",
      speedups(result.rows),
    ),
    section(
      "Milliseconds a call",
      "Medians, on a logarithmic axis; the number is keras-ts’s. Rings run native code and are no peers of a page.",
      times(result.rows),
    ),
    section("Near the machine’s limit", limitsText(result), attained(result)),
    section("As sizes grow", "Milliseconds a call, both axes logarithmic.", sweeps(result.sweeps)),
    section(
      "Cold start",
      "From the import of the library to the first result of the smallest layer, each in fresh processes.",
      starts(result),
    ),
    section("Bytes", "What a page loads, minified and gzipped: program and WebAssembly.", shipped(result)),
    section("Memory", "Most that a fresh process held, above the same process without the library.", memory(result)),
    section(
      "All figures",
      "Medians in milliseconds, the 5th to 95th percentile below. ✗ computed something else and is not ranked.",
      allRows(result.rows),
    ),
    section("Not run", "", failures(result)),
  ].filter((made) => made !== null);
  const nav = sections.map(({ id, title }) => markup`<a href="#${id}">${title}</a> `);
  const body = markup`<header><p class="eyebrow">${result.machine} · Node ${result.node} · ${result.date}${result.quick ? " · a look, not a measurement" : ""}</p>
<h1>${verdict(result.rows)}</h1><p class="lead">All contestants took turns in one run, on the same weights and inputs, and their results were compared first. One thread unless the name says more.</p>
<nav>${nav}</nav></header>
<main>${sections.map(({ id, title, lead, content }) => markup`<section><h2 id="${id}">${title}</h2>${lead === "" ? "" : markup`<p>${lead}</p>`}${content}</section>`)}</main>
<footer>Written by <code>npm run bench</code>.</footer>`;
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeText(`keras-ts bench, ${result.date.slice(0, 10)}`)}</title><style>${STYLE}</style></head>\n<body>${body.html}</body></html>\n`;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly content: Markup;
}

function section(title: string, lead: string, content: Markup | null): Section | null {
  return content && { id: title.toLowerCase().replaceAll(/[^a-z]+/g, "-"), title, lead, content };
}

interface Speedup {
  readonly workload: string;
  readonly plan: string;
  readonly times: number;
}

/** Over the workloads that have a rival, for each build of ours. */
function speedupsOf(rows: readonly Row[]): Speedup[] {
  return rows
    .filter(({ contestant }) => isPlan(contestant))
    .map(({ workload, runtime, contestant }) => {
      const own = rows.filter((row) => row.workload === workload && row.runtime === runtime);
      return { workload, plan: contestant, times: 1 / ratioToRivals(own, contestant) };
    })
    .filter(({ times }) => Number.isFinite(times));
}

function verdict(rows: readonly Row[]): string {
  const all = speedupsOf(rows);
  const found = all.filter(({ plan }) => plan === all[0]?.plan);
  if (found.length === 0) return "keras-ts, measured";
  const ahead = found.filter(({ times }) => times > 1).length;
  const mean = Math.exp(found.reduce((sum, { times }) => sum + Math.log(times), 0) / found.length);
  return `Ahead on ${ahead} of ${found.length} rows, ${mean.toFixed(1)} times as fast in the geometric mean`;
}

function speedups(rows: readonly Row[]): Markup | null {
  const found = speedupsOf(rows);
  if (found.length === 0) return null;
  // A bar that leaves the axis says its number.
  const most = Math.min(12, Math.max(...found.map(({ times }) => times)));
  const made: Bar[] = found.map(({ workload, times, plan }) => ({
    label: plan === "keras-ts" ? workload : `${workload} (${plan.replace("keras-ts-", "")})`,
    value: times,
    text: `${times.toFixed(times >= 10 ? 0 : 1)}×`,
    kind: "ours",
    weak: times < 1,
  }));
  return markup`<div class="card">${bars(made, most, 1)}</div>`;
}

/** The class that colours a contestant. */
function kindOf(contestant: string): string {
  if (isOurs(contestant)) return "ours";
  if (contestant === "onnxruntime-node") return "native";
  if (contestant.startsWith("onnxruntime")) return "ort";
  if (contestant === "tfjs-cpu") return "cpu";
  if (contestant.startsWith("tfjs")) return "tfjs";
  if (contestant.startsWith("jax")) return "jax";
  if (contestant === "litert") return "litert";
  if (contestant.includes("python")) return "python";
  return "other";
}

function isNative(contestant: string): boolean {
  return contestant === "onnxruntime-node" || contestant.includes("python");
}

function legend(contestants: readonly string[]): Markup {
  return markup`<ul class="legend">${contestants.map((name) => markup`<li class="${kindOf(name)}"><i class="${isNative(name) ? "ring" : ""}"></i>${name}</li>`)}</ul>`;
}

/** Of our ways of calling, the plan stands for all. */
function shown({ contestant, agrees }: Row): boolean {
  return agrees && (!isOurs(contestant) || isPlan(contestant));
}

function times(rows: readonly Row[]): Markup | null {
  const kept = rows.filter(shown);
  if (kept.length === 0) return null;
  const made: Dots[] = [...new Set(kept.map(({ workload }) => workload))].map((workload) => {
    const own = kept.filter((row) => row.workload === workload);
    const plan = own.find(({ contestant }) => isPlan(contestant));
    return {
      label: workload,
      text: plan ? formatMs(plan.medianMs) : "–",
      points: own.map(({ contestant, medianMs }) => ({
        value: medianMs,
        kind: kindOf(contestant),
        hollow: isNative(contestant),
        title: `${contestant}: ${formatMs(medianMs)} ms`,
      })),
    };
  });
  const names = [...new Set(kept.map(({ contestant }) => contestant))];
  return markup`${legend(names)}<div class="card">${dots(made)}</div>`;
}

function limitsText({ limits }: Result): string {
  if (!limits) return "";
  const relaxed = limits.relaxedGflops === null ? "" : ` (${limits.relaxedGflops.toFixed(0)} with relaxed SIMD)`;
  const [inner, outer] = [limits.bandwidths[0], limits.bandwidths.at(-1)];
  return `The least time a row can take, by the larger of computing and moving for each op, over the time it took. WebAssembly’s peak in this run: ${limits.gflops.toFixed(0)} GFLOP/s${relaxed}; memory ${inner?.gigabytes.toFixed(0)} GB/s in the first cache, ${outer?.gigabytes.toFixed(0)} GB/s beyond all. Winograd’s convolutions multiply less and may pass 100 %. The dashed line is 75 %.`;
}

function attained({ rooflines }: Result): Markup | null {
  if (rooflines.length === 0) return null;
  const made = rooflines.map(({ workload, contestant, attained: part, bound }) => ({
    label: contestant.includes("relaxed") ? `${workload} (relaxed)` : workload,
    value: part,
    text: `${(100 * part).toFixed(0)} % ${bound}`,
    kind: "ours",
    weak: part < 0.75,
  }));
  const most = Math.max(1, ...rooflines.map((row) => row.attained));
  return markup`<div class="card">${bars(made, most, 0.75)}</div>`;
}

function sweeps(rows: readonly SweepRow[]): Markup | null {
  if (rows.length === 0) return null;
  const names = [...new Set(rows.map(({ contestant }) => contestant))];
  const charts = sweepsOf(rows.filter(({ agrees }) => agrees)).map((own) => {
    const title = `${own[0]?.sweep}, growing ${own[0]?.axis}`;
    const all = names.map((name) => ({
      label: name,
      kind: kindOf(name),
      dashed: isNative(name),
      points: own.filter(({ contestant }) => contestant === name).map(({ x, medianMs }) => ({ x, y: medianMs })),
    }));
    return markup`<div class="card"><h3>${title}</h3>${lines(all, title)}</div>`;
  });
  return markup`${legend(names)}<div class="charts">${charts}</div>`;
}

function starts({ coldStarts }: Result): Markup | null {
  if (coldStarts.length === 0) return null;
  const made = coldStarts.map(({ contestant, medianMs }) => ({
    label: contestant,
    value: medianMs,
    text: `${formatMs(medianMs)} ms`,
    kind: kindOf(contestant),
  }));
  return markup`<div class="card">${bars(made, Math.max(...made.map(({ value }) => value)))}</div>`;
}

function shipped({ bytes }: Result): Markup | null {
  if (bytes.length === 0) return null;
  const made = bytes.map(({ contestant, jsBytes, wasmBytes }) => ({
    label: contestant,
    value: jsBytes + wasmBytes,
    text: formatBytes(jsBytes + wasmBytes),
    kind: kindOf(contestant.split(",")[0] ?? ""),
  }));
  return markup`<div class="card">${bars(made, Math.max(...made.map(({ value }) => value)))}</div>`;
}

function memory({ peakMemory }: Result): Markup | null {
  if (peakMemory.length === 0) return null;
  const charts = [...new Set(peakMemory.map(({ workload }) => workload))].map((name) => {
    const made = peakMemory
      .filter(({ workload }) => workload === name)
      .map(({ contestant, aboveBytes }) => ({
        label: contestant,
        value: aboveBytes,
        text: formatBytes(aboveBytes),
        kind: kindOf(contestant),
      }));
    return markup`<div class="card"><h3>${name}</h3>${bars(made, Math.max(...made.map(({ value }) => value), 1))}</div>`;
  });
  return markup`<div class="charts">${charts}</div>`;
}

function allRows(rows: readonly Row[]): Markup | null {
  if (rows.length === 0) return null;
  const contestants = [...new Set(rows.map(({ contestant }) => contestant))];
  const body = [...new Set(rows.map(({ workload }) => workload))].map((workload) => {
    const own = rows.filter((row) => row.workload === workload);
    const best = Math.min(...own.filter(ranked).map(({ medianMs }) => medianMs));
    return markup`<tr><th scope="row">${workload}</th>${contestants.map((name) =>
      cell(
        own.find(({ contestant }) => contestant === name),
        best,
      ),
    )}</tr>`;
  });
  return markup`<div class="frame"><table><thead><tr><th>workload</th>${contestants.map((name) => markup`<th class="num" scope="col">${name}</th>`)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Whether it takes part in who is fastest: pages' ways to compute, tensors or arrays. */
function ranked({ contestant, agrees }: Row): boolean {
  return agrees && (isRival(contestant) || (isOurs(contestant) && !isApply(contestant)));
}

function cell(row: Row | undefined, best: number): Markup {
  if (!row) return markup`<td class="num none">–</td>`;
  const mark = row.agrees ? (row.medianMs === best ? "best" : "") : "wrong";
  return markup`<td class="num ${mark}">${formatMs(row.medianMs)}${row.agrees ? "" : " ✗"}<small>${formatMs(row.p5Ms)}–${formatMs(row.p95Ms)}</small></td>`;
}

/** A line for each contestant and reason. */
function failures({ failures: all }: Result): Markup | null {
  if (all.length === 0) return null;
  const groups = groupFailures(all);
  return markup`<ul class="failures">${groups.map(({ contestant, workloads, reason }) => markup`<li><b>${contestant}</b>: ${reason} <small>(${workloads.join("; ")})</small></li>`)}</ul>`;
}
