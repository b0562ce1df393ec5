/**
 * Weights that plans have packed, one of a kind: the plans of a layer for several shapes, and the time steps of a recurrent layer, read
 * the same memory. Each holder gives back what it took; the last one frees it.
 */
import type { Backend, Packed } from "../backend/backend.ts";

interface Entry {
  readonly key: string;
  holders: number;
}

export class SharedPackings {
  readonly #backend: Backend;
  readonly #byKey = new Map<string, Packed>();
  readonly #entries = new Map<Packed, Entry>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** What was packed under this key, by `make` where nothing was. Equal keys stand for equal values and layouts. */
  acquire(key: string, make: () => Packed): Packed {
    let packed = this.#byKey.get(key);
    if (!packed) {
      packed = make();
      this.#byKey.set(key, packed);
      this.#entries.set(packed, { key, holders: 0 });
    }
    const entry = this.#entries.get(packed);
    if (entry) entry.holders++;
    return packed;
  }

  release(packed: Packed): void {
    const entry = this.#entries.get(packed);
    if (!entry || --entry.holders > 0) return;
    this.#entries.delete(packed);
    this.#byKey.delete(entry.key);
    this.#backend.release(packed);
  }
}
