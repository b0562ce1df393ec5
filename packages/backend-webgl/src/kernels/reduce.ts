/**
 * Sum, mean and maximum over any axes: `y[kept] = Σ_{reduced} x` (divided by the count), or the largest.
 *
 * Axes before the last are reduced first, a texel of four channels at a time, in chunks of positions that a second draw
 * folds; then, where the last axis is reduced too, the lanes of each pixel. Sums are kept in blocks of 32 terms, blocks
 * in chunks: the error grows with the logarithm of the length rather than with the length.
 */
import type { ReduceOp, Shape } from "@keras-ts/core";
import { blocks, channels, pixels, texels } from "../gl/layout.ts";
import { mathSource } from "../glsl/math.ts";
import { input, type Kernel, narrow, type Operand, type Step, scratch, step } from "./step.ts";

/** Positions that one invocation folds at most. */
const CHUNK = 512;

/** How values are folded into one. */
interface Fold {
  /** Part of a program key. */
  readonly key: string;
  /** Of no values: a GLSL expression. */
  readonly start: string;
  /** A statement that takes `value` into `into`. */
  readonly add: (into: string, value: string) => string;
  /** Texel `value` of which the first `n` lanes count. Lanes past the last channel hold 0: nothing to a sum. */
  readonly lanes: (value: string, n: string) => string;
  /** The fold of a texel's lanes. */
  readonly across: (value: string) => string;
  readonly functions: () => string;
}

const SUM: Fold = {
  key: "",
  start: "0.0",
  add: (into, value) => `${into} += ${value};`,
  lanes: (value) => value,
  across: (v) => `(${v}.x + ${v}.y) + (${v}.z + ${v}.w)`,
  functions: () => "",
};

const MAX: Fold = {
  key: ":max",
  start: "-INF",
  add: (into, value) => `${into} = larger(${into}, ${value});`,
  lanes: (value, n) => `countedLanes(${value}, ${n})`,
  across: (value) => `acrossLanes(${value})`,
  functions: () => `${mathSource("larger")}
vec4 countedLanes(vec4 v, int n) { return vec4(v.x, n > 1 ? v.y : -INF, n > 2 ? v.z : -INF, n > 3 ? v.w : -INF); }
float acrossLanes(vec4 v) { v = larger(v, v.zwxy); return larger(v, v.yxwz).x; }`,
};

export const buildReduce: Kernel["build"] = (anyOp, [x = []], output) => {
  const op = narrow(anyOp, "reduce");
  const last = x.length - 1;
  const overLead = op.axes.some((axis) => axis < last);
  const overLanes = op.axes.includes(last);
  const count = op.axes.reduce((product, axis) => product * (x[axis] ?? 1), 1);
  if (count === 0 && op.fn !== "sum") return [fillStep(output, op.fn)];
  const divisor = op.fn === "mean" ? count : null;
  const fold = op.fn === "max" ? MAX : SUM;
  const steps: Step[] = overLead ? leadSteps(op, x, fold, overLanes ? null : divisor) : [];
  const reached = steps.at(-1);
  if (overLanes) steps.push(laneStep(reached ? scratch(reached.into ?? 0) : input(0), x, output, fold, divisor));
  else if (reached) steps[steps.length - 1] = { ...reached, into: null };
  else
    steps.push(step({ key: "copy", reads: [input(0)], ints: {}, texels: texels(output), body: () => "return x0(t);" }));
  return steps;
};

/** Adds `chunks` runs of `length` texels in scratch `from`; the last draw goes to the output. */
export function sumChunks(from: number, chunks: number, length: number, next: number): Step[] {
  return foldChunks(from, chunks, length, next, SUM, null);
}

function foldChunks(
  from: number,
  chunks: number,
  length: number,
  next: number,
  fold: Fold,
  divisor: number | null,
): Step[] {
  const groups = chunks > CHUNK ? Math.ceil(chunks / CHUNK) : 1;
  const final = groups === 1;
  const once = step({
    key: `fold-chunks${fold.key}${final ? divided(divisor) : ""}`,
    reads: [scratch(from)],
    ints: { LENGTH: length, CHUNKS: chunks, PER: Math.ceil(chunks / groups), ...(final ? divisorInt(divisor) : {}) },
    texels: groups * length,
    into: final ? null : next,
    functions: fold.functions,
    body: () => `
int r = t % LENGTH;
int k = (t / LENGTH) * PER;
int end = min(k + PER, CHUNKS);
vec4 sum = vec4(${fold.start});
while (k < end) {
  vec4 part = vec4(${fold.start});
  for (int blockEnd = min(k + 32, end); k < blockEnd; k++) { ${fold.add("part", "x0(k * LENGTH + r)")} }
  ${fold.add("sum", "part")}
}
return ${divide("sum", final ? divisor : null)};`,
  });
  return final ? [once] : [once, ...foldChunks(next, groups, length, 1 - next, fold, divisor)];
}

/** The mean or the maximum of nothing. */
function fillStep(output: Shape, fn: "mean" | "max"): Step {
  return step({
    key: `fill:${fn}`,
    reads: [],
    ints: { CB: blocks(output), C: channels(output) },
    texels: texels(output),
    functions: () => mathSource("basic"),
    body: () => `return firstLanes(vec4(${fn === "mean" ? "NAN" : "-INF"}), C - 4 * (t % CB));`,
  });
}

interface Axis {
  readonly size: number;
  readonly stride: number;
}

/** Splits the axes before the last into kept and reduced ones, neighbours of one sort merged. Strides count pixels. */
function splitLead(op: ReduceOp, x: Shape): { kept: Axis[]; reduced: Axis[] } {
  const kept: Axis[] = [];
  const reduced: Axis[] = [];
  let stride = 1;
  let previous: Axis[] | null = null;
  for (let i = x.length - 2; i >= 0; i--) {
    const size = x[i] ?? 1;
    const list: Axis[] = op.axes.includes(i) ? reduced : kept;
    const merged = list === previous ? list.shift() : undefined;
    list.unshift(merged ? { size: merged.size * size, stride: merged.stride } : { size, stride });
    previous = list;
    stride *= size;
  }
  return { kept, reduced };
}

function leadSteps(op: ReduceOp, x: Shape, fold: Fold, divisor: number | null): Step[] {
  const { kept, reduced } = splitLead(op, x);
  const product = (axes: readonly Axis[]) => axes.reduce((n, { size }) => n * size, 1);
  const positions = product(reduced);
  const rowTexels = product(kept) * blocks(x);
  const chunks = positions > CHUNK ? Math.ceil(positions / Math.min(CHUNK, Math.ceil(Math.sqrt(positions)))) : 1;
  const last = chunks === 1 ? divisor : null;
  const ints: Record<string, number> = {
    CB: blocks(x),
    ROWTEXELS: rowTexels,
    POSITIONS: positions,
    LENGTH: Math.ceil(positions / chunks),
    ...divisorInt(last),
  };
  kept.forEach(({ size, stride }, i) => Object.assign(ints, { [`K${i}`]: size, [`KS${i}`]: stride }));
  reduced.forEach(({ size, stride }, i) => Object.assign(ints, { [`R${i}`]: size, [`RS${i}`]: stride }));
  const first = step({
    key: `reduce-lead:${kept.length}:${reduced.length}${fold.key}${divided(last)}`,
    reads: [input(0)],
    ints,
    texels: chunks * rowTexels,
    into: 0,
    functions: fold.functions,
    body: () => leadSource(kept.length, reduced.length, fold, last),
  });
  if (chunks === 1) return [first];
  return [first, ...foldChunks(0, chunks, rowTexels, 1, fold, divisor)].map((s) =>
    s.into === null ? { ...s, into: 2 } : s,
  );
}

function leadSource(keptCount: number, reducedCount: number, fold: Fold, divisor: number | null): string {
  const down = (n: number) => Array.from({ length: n }, (_, i) => n - 1 - i);
  const decodeKept = down(keptCount)
    .map((i) => `base += (q % K${i}) * KS${i}; q /= K${i};`)
    .join("\n");
  const decodeReduced = down(reducedCount)
    .map((i) => `int r${i} = left % R${i}; left /= R${i};`)
    .join("\n");
  const offset = down(reducedCount)
    .map((i) => `r${i} * RS${i}`)
    .join(" + ");
  const carry = down(reducedCount).reduceRight((inner, i) => `if (++r${i} == R${i}) { r${i} = 0; ${inner} }`, "");
  return `
int chunk = t / ROWTEXELS;
int row = t % ROWTEXELS;
int b = row % CB;
int q = row / CB;
int base = 0;
${decodeKept}
int k = chunk * LENGTH;
int end = min(k + LENGTH, POSITIONS);
int left = k;
vec4 sum = vec4(${fold.start});
if (k < end) {
${decodeReduced}
while (k < end) {
  vec4 part = vec4(${fold.start});
  for (int blockEnd = min(k + 32, end); k < blockEnd; k++) {
    ${fold.add("part", `x0((base + ${offset}) * CB + b)`)}
    ${carry}
  }
  ${fold.add("sum", "part")}
}
}
return ${divide("sum", divisor)};`;
}

/** `y[e] = Σ_c x[e, c]`, or the largest; four pixels e to a texel of an output whose last axis is the last kept one. */
function laneStep(from: Operand, x: Shape, output: Shape, fold: Fold, divisor: number | null): Step {
  return step({
    key: `reduce-lanes${fold.key}${divided(divisor)}`,
    reads: [from],
    ints: { CB: blocks(x), C: channels(x), OCB: blocks(output), OC: channels(output), ...divisorInt(divisor) },
    texels: pixels(output) * blocks(output),
    functions: fold.functions,
    body: () => `
int b = t % OCB;
int e = (t / OCB) * OC + 4 * b;
int n = min(4, OC - 4 * b);
vec4 sums = vec4(0.0);
for (int i = 0; i < n; i++) {
  vec4 sum = vec4(${fold.start});
  for (int k = 0; k < CB;) {
    vec4 part = vec4(${fold.start});
    for (int blockEnd = min(k + 32, CB); k < blockEnd; k++) {
      ${fold.add("part", fold.lanes("x0((e + i) * CB + k)", "C - 4 * k"))}
    }
    ${fold.add("sum", "part")}
  }
  sums[i] = ${fold.across("sum")};
}
return ${divide("sums", divisor)};`,
  });
}

const divided = (divisor: number | null) => (divisor === null ? "" : ":mean");
const divisorInt = (divisor: number | null): Record<string, number> => (divisor === null ? {} : { COUNT: divisor });
const divide = (sum: string, divisor: number | null) => (divisor === null ? sum : `${sum} / float(COUNT)`);
