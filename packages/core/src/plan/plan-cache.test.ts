import { expect, test } from "vitest";
import { type CachedPlan, PlanCache } from "./plan-cache.ts";

const gone: string[] = [];

function fake(name: string, holdings: ReadonlyMap<object, number>): CachedPlan {
  return { plan: { holdings, dispose: () => void gone.push(name) }, forget: () => void gone.push(`${name} forgotten`) };
}

/** A cache of 100 bytes with plans a to d of 40 bytes each, as many as asked for. */
function filled(count: number): { readonly cache: PlanCache; readonly plans: CachedPlan[] } {
  gone.length = 0;
  const cache = new PlanCache(100);
  const plans = ["a", "b", "c", "d"].slice(0, count).map((name) => fake(name, new Map([[{}, 40]])));
  for (const plan of plans) cache.add(plan);
  return { cache, plans };
}

test("the plan that was not used for longest goes first, and its owner is told", () => {
  const { cache } = filled(3);
  expect(gone).toEqual(["a", "a forgotten"]);
  expect([cache.size, cache.bytes]).toEqual([2, 80]);
});

test("a use counts", () => {
  const { cache, plans } = filled(2);
  for (const plan of plans.slice(0, 1)) cache.touch(plan);
  cache.add(fake("e", new Map([[{}, 40]])));
  expect(gone[0]).toBe("b");
});

test("what plans share counts once, and until the last of them went", () => {
  gone.length = 0;
  const cache = new PlanCache(100);
  const weights = {};
  const plans = ["a", "b", "c"].map((name) => fake(name, new Map([[weights, 90]])));
  for (const plan of plans) cache.add(plan);
  expect([cache.size, cache.bytes, gone]).toEqual([3, 90, []]);
  for (const plan of plans) cache.drop(plan);
  expect([cache.size, cache.bytes]).toEqual([0, 0]);
});

test("a plan above the limit is kept until the next comes", () => {
  const { cache } = filled(2);
  cache.add(fake("large", new Map([[{}, 500]])));
  expect([cache.size, cache.bytes]).toEqual([1, 500]);
  cache.add(fake("next", new Map([[{}, 1]])));
  expect([cache.size, cache.bytes, gone.at(-1)]).toEqual([1, 1, "large forgotten"]);
});

test("a plan that grew makes room, not for itself", () => {
  const { cache } = filled(1);
  const holdings = new Map([[{}, 40]]);
  const growing = fake("growing", holdings);
  cache.add(growing);
  holdings.set({}, 30);
  cache.recount(growing);
  expect([cache.size, cache.bytes, gone[0]]).toEqual([1, 70, "a"]);
});

test("a lower limit holds at once", () => {
  const { cache } = filled(2);
  cache.limit = 0;
  expect([cache.size, cache.bytes]).toEqual([0, 0]);
});
