/**
 * The windows of pooling in programs (`PoolAxis`): with `begin(i) = floor(i·step / divisor) − before` and
 * `end(i) = floor((i·step + reach) / divisor) − before`, both cut to the input, positions of window i are `[begin, end)`.
 * Both grow with i, so the windows that hold a position p are a run:
 *
 *     first  ceil(((p + before + 1)·divisor − reach) / step), at least 0
 *     last   floor(((p + before + 1)·divisor − 1) / step), at most outputSize − 1
 *
 * Programs compute this in 32-bit integers. A common factor g of step and divisor is taken out first, which changes nothing:
 * `floor((i·step + reach) / divisor) = floor((i·(step / g) + floor(reach / g)) / (divisor / g))`.
 */
import type { PoolAxis } from "@keras-ts/core";
import { AXES, gcd } from "./conv-geometry.ts";

interface AxisNames {
  /** Upper case, for integers that come from outside. */
  readonly axis: string;
  /** Lower case, for local ones. */
  readonly a: string;
}

/** The axes of a program, outermost first. */
export function axisNames(rank: number): AxisNames[] {
  return AXES.slice(0, rank).map((axis) => ({ axis, a: axis.toLowerCase() }));
}

/** Whether no product of `first`, `last`, `begin` and `end` leaves the integers of a program. */
export function windowsFit(axes: readonly PoolAxis[], inputSize: readonly number[]): boolean {
  return axes.map(withoutFactor).every(({ outputSize, step, divisor, reach, before }, i) => {
    const largest = Math.max(outputSize * step + reach, ((inputSize[i] ?? 1) + before) * divisor + step);
    return largest < 2 ** 31;
  });
}

function withoutFactor(axis: PoolAxis): PoolAxis {
  const g = gcd(axis.step, axis.divisor);
  return { ...axis, step: axis.step / g, divisor: axis.divisor / g, reach: Math.floor(axis.reach / g) };
}

/** Uniforms: sizes of input and output, step, divisor, reach, before. */
export function windowInts(axes: readonly PoolAxis[], inputSize: readonly number[]): Record<string, number> {
  const ints: Record<string, number> = {};
  axes.map(withoutFactor).forEach(({ outputSize, step, divisor, reach, before }, i) => {
    const axis = AXES[i] ?? "";
    ints[`I${axis}`] = inputSize[i] ?? 1;
    ints[`O${axis}`] = outputSize;
    ints[`S${axis}`] = step;
    ints[`D${axis}`] = divisor;
    ints[`R${axis}`] = reach;
    ints[`P${axis}`] = before;
  });
  return ints;
}

/** Statements that take `ivec2 window{a} = (begin, end)` of window `o{a}` on one axis. */
export function windowSource({ axis, a }: AxisNames): string {
  return `ivec2 window${a} = ivec2(max(o${a} * S${axis} / D${axis} - P${axis}, 0), min((o${a} * S${axis} + R${axis}) / D${axis} - P${axis}, I${axis}));`;
}

/** Statements that split texel `t` into block `b`, batch `n` and a position an axis, `o{a}` of the output or `p{a}` of the input. */
export function splitSource(names: readonly AxisNames[], of: "output" | "input"): string {
  const [local, size] = of === "output" ? ["o", "O"] : ["p", "I"];
  const splits = [...names]
    .reverse()
    .map(({ axis, a }) => `int ${local}${a} = n % ${size}${axis}; n /= ${size}${axis};`);
  return ["int b = t % CB;", "int n = t / CB;", ...splits].join("\n");
}

/** Statements that find the run of windows `[first{a}, last{a}]` of position `p{a}`. */
export function holdersSource({ axis, a }: AxisNames): string {
  return `int reached${a} = (p${a} + P${axis} + 1) * D${axis};
int first${a} = (max(reached${a} - R${axis}, 0) + S${axis} - 1) / S${axis};
int last${a} = min((reached${a} - 1) / S${axis}, O${axis} - 1);`;
}

/** The texel at a position an axis (`p` or `o`), as an expression. */
export function texelSource(names: readonly AxisNames[], of: "output" | "input"): string {
  const [local, size] = of === "output" ? ["o", "O"] : ["p", "I"];
  return `(${names.reduce((index, { axis, a }) => `(${index}) * ${size}${axis} + ${local}${a}`, "n")}) * CB + b`;
}
