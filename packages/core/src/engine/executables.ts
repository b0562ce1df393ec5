/** Executables shared by everything that asks for the same op and shapes on the same backend. */
import type { Backend, Executable } from "../backend/backend.ts";
import { UnsupportedError } from "../errors.ts";
import type { Op, Shape } from "../op/op.ts";

const IDLE_LIMIT = 256; // executables kept though nobody holds them; each is a few hundred bytes

interface Entry {
  readonly exe: Executable;
  readonly key: string;
  holders: number;
}

/** A cache of one backend's executables. `acquire` and `release` come in pairs. */
export class Executables {
  readonly #backend: Backend;
  readonly #byKey = new Map<string, Entry>();
  readonly #byExe = new Map<Executable, Entry>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  acquire(op: Op, shapes: readonly Shape[]): Executable {
    const key = `${opKey(op)}|${shapes.join(";")}`;
    let entry = this.#byKey.get(key);
    if (entry) {
      // Move to the end: the map's order is the order of last use.
      this.#byKey.delete(key);
    } else {
      const reason = this.#backend.unsupported(op, shapes);
      if (reason !== null)
        throw new UnsupportedError(`Backend '${this.#backend.name}' cannot run ${op.kind}: ${reason}`);
      entry = { exe: this.#backend.prepare(op, shapes), key, holders: 0 };
      this.#byExe.set(entry.exe, entry);
    }
    this.#byKey.set(key, entry);
    entry.holders++;
    return entry.exe;
  }

  release(exe: Executable): void {
    const entry = this.#byExe.get(exe);
    if (!entry) return;
    entry.holders--;
    if (this.#byKey.size > IDLE_LIMIT) this.#evict();
  }

  #evict(): void {
    for (const [key, entry] of this.#byKey) {
      if (this.#byKey.size <= IDLE_LIMIT) return;
      if (entry.holders > 0) continue;
      this.#byKey.delete(key);
      this.#byExe.delete(entry.exe);
      this.#backend.release(entry.exe);
    }
  }
}

const keys = new WeakMap<Op, string>();

/** A string equal for equal ops. */
export function opKey(op: Op): string {
  let key = keys.get(op);
  if (key === undefined) {
    // Infinity (relu's max_value) and NaN are not JSON.
    key = JSON.stringify(op, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v));
    keys.set(op, key);
  }
  return key;
}
