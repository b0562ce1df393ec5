/**
 * One value around a tensor. Axes that are not padded are merged into the axis before them. Where the last axis is not
 * padded whole texels move, else each of the four lanes is fetched by itself.
 */
import type { PadOp, Shape } from "@keras-ts/core";
import { blocks, channels, texels } from "../gl/layout.ts";
import { input, type Kernel, narrow, step } from "./step.ts";

/** An output axis: its size, the input's, and what lies before the input. */
interface PaddedAxis {
  readonly size: number;
  readonly inner: number;
  readonly before: number;
}

export const buildPad: Kernel["build"] = (anyOp, [x = []], output) => {
  const op = narrow(anyOp, "pad");
  const lead = leadAxes(op, x, output);
  const [before, after] = op.padding.at(-1) ?? [0, 0];
  const whole = before === 0 && after === 0;
  const ints: Record<string, number> = { OCB: blocks(output), OC: channels(output), XB: blocks(x), XC: channels(x) };
  ints.BEFORE = before;
  let stride = 1;
  for (let i = lead.length - 1; i >= 0; i--) {
    const axis = lead[i];
    if (!axis) continue;
    Object.assign(ints, { [`N${i}`]: axis.size, [`I${i}`]: axis.inner, [`B${i}`]: axis.before, [`S${i}`]: stride });
    stride *= axis.inner;
  }
  const decode = lead
    .map((_, i) => lead.length - 1 - i)
    .map((i) => `i = p % N${i} - B${i}; p /= N${i}; inside = inside && i >= 0 && i < I${i}; pixel += i * S${i};`);
  return [
    step({
      key: `pad:${whole ? "texels" : "lanes"}:${lead.length}`,
      reads: [input(0)],
      ints,
      floats: Float32Array.of(op.value, 0, 0, 0),
      texels: texels(output),
      body: () => `
int block = t % OCB;
int p = t / OCB, pixel = 0, i = 0;
bool inside = true;
${decode.join("\n")}
int n = OC - 4 * block;
if (!inside) return firstLanes(vec4(u_f.x), n);
${whole ? "return x0(pixel * XB + block);" : LANES}`,
    }),
  ];
};

const LANES = `
vec4 v = vec4(0.0);
for (int k = 0; k < min(4, n); k++) {
  int c = 4 * block + k - BEFORE;
  v[k] = c >= 0 && c < XC ? lane(x0(pixel * XB + (c >> 2)), c & 3) : u_f.x;
}
return v;`;

/** The axes before the last, outermost first: a padded axis takes in those that follow it and are not padded. */
function leadAxes(op: PadOp, x: Shape, output: Shape): PaddedAxis[] {
  const axes: PaddedAxis[] = [];
  for (let i = 0; i < output.length - 1; i++) {
    const size = output[i] ?? 1;
    const inner = x[i] ?? 1;
    const [before = 0] = op.padding[i] ?? [];
    const outer = axes.at(-1);
    if (outer && size === inner)
      axes[axes.length - 1] = { size: outer.size * size, inner: outer.inner * size, before: outer.before * size };
    else axes.push({ size, inner, before });
  }
  return axes;
}
