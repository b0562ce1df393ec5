/**
 * NumPy broadcasting of any number of operands. Neighbouring axes that broadcast alike are merged, so that most cases have
 * one or two left; an operand whose last axis is 1 is spread over the lanes. Equal shapes need no index arithmetic at all.
 */
import type { Shape } from "@keras-ts/core";
import { blocks, channels } from "../gl/layout.ts";

interface BroadcastAxis {
  readonly size: number;
  /** Whether each operand has this axis, rather than repeating over it. */
  readonly has: readonly boolean[];
}

/** The axes before the last, outermost first, axes of size 1 dropped and neighbours that broadcast alike merged. */
export function broadcastAxes(shapes: readonly Shape[], output: Shape): BroadcastAxis[] {
  const axes: BroadcastAxis[] = [];
  for (let i = 0; i < output.length - 1; i++) {
    const size = output[i] ?? 1;
    if (size === 1) continue;
    const has = shapes.map((shape) => (shape[i - output.length + shape.length] ?? 1) !== 1);
    const previous = axes.at(-1);
    if (previous?.has.every((own, k) => own === has[k])) axes[axes.length - 1] = { has, size: previous.size * size };
    else axes.push({ has, size });
  }
  return axes;
}

/** How a program reads the operands `x0`, `x1` … of an output texel. */
interface BroadcastReads {
  /** Part of a program key. */
  readonly key: string;
  /** Among them `CB` and `C`, the blocks and channels of the output. */
  readonly ints: Readonly<Record<string, number>>;
  /** Statements that split texel `t`; they leave its block in `block`. */
  readonly decode: string;
  /** The operands' values there, `vec4` each. */
  readonly values: readonly string[];
}

/** Reads of operands of these shapes for an output of this shape. */
export function broadcastReads(shapes: readonly Shape[], output: Shape): BroadcastReads {
  const axes = broadcastAxes(shapes, output);
  const ints: Record<string, number> = { CB: blocks(output), C: channels(output) };
  const whole = (shape: Shape) => channels(shape) === channels(output);
  if (shapes.every(whole) && axes.length <= 1 && axes.every(({ has }) => has.every(Boolean))) {
    const values = shapes.map((_, k) => `x${k}(t)`);
    return { key: "same", ints, decode: "int block = t % CB;", values };
  }
  axes.forEach(({ size }, i) => Object.assign(ints, { [`N${i}`]: size }));
  shapes.forEach((shape, k) => {
    ints[`B${k}`] = blocks(shape);
    let stride = 1;
    for (let i = axes.length - 1; i >= 0; i--) {
      const axis = axes[i];
      const own = axis?.has[k] === true;
      ints[`S${k}_${i}`] = own ? stride : 0;
      if (own) stride *= axis.size;
    }
  });
  const positions = shapes.map((_, k) => `p${k} = 0`).join(", ");
  const split = axes
    .map((_, i) => axes.length - 1 - i)
    .map((i) => `i = p % N${i}; p /= N${i}; ${shapes.map((_, k) => `p${k} += i * S${k}_${i};`).join(" ")}`);
  return {
    key: `${axes.length}${shapes.map((shape, k) => (whole(shape) ? "" : `s${k}`)).join("")}`,
    ints,
    decode: ["int block = t % CB;", `int p = t / CB, i = 0, ${positions};`, ...split].join("\n"),
    values: shapes.map((shape, k) => (whole(shape) ? `x${k}(p${k} * B${k} + block)` : `vec4(x${k}(p${k} * B${k}).x)`)),
  };
}
