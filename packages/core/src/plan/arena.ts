/** Places the values of a plan in as few buffers as their lifetimes allow. */
import type { Shape } from "../op/op.ts";
import { sizeOf } from "../op/output-shape.ts";

/** One value: made by step `from`, last read by step `to`. */
export interface Lifetime {
  readonly shape: Shape;
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** Inputs and outputs of the plan keep a buffer of their own. */
  readonly exclusive: boolean;
}

/** Values that take turns in one buffer; the backend says by its key which may. */
export interface Slot {
  /** The largest shape the slot holds: what its buffer is allocated for. */
  shape: Shape;
  readonly key: string;
}

/** The buffers of a plan. */
export interface Arena {
  readonly slots: readonly Slot[];
  /** Slot of each lifetime, in the order given. */
  readonly slotOf: readonly number[];
}

/**
 * Greedy by time: a value takes the free slot of its key that fits best, growing it where none is large enough.
 * Lifetimes come in the order of `from`.
 */
export function placeInArena(lifetimes: readonly Lifetime[]): Arena {
  const slots: Slot[] = [];
  const busyUntil: number[] = [];
  const slotOf = lifetimes.map((life) => {
    const free = life.exclusive
      ? []
      : slots.flatMap((slot, i) => (slot.key === life.key && (busyUntil[i] ?? 0) < life.from ? [i] : []));
    const index = bestFit(free, slots, sizeOf(life.shape)) ?? slots.push({ shape: life.shape, key: life.key }) - 1;
    const slot = slots[index];
    if (slot && sizeOf(slot.shape) < sizeOf(life.shape)) slot.shape = life.shape;
    busyUntil[index] = life.exclusive ? Number.POSITIVE_INFINITY : life.to;
    return index;
  });
  return { slots, slotOf };
}

/** The smallest slot that is large enough, else the largest there is. */
function bestFit(candidates: readonly number[], slots: readonly Slot[], size: number): number | undefined {
  const capacity = (i: number) => sizeOf(slots[i]?.shape ?? []);
  const fitting = candidates.filter((i) => capacity(i) >= size).sort((a, b) => capacity(a) - capacity(b));
  return fitting[0] ?? [...candidates].sort((a, b) => capacity(b) - capacity(a))[0];
}
