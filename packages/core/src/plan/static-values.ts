/** The part of a plan that depends on weights only: packed weights and constant operands, renewed when a weight changes. */
import type { Backend, DeviceBuffer, Packed } from "../backend/backend.ts";
import { dispatchEager } from "../engine/eager.ts";
import { packTensors } from "../engine/packed-weights.ts";
import type { Op } from "../op/op.ts";
import { scalar, type Tensor, tidy } from "../tf.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import { topological } from "../trace/walk.ts";
import type { KerasVariable } from "../variable.ts";

/** Weights of one step. `packed` is null until the first refresh. */
export interface PackedSlot {
  readonly op: Op;
  readonly weights: readonly TracedTensor[];
  packed: Packed | null;
}

/** A constant operand in a buffer. */
export interface ConstantSlot {
  readonly value: TracedTensor;
  buffer: DeviceBuffer | null;
}

/** Slots that are filled by `refresh` and emptied by `release`. */
export class StaticValues {
  readonly #backend: Backend;
  readonly #packs: PackedSlot[] = [];
  readonly #constants = new Map<TracedTensor, ConstantSlot>();
  /** What each variable held when it was last read: tfjs changes the data id with every assignment. */
  readonly #seen: { readonly variable: KerasVariable; dataId: object }[] = [];
  readonly #watched = new Set<KerasVariable>();
  #fresh = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** A slot for the weights of a step, packed for its op. */
  packed(op: Op, weights: readonly TracedTensor[]): PackedSlot {
    const slot: PackedSlot = { op, weights, packed: null };
    this.#packs.push(slot);
    this.#watch(weights);
    return slot;
  }

  /** The slot of a value that steps read as an operand; the same for the same value. */
  constant(value: TracedTensor): ConstantSlot {
    let slot = this.#constants.get(value);
    if (!slot) {
      slot = { value, buffer: null };
      this.#constants.set(value, slot);
      this.#watch([value]);
    }
    return slot;
  }

  get packedBytes(): number {
    return this.#packs.reduce((total, { packed }) => total + (packed?.bytes ?? 0), 0);
  }

  /** Packs again what changed since the last run. Cheap when nothing did. */
  refresh(): void {
    if (!this.#fresh || this.#changed()) this.#renew();
  }

  /** Apart from `refresh`, since the closure in it costs an allocation at each entry. */
  #renew(): void {
    this.release();
    tidy(() => {
      const cache = new Map<TracedTensor, Tensor>();
      for (const slot of this.#packs) {
        slot.packed = packTensors(
          this.#backend,
          slot.op,
          slot.weights.map((w) => evaluate(w, cache)),
        );
      }
      for (const slot of this.#constants.values()) {
        const tensor = evaluate(slot.value, cache);
        slot.buffer = this.#backend.borrow({ dataId: tensor.dataId, shape: [...slot.value.shape], dtype: "float32" });
      }
    });
    for (const seen of this.#seen) seen.dataId = seen.variable.value.dataId;
    this.#fresh = true;
  }

  /** Frees what the slots hold; the next refresh fills them again. */
  release(): void {
    this.#fresh = false;
    for (const slot of this.#packs) {
      if (slot.packed) this.#backend.release(slot.packed);
      slot.packed = null;
    }
    for (const slot of this.#constants.values()) {
      if (slot.buffer) this.#backend.free(slot.buffer);
      slot.buffer = null;
    }
  }

  /** Indices, not an iterator: each run comes here, and a run allocates nothing. */
  #changed(): boolean {
    const seen = this.#seen;
    for (let i = 0; i < seen.length; i++) if (seen[i]?.variable.value.dataId !== seen[i]?.dataId) return true;
    return false;
  }

  #watch(values: readonly TracedTensor[]): void {
    for (const { source } of topological(values)) {
      if (source.kind !== "variable" || this.#watched.has(source.variable)) continue;
      this.#watched.add(source.variable);
      this.#seen.push({ variable: source.variable, dataId: source.variable.value.dataId });
    }
  }
}

/** The tensor behind a static value; ops on weights (a merged kernel, a reshaped bias) run eagerly here. */
function evaluate(value: TracedTensor, cache: Map<TracedTensor, Tensor>): Tensor {
  const known = cache.get(value);
  if (known) return known;
  const { source } = value;
  let tensor: Tensor;
  switch (source.kind) {
    case "variable":
      tensor = source.variable.value;
      break;
    case "constant":
      tensor = source.tensor;
      break;
    case "number":
      tensor = scalar(source.value);
      break;
    case "op":
      tensor = dispatchEager(
        source.op,
        source.inputs.map((x) => evaluate(x, cache)),
        source.weights.map((x) => evaluate(x, cache)),
      );
      break;
    case "input":
      throw new TypeError("A static value depends on an input.");
  }
  cache.set(value, tensor);
  return tensor;
}
