import { expect, test } from "vitest";
import { type Lifetime, placeInArena } from "./arena.ts";

const life = (from: number, to: number, size: number, key = "f32", exclusive = false): Lifetime => ({
  from,
  to,
  shape: [size],
  key,
  exclusive,
});

test("values that do not live together share a slot", () => {
  const arena = placeInArena([life(0, 1, 10), life(1, 2, 10), life(2, 3, 10)]);
  expect(arena.slotOf).toEqual([0, 1, 0]);
  expect(arena.slots).toHaveLength(2);
});

test("a slot grows to the largest value it holds, and the best fit is taken", () => {
  const arena = placeInArena([life(0, 1, 4), life(0, 1, 100), life(2, 3, 90), life(2, 3, 8)]);
  expect(arena.slotOf).toEqual([0, 1, 1, 0]);
  expect(arena.slots.map((s) => s.shape)).toEqual([[8], [100]]);
});

test("keys and exclusive values keep apart", () => {
  const arena = placeInArena([
    life(-1, 0, 5, "a", true),
    life(1, 2, 5, "a"),
    life(3, 4, 5, "b"),
    life(5, 5, 5, "a", true),
  ]);
  expect(new Set(arena.slotOf).size).toBe(4);
});

test("a value read by the step that makes another never shares with it", () => {
  const arena = placeInArena([life(0, 1, 5), life(1, 1, 5)]);
  expect(arena.slotOf).toEqual([0, 1]);
});
