/**
 * Variables packed for eager calls, kept while they hold the same value. tfjs gives a variable a new data id with every
 * assignment (its own optimizers' included), so a data id names one immutable value.
 */
import type { Backend, DeviceBuffer, Packed } from "../backend/backend.ts";
import { hasWeights, type Op, weightShapes } from "../op/op.ts";
import { opKey } from "./executables.ts";

/** A tensor as packing needs it: anything naming its data. */
export interface WeightData {
  readonly dataId: object;
}

/** Values that are in no tensor, row-major. */
export interface WeightValues {
  readonly values: Float32Array;
}

const BUDGET_BYTES = 256 * 2 ** 20; // packed weights kept for eager calls before the least recently used are freed

interface Entry {
  readonly packed: Packed;
  readonly dataId: WeakRef<object>;
  readonly key: string;
}

export class PackedWeights {
  readonly #backend: Backend;
  readonly #valueOf = new WeakMap<WeightData, object>();
  readonly #byDataId = new WeakMap<object, Map<string, Entry>>();
  /** Least recently used first. */
  readonly #entries = new Set<Entry>();
  #bytes = 0;
  readonly #collected = new FinalizationRegistry<Entry[]>((dead) => {
    for (const entry of dead) this.#drop(entry);
  });

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The packed form of a variable's value, made on first use; what was packed of its former value is freed. */
  get(op: Op, variable: WeightData): Packed {
    const { dataId } = variable;
    const former = this.#valueOf.get(variable);
    if (former !== dataId) {
      if (former) this.#forgetValue(former);
      this.#valueOf.set(variable, dataId);
    }
    const key = opKey(op);
    const known = this.#byDataId.get(dataId);
    const hit = known?.get(key);
    if (hit) {
      this.#entries.delete(hit);
      this.#entries.add(hit);
      return hit.packed;
    }
    const entry: Entry = { packed: packTensors(this.#backend, op, [variable]), dataId: new WeakRef(dataId), key };
    if (known) known.set(key, entry);
    else this.#byDataId.set(dataId, new Map([[key, entry]]));
    this.#collected.register(dataId, [entry], entry);
    this.#entries.add(entry);
    this.#bytes += entry.packed.bytes;
    for (const old of this.#entries) {
      if (this.#bytes <= BUDGET_BYTES || old === entry) break;
      this.#drop(old);
    }
    return entry.packed;
  }

  /** Frees what was packed of a variable that is about to be disposed. */
  forget(variable: WeightData): void {
    const value = this.#valueOf.get(variable);
    if (value) this.#forgetValue(value);
  }

  #forgetValue(dataId: object): void {
    for (const entry of this.#byDataId.get(dataId)?.values() ?? []) this.#drop(entry);
  }

  #drop(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    this.#bytes -= entry.packed.bytes;
    this.#backend.release(entry.packed);
    this.#collected.unregister(entry);
    const dataId = entry.dataId.deref();
    if (dataId) this.#byDataId.get(dataId)?.delete(entry.key);
  }
}

/** A buffer with what a tensor or an array holds, read in this shape; the caller's. */
export function bufferOf(backend: Backend, data: WeightData | WeightValues, shape: readonly number[]): DeviceBuffer {
  if ("dataId" in data) return backend.borrow({ dataId: data.dataId, shape: [...shape], dtype: "float32" });
  const buffer = backend.alloc(shape);
  backend.write(buffer, data.values);
  return buffer;
}

/** Packs weights of any shape with the right number of elements. */
export function packTensors(backend: Backend, op: Op, weights: readonly (WeightData | WeightValues)[]): Packed {
  if (!hasWeights(op)) throw new TypeError(`${op.kind} has no weights.`);
  const shapes = weightShapes(op);
  const buffers = [];
  try {
    for (const [i, weight] of weights.entries()) {
      buffers.push(bufferOf(backend, weight, shapes[i] ?? []));
    }
    return backend.pack(op, buffers);
  } finally {
    for (const buffer of buffers) backend.free(buffer);
  }
}
