/**
 * Gradient of pooling, in gather form: each position of the input adds up what it is due from the windows that hold it.
 * For a maximum a first draw finds each window's winner, counted in row-major order from the window's first position
 * within the input, so that a position need not look through its windows again.
 */
import { blocks, texels } from "../gl/layout.ts";
import { axisNames, holdersSource, splitSource, texelSource, windowInts, windowSource } from "./pool-windows.ts";
import { input, type Kernel, narrow, type Step, scratch, step } from "./step.ts";

export const buildPoolGrad: Kernel["build"] = (anyOp, [dy = []], output) => {
  const { fn, axes, inputSize } = narrow(anyOp, "pool_grad");
  const rank = axes.length;
  const ints = { CB: blocks(dy), ...windowInts(axes, inputSize) };
  const spread = (from: "max" | "mean"): Step =>
    step({
      key: `pool-grad:${from}:${rank}`,
      reads: from === "max" ? [input(0), scratch(0)] : [input(0)],
      ints,
      texels: texels(output),
      body: () => spreadSource(from, rank),
    });
  if (fn === "mean") return [spread("mean")];
  const winners = step({
    key: `pool-grad:winners:${rank}`,
    reads: [input(1)],
    ints,
    texels: texels(dy),
    into: 0,
    functions: () => ORDER,
    body: () => winnersSource(rank),
  });
  return [winners, spread("max")];
};

function spreadSource(fn: "max" | "mean", rank: number): string {
  const names = axisNames(rank);
  const size = ({ a }: { a: string }) => `(window${a}.y - window${a}.x)`;
  const open = names.map(
    (name) =>
      `for (int o${name.a} = first${name.a}; o${name.a} <= last${name.a}; o${name.a}++) {\n${windowSource(name)}`,
  );
  const own = names.reduce((index, name) => `(${index}) * ${size(name)} + p${name.a} - window${name.a}.x`, "0");
  const add =
    fn === "mean"
      ? `sum += x0(s) / float(${names.map(size).join(" * ")});`
      : `vec4 dy = x0(s), winner = x1(s);
float own = float(${own});
sum += vec4(winner.x == own ? dy.x : 0.0, winner.y == own ? dy.y : 0.0, winner.z == own ? dy.z : 0.0, winner.w == own ? dy.w : 0.0);`;
  return `
${splitSource(names, "input")}
${names.map(holdersSource).join("\n")}
vec4 sum = vec4(0.0);
${open.join("\n")}
int s = ${texelSource(names, "output")};
${add}
${"}".repeat(rank)}
return sum;`;
}

function winnersSource(rank: number): string {
  const names = axisNames(rank);
  const loops = names.map(({ a }) => `for (int p${a} = window${a}.x; p${a} < window${a}.y; p${a}++)`);
  return `
${splitSource(names, "output")}
${names.map(windowSource).join("\n")}
ivec4 best = ivec4(-0x7fffffff);
vec4 winner = vec4(0.0);
float k = 0.0;
${loops.join("\n")} {
  ivec4 order = orderOf(x0(${texelSource(names, "input")}));
  winner = mix(winner, vec4(k), greaterThan(order, best));
  best = max(best, order);
  k += 1.0;
}
return winner;`;
}

// Integers that compare like the floats, with both zeros equal and every NaN equal and above +inf.
const ORDER = `
ivec4 orderOf(vec4 v) {
  ivec4 bits = floatBitsToInt(v);
  ivec4 size = min(bits & 0x7fffffff, ivec4(0x7f800001));
  ivec4 notNaN = (size - 0x7f800001) >> 31;
  return size * (1 + 2 * ((bits >> 31) & notNaN));
}`;
