/** The maximum or mean of windows (`PoolOp`): one invocation walks one window of four channels. */
import { blocks, channels, texels } from "../gl/layout.ts";
import { mathSource } from "../glsl/math.ts";
import { axisNames, splitSource, texelSource, windowInts, windowSource } from "./pool-windows.ts";
import { input, type Kernel, narrow, step } from "./step.ts";

export const buildPool: Kernel["build"] = (anyOp, [x = []], output) => {
  const { fn, axes } = narrow(anyOp, "pool");
  return [
    step({
      key: `pool:${fn}:${axes.length}`,
      reads: [input(0)],
      ints: { CB: blocks(x), C: channels(x), ...windowInts(axes, x.slice(1, -1)) },
      texels: texels(output),
      functions: () => mathSource(fn === "max" ? "larger" : "basic"),
      body: () => bodySource(fn, axes.length),
    }),
  ];
};

function bodySource(fn: "max" | "mean", rank: number): string {
  const names = axisNames(rank);
  const count = names.map(({ a }) => `(window${a}.y - window${a}.x)`).join(" * ");
  const result = fn === "max" ? "y" : `${count} > 0 ? y / float(${count}) : vec4(NAN)`;
  return `
${splitSource(names, "output")}
${names.map(windowSource).join("\n")}
vec4 y = vec4(${fn === "max" ? "-INF" : "0.0"});
${loopSource(fn, rank)}
return firstLanes(${result}, C - 4 * b);`;
}

/** Sums are kept a row of the window, then added: long sums lose the fewer digits. */
function loopSource(fn: "max" | "mean", rank: number): string {
  const names = axisNames(rank);
  const read = `x0(${texelSource(names, "input")})`;
  const loops = names.map(({ a }) => `for (int p${a} = window${a}.x; p${a} < window${a}.y; p${a}++)`);
  const outer = loops.slice(0, -1).join(" ");
  const inner = loops.at(-1);
  if (fn === "max") return `${outer} ${inner} y = larger(y, ${read});`;
  return `${outer} { vec4 part = vec4(0.0); ${inner} part += ${read}; y += part; }`;
}
