/** What a replay of one case on one backend in one mode came to. Plain JSON: results cross from the browser to Node. */

import type { Json } from "../suite/manifest.ts";
import { type Comparison, ULP_BINS } from "./compare.ts";
import type { Picture } from "./picture.ts";

export const MODES = ["eager", "gradient", "plan"] as const;
export type Mode = (typeof MODES)[number];
export type Status = "agree" | "differ" | "refused" | "failed";

/** JSON has no word for them. */
export type NonFinite = "NaN" | "Infinity" | "-Infinity";
export type JsonNumber = number | NonFinite;

export interface CaseResult {
  readonly suite: string;
  readonly id: string;
  readonly kind: string;
  /** The layer's class name; the sort of a value. */
  readonly group: string;
  /** `-` for what needs none: shapes, and refusals before a call. */
  readonly backend: string;
  readonly mode: Mode;
  readonly status: Status;
  readonly maxAbs: JsonNumber | null;
  readonly maxRel: JsonNumber | null;
  readonly maxUlp: JsonNumber | null;
  /** The array that comes closest to its tolerance, or is farthest beyond it: `output`, `gradient of kernel`. */
  readonly worstArray: string | null;
  readonly worstIndex: readonly number[] | null;
  readonly expected: JsonNumber | null;
  readonly actual: JsonNumber | null;
  readonly tolerance: JsonNumber | null;
  /** Error over tolerance there: above 1 differs. */
  readonly ratio?: JsonNumber;
  /** Largest error against the float64 result: ours, and Keras's own. */
  readonly error64?: JsonNumber;
  readonly kerasError64?: JsonNumber;
  /** Largest magnitude of that float64 result: what makes errors of different cases comparable. */
  readonly largest64?: JsonNumber;
  readonly message?: string;
  /** For the page, not in the JSON: elements by ulp of error; where the error lies; what was replayed, unless it agrees. */
  readonly histogram?: readonly number[];
  readonly picture?: Picture;
  readonly subject?: Json;
}

export type Head = Pick<CaseResult, "suite" | "id" | "kind" | "group" | "backend" | "mode">;

/** What a replay of one mode collects. */
export interface Findings {
  readonly comparisons: readonly Comparison[];
  /** What is different without being a number: a path, a shape, a configuration. */
  readonly mismatches: readonly string[];
}

export function jsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

export function toNumber(value: JsonNumber | null | undefined): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}

/** `agree` or `differ`, with the array that is worst off in front. */
export function fromFindings(head: Head, { comparisons, mismatches }: Findings): CaseResult {
  const max = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  const worst = comparisons.reduce<Comparison | null>((a, b) => (a === null || rank(b) > rank(a) ? b : a), null);
  const messages = [...mismatches, ...comparisons.flatMap(({ message }) => (message === undefined ? [] : [message]))];
  const wide = comparisons.filter(({ error64 }) => error64 !== undefined);
  const widest = wide.reduce<Comparison | null>(
    (a, b) => (a === null || (b.error64 ?? 0) > (a.error64 ?? 0) ? b : a),
    null,
  );
  return {
    ...head,
    status: messages.length === 0 ? "agree" : "differ",
    maxAbs: comparisons.length > 0 ? jsonNumber(max(comparisons.map((c) => c.maxAbs))) : null,
    maxRel: comparisons.length > 0 ? jsonNumber(max(comparisons.map((c) => c.maxRel))) : null,
    maxUlp: comparisons.length > 0 ? jsonNumber(max(comparisons.map((c) => c.maxUlp))) : null,
    worstArray: worst?.what ?? null,
    worstIndex: worst?.worstIndex ?? null,
    expected: worst ? jsonNumber(worst.expected) : null,
    actual: worst ? jsonNumber(worst.actual) : null,
    tolerance: worst ? jsonNumber(worst.tolerance) : null,
    ...(worst ? { ratio: jsonNumber(worst.ratio) } : {}),
    ...(widest
      ? {
          error64: jsonNumber(widest.error64 ?? 0),
          kerasError64: jsonNumber(widest.kerasError64 ?? 0),
          largest64: jsonNumber(widest.largest64 ?? 0),
        }
      : {}),
    ...(messages.length > 0 ? { message: messages.join("\n") } : {}),
    ...(comparisons.length > 0 ? { histogram: addHistograms(comparisons.map((c) => c.histogram)) } : {}),
    ...(worst?.picture ? { picture: worst.picture } : {}),
  };
}

/** A case that gave no numbers. */
export function withoutNumbers(head: Head, status: Status, message?: string): CaseResult {
  return {
    ...head,
    status,
    maxAbs: null,
    maxRel: null,
    maxUlp: null,
    worstArray: null,
    worstIndex: null,
    expected: null,
    actual: null,
    tolerance: null,
    ...(message === undefined ? {} : { message }),
  };
}

/** A disagreement always outranks an agreement; an array that only fails against float64 has a small ratio. */
function rank(comparison: Comparison): number {
  return (comparison.agrees ? 0 : 1e12) + Math.min(comparison.ratio, 1e11);
}

export function addHistograms(histograms: readonly (readonly number[])[]): number[] {
  return Array.from({ length: ULP_BINS.length + 1 }, (_, bin) =>
    histograms.reduce((sum, counts) => sum + (counts[bin] ?? 0), 0),
  );
}
