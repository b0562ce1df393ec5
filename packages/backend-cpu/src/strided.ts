/** Shapes as loops: axes of equal progress merge, so that kernels see long inner runs and few outer axes. */
import type { Shape } from "@keras-ts/core";
import type { ParameterBlock } from "./parameter-block.ts";

/** One loop: its length, and how many elements each operand advances. */
export interface Loop {
  size: number;
  strides: number[];
}

/** Elements between neighbours of each axis of a dense row-major shape. */
export function denseStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  return strides;
}

/** Strides with which `shape` is read as `target`, NumPy's rule: 0 along broadcast axes. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const dense = denseStrides(shape);
  const lead = target.length - shape.length;
  return target.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : (dense[i - lead] ?? 0)));
}

/** Drops axes of length 1 and merges neighbours along which all operands go on evenly. Outermost first. */
export function mergeLoops(sizes: Shape, strides: readonly (readonly number[])[]): Loop[] {
  const loops: Loop[] = [];
  sizes.forEach((size, i) => {
    if (size === 1) return;
    const own = strides.map((s) => s[i] ?? 0);
    const outer = loops.at(-1);
    if (outer?.strides.every((s, k) => s === (own[k] ?? 0) * size)) {
      outer.size *= size;
      outer.strides = own;
    } else {
      loops.push({ size, strides: own });
    }
  });
  return loops;
}

/** The rank and the table that `assembly/odometer.ts` walks: innermost first, strides in bytes. */
export function appendOuterLoops(block: ParameterBlock, loops: readonly Loop[]): void {
  block.int(loops.length);
  for (const { size, strides } of [...loops].reverse()) {
    const [a = 0, b = 0, c = 0] = strides;
    block.int(size, a * 4, b * 4, c * 4, 0, 0);
  }
}

/** How often the body inside these loops runs. */
export function iterations(loops: readonly Loop[]): number {
  return loops.reduce((product, loop) => product * loop.size, 1);
}
