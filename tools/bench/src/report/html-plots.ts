/** Plots: bars and dots as positioned elements, which stay readable at any width, and lines as SVG. */
import { type Markup, markup } from "@keras-ts/parity/markup";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands at the end of the row. */
  readonly text: string;
  /** The class that colours it. */
  readonly kind: string;
  readonly weak?: boolean;
}

/** Horizontal bars from 0 to `most`; a dashed mark where `mark` is. */
export function bars(rows: readonly Bar[], most: number, mark?: number): Markup {
  const percent = (value: number): string => `${Math.min(100, (100 * value) / most).toFixed(2)}%`;
  return markup`<div class="rows">${rows.map(
    ({ label, value, text, kind, weak }) =>
      markup`<b>${label}</b><div class="track ${kind}"><i class="bar${weak ? " weak" : ""}" style="width:${percent(value)}"></i>${
        mark === undefined ? "" : markup`<i class="mark" style="left:${percent(mark)}"></i>`
      }</div><span class="num">${text}</span>`,
  )}</div>`;
}

export interface Dots {
  readonly label: string;
  readonly text: string;
  readonly points: readonly {
    readonly value: number;
    readonly kind: string;
    readonly hollow: boolean;
    readonly title: string;
  }[];
}

/** A row of dots each, on one logarithmic axis of milliseconds. */
export function dots(rows: readonly Dots[]): Markup {
  const values = rows.flatMap(({ points }) => points.map(({ value }) => value)).filter((value) => value > 0);
  const scale = logScale(values);
  const at = (value: number): string => `${(100 * scale.at(value)).toFixed(2)}%`;
  const ticks = scale.ticks.map((tick) => markup`<span style="left:${at(tick)}">${formatTick(tick)}</span>`);
  const axis = markup`<b class="pad"></b><div class="axis">${ticks}</div><span class="num"></span>`;
  return markup`<div class="rows">${axis}${rows.map(({ label, text, points }) => {
    const all = points.map(({ value }) => scale.at(value));
    const left = Math.min(...all);
    const span = `left:${(100 * left).toFixed(2)}%;width:${(100 * (Math.max(...all) - left)).toFixed(2)}%`;
    return markup`<b>${label}</b><div class="track"><i class="span" style="${span}"></i>${points.map(
      ({ value, kind, hollow, title }) =>
        markup`<i class="dot ${kind}${hollow ? " ring" : ""}" style="left:${at(value)}" title="${title}"></i>`,
    )}</div><span class="num">${text}</span>`;
  })}${axis}</div>`;
}

export interface Line {
  readonly label: string;
  readonly kind: string;
  readonly dashed: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 340;
const HEIGHT = 210;
const LEFT = 46;
const BOTTOM = 24;

/** Lines on two logarithmic axes. */
export function lines(all: readonly Line[], description: string): Markup {
  const points = all.flatMap((line) => line.points);
  const [xScale, yScale] = [
    logScale(
      points.map(({ x }) => x),
      false,
    ),
    logScale(points.map(({ y }) => y)),
  ];
  const x = (value: number): string => (LEFT + 6 + xScale.at(value) * (WIDTH - LEFT - 24)).toFixed(1);
  const y = (value: number): string => (HEIGHT - BOTTOM - yScale.at(value) * (HEIGHT - BOTTOM - 10)).toFixed(1);
  const xs = [...new Set(points.map((point) => point.x))];
  const paths = all.map(({ kind, dashed, points: own }) => {
    const path = own.map((point, i) => `${i === 0 ? "M" : "L"}${x(point.x)} ${y(point.y)}`).join("");
    return markup`<g class="${kind}"><path class="${dashed ? "dash" : ""}" d="${path}"/>${own.map((point) => markup`<circle cx="${x(point.x)}" cy="${y(point.y)}" r="2.6"/>`)}</g>`;
  });
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${description}">${yScale.ticks.map(
    (tick) =>
      markup`<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y(tick)}" y2="${y(tick)}"/><text x="${LEFT - 6}" y="${Number(y(tick)) + 4}" text-anchor="end">${formatTick(tick)}</text>`,
  )}${xs.map((value) => markup`<text x="${x(value)}" y="${HEIGHT - 6}" text-anchor="middle">${value}</text>`)}${paths}</svg>`;
}

interface Scale {
  /** From 0 to 1. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** Over whole decades where `whole`, else from the least to the most. */
function logScale(values: readonly number[], whole = true): Scale {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const [least, most] = logs.length > 0 ? [Math.min(...logs), Math.max(...logs)] : [0, 1];
  const [low, high] = whole ? [Math.floor(least), Math.max(Math.ceil(most), Math.floor(least) + 1)] : [least, most];
  const ticks = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => 10 ** (Math.ceil(low) + i));
  // Not more than a phone has room for.
  const every = Math.ceil(ticks.length / 6);
  return {
    at: (value) => (high === low ? 0.5 : (Math.log10(value) - low) / (high - low)),
    ticks: ticks.filter((_, i) => i % every === 0),
  };
}

function formatTick(value: number): string {
  return String(Number(value.toPrecision(6)));
}
