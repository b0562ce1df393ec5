/**
 * The plans behind `apply` and `predict`, of all layers together: those used last are kept, up to a number of bytes. A run is synchronous
 * and room is made before or after it, so that no plan goes while it runs.
 */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Plan } from "./plan.ts";

/** As much as for the weights of eager calls (`engine/packed-weights.ts`): MobileNetV2 for a dozen shapes, or some thousand small layers. */
const DEFAULT_BYTES = 256 * 2 ** 20;

/** A plan that somebody keeps by its shapes. */
export interface CachedPlan {
  readonly plan: Pick<Plan, "holdings" | "dispose">;
  /** Told when the cache has disposed the plan. */
  readonly forget: () => void;
}

interface Holding {
  bytes: number;
  holders: number;
}

export class PlanCache {
  #limit: number;
  #bytes = 0;
  /** What each holds, as it was counted. Least recently used first. */
  readonly #plans = new Map<CachedPlan, ReadonlyMap<object, number>>();
  /** Packed weights that plans share count once. */
  readonly #holdings = new Map<object, Holding>();
  #newest: CachedPlan | null = null;

  constructor(limit: number = DEFAULT_BYTES) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  set limit(bytes: number) {
    this.#limit = bytes;
    this.#makeRoom(null);
  }

  /** What the plans held when they were last counted. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#plans.size;
  }

  /** Takes a new plan, and disposes others until all fit. One that is larger than the limit alone is kept until the next comes. */
  add(cached: CachedPlan): void {
    this.#count(cached);
    this.#newest = cached;
    this.#makeRoom(cached);
  }

  /** Counts a plan again, after weights were packed anew or rearranged further by its first run. */
  recount(cached: CachedPlan): void {
    if (!this.#plans.has(cached)) return;
    this.#uncount(cached);
    this.add(cached);
  }

  /** Called for each use of a plan. */
  touch(cached: CachedPlan): void {
    if (cached === this.#newest) return;
    const holdings = this.#plans.get(cached);
    if (!holdings) return;
    this.#plans.delete(cached);
    this.#plans.set(cached, holdings);
    this.#newest = cached;
  }

  /** Disposes a plan and forgets it. */
  drop(cached: CachedPlan): void {
    this.#uncount(cached);
    cached.plan.dispose();
    cached.forget();
  }

  /** Disposes all of them; false where there were none. */
  clear(): boolean {
    const any = this.#plans.size > 0;
    for (const cached of [...this.#plans.keys()]) this.drop(cached);
    return any;
  }

  #makeRoom(except: CachedPlan | null): void {
    for (const cached of this.#plans.keys()) {
      if (this.#bytes <= this.#limit) return;
      if (cached !== except) this.drop(cached);
    }
  }

  #count(cached: CachedPlan): void {
    const { holdings } = cached.plan;
    this.#plans.set(cached, holdings);
    for (const [item, bytes] of holdings) {
      const known = this.#holdings.get(item);
      if (known) known.holders++;
      this.#holdings.set(item, known ?? { bytes, holders: 1 });
      if (!known) this.#bytes += bytes;
    }
  }

  #uncount(cached: CachedPlan): void {
    for (const item of this.#plans.get(cached)?.keys() ?? []) {
      const known = this.#holdings.get(item);
      if (!known || --known.holders > 0) continue;
      this.#holdings.delete(item);
      this.#bytes -= known.bytes;
    }
    this.#plans.delete(cached);
    if (this.#newest === cached) this.#newest = null;
  }
}

/** The program's. */
export const planCache = new PlanCache();

/** How many bytes the plans behind `apply` and `predict` may hold, of all layers and models together. */
export function planCacheBytes(): number {
  return planCache.limit;
}

/**
 * Sets it; 256 MiB from the start. A plan is made for each shape of the inputs that a layer or model is called with, and holds the packed
 * weights; beyond the limit those that were not used for longest are freed, and made again when their shape comes back. 0 keeps one
 * plan at a time. What `keras.plan` gives is the caller's and does not count.
 */
export function setPlanCacheBytes(bytes: number): void {
  if (typeof bytes !== "number" || !(bytes >= 0))
    throw new ValueError(`The plan cache takes a number of bytes, 0 or more. Received: bytes=${formatValue(bytes)}`);
  planCache.limit = bytes;
}
