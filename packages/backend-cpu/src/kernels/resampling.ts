/** Parameter block of `resample` (`assembly/resample.ts` has the offsets). */
import type { ResampleOp, Shape } from "@keras-ts/core";
import { ParameterBlock } from "../parameter-block.ts";
import { denseStrides } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

export function resample(op: ResampleOp, x: Shape): KernelPlan {
  const outer = x.slice(0, op.axis).reduce((product, n) => product * n, 1);
  const inner = denseStrides(x)[op.axis] ?? 1;
  const block = new ParameterBlock();
  block.int(outer, op.starts.length, inner, (x[op.axis] ?? 0) * inner * 4);
  const table = block.pointer();
  block.point(table);
  const lists = op.weights.map((weights, o) => {
    block.int((op.starts[o] ?? 0) * inner * 4, weights.length);
    return { pointer: block.pointer(), weights };
  });
  // Repeated positions share their weights: enlarging by a factor has few different lists.
  const places = new Map<string, number>();
  for (const { pointer, weights } of lists) {
    const key = weights.join();
    const place = places.get(key) ?? block.length;
    block.pointAt(pointer, place);
    if (places.has(key)) continue;
    places.set(key, place);
    block.float(...weights);
  }
  return { kernel: "resample", block, workspace: 0 };
}
