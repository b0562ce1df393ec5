/** Parameter block of `resample` (`assembly/resample.ts` has the offsets). */
import { type ResampleOp, type Shape, sizeOf } from "@keras-ts/core";
import type { Division, Range } from "../divide.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { denseStrides } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** Steps a term of an element takes, in multiply-adds of a convolution. */
const TERM_WORK = 4;

/** What lies before the axis; the axis itself where that is nothing. */
export function divideResample(op: ResampleOp, x: Shape): Division {
  const outer = sizeOf(x.slice(0, op.axis));
  const inner = denseStrides(x)[op.axis] ?? 1;
  const terms = op.weights.reduce((total, list) => total + list.length, 0);
  return { size: outer > 1 ? outer : op.starts.length, grain: 1, work: outer * inner * terms * TERM_WORK };
}

export function resample(op: ResampleOp, x: Shape, { begin, end }: Range): KernelPlan {
  const outer = sizeOf(x.slice(0, op.axis));
  const inner = denseStrides(x)[op.axis] ?? 1;
  const block = new ParameterBlock();
  const along = outer > 1 ? { begin: 0, end: op.starts.length } : { begin, end };
  const xStep = (x[op.axis] ?? 0) * inner;
  block.int(outer > 1 ? end - begin : outer, along.end - along.begin, inner, xStep * 4);
  const table = block.pointer();
  block.point(table);
  const lists = op.weights.slice(along.begin, along.end).map((weights, o) => {
    block.int((op.starts[along.begin + o] ?? 0) * inner * 4, weights.length);
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
  return {
    kernel: "resample",
    block,
    workspace: 0,
    outputOffset: begin * inner * (outer > 1 ? op.starts.length : 1),
    inputOffsets: [outer > 1 ? begin * xStep : 0],
  };
}
