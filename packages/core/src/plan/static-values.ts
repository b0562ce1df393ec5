/** The part of a plan that depends on weights only: packed weights and constant operands, renewed when a weight changes. */
import type { Backend, DeviceBuffer, Packed } from "../backend/backend.ts";
import { dispatchEager, stateOf } from "../engine/eager.ts";
import { bufferOf, packTensors, type WeightData, type WeightValues } from "../engine/packed-weights.ts";
import { canRunOnArrays, runOnArrays, type ShapedValues } from "../engine/run-on-arrays.ts";
import { tfjsIsLoaded } from "../late-tfjs.ts";
import type { Op } from "../op/op.ts";
import { sizeOf } from "../op/output-shape.ts";
import { inScope, scalar, type Tensor } from "../tf.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import { topological } from "../trace/walk.ts";
import type { KerasVariable } from "../variable.ts";
import { expressionKey, packingKey, valueKey } from "./static-keys.ts";

/** Weights of the steps that pack the same ones alike. `packed` is null until the first refresh. */
export interface PackedSlot {
  readonly op: Op;
  readonly weights: readonly TracedTensor[];
  /** How they are made and packed, without the variables' values. */
  readonly key: string;
  readonly variables: readonly KerasVariable[];
  packed: Packed | null;
}

/** A constant operand in a buffer. */
export interface ConstantSlot {
  readonly value: TracedTensor;
  buffer: DeviceBuffer | null;
}

/** What one refresh has computed. Null: no array. */
interface Cache {
  readonly backend: Backend;
  readonly arrays: Map<TracedTensor, Float32Array | null>;
  readonly tensors: Map<TracedTensor, Tensor>;
}

/** Slots that are filled by `refresh` and emptied by `release`. */
export class StaticValues {
  readonly #backend: Backend;
  readonly #packs = new Map<string, PackedSlot>();
  readonly #constants = new Map<string, ConstantSlot>();
  readonly #keys = new Map<TracedTensor, string>();
  /** What each variable held when it was last read. */
  readonly #seen: { readonly variable: KerasVariable; valueId: object }[] = [];
  readonly #watched = new Set<KerasVariable>();
  #fresh = false;
  #rounds = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The slot for the weights of a step, packed for its op; the same where the values and the packing are. */
  packed(op: Op, weights: readonly TracedTensor[]): PackedSlot {
    const key = `${packingKey(op)}|${weights.map((value) => this.#keyOf(value)).join("|")}`;
    let slot = this.#packs.get(key);
    if (!slot) {
      slot = { op, weights, key, variables: variablesOf(weights), packed: null };
      this.#packs.set(key, slot);
      this.#watch(slot.variables);
    }
    return slot;
  }

  /** The slot of a value that steps read as an operand; the same for the same value. */
  constant(value: TracedTensor): ConstantSlot {
    const key = this.#keyOf(value);
    let slot = this.#constants.get(key);
    if (!slot) {
      slot = { value, buffer: null };
      this.#constants.set(key, slot);
      this.#watch(variablesOf([value]));
    }
    return slot;
  }

  /** What is packed, other plans' share in it not taken off. */
  get packings(): Packed[] {
    return [...this.#packs.values()].flatMap(({ packed }) => packed ?? []);
  }

  get packedBytes(): number {
    return this.packings.reduce((total, { bytes }) => total + bytes, 0);
  }

  /** How often the slots were filled. */
  get rounds(): number {
    return this.#rounds;
  }

  /** What constants hold, some of which the backend may share with their tensors. */
  get constantBytes(): number {
    return [...this.#constants.values()].reduce((total, { value }) => total + 4 * sizeOf(value.shape), 0);
  }

  /** Packs again what changed since the last run. Cheap when nothing did. */
  refresh(): void {
    if (!this.#fresh || this.#changed()) this.#renew();
  }

  /** Apart from `refresh`, since the closure in it costs an allocation at each entry. */
  #renew(): void {
    this.#fresh = false;
    const { packings } = stateOf(this.#backend);
    inScope(() => {
      const cache: Cache = { backend: this.#backend, arrays: new Map(), tensors: new Map() };
      for (const slot of this.#packs.values()) {
        const old = slot.packed;
        // Taken before the old one is given back: what did not change is not packed again.
        slot.packed = packings.acquire(`${slot.key}|${slot.variables.map(valueKey).join()}`, () =>
          packTensors(
            this.#backend,
            slot.op,
            slot.weights.map((w) => dataOf(w, cache)),
          ),
        );
        if (old) packings.release(old);
      }
      for (const slot of this.#constants.values()) {
        if (slot.buffer) this.#backend.free(slot.buffer);
        slot.buffer = null;
        slot.buffer = bufferOf(this.#backend, dataOf(slot.value, cache), slot.value.shape);
      }
    });
    for (const seen of this.#seen) seen.valueId = seen.variable.valueId;
    this.#fresh = true;
    this.#rounds++;
  }

  /** Gives back what the slots hold; the next refresh fills them again. */
  release(): void {
    this.#fresh = false;
    const { packings } = stateOf(this.#backend);
    for (const slot of this.#packs.values()) {
      if (slot.packed) packings.release(slot.packed);
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
    for (let i = 0; i < seen.length; i++) if (seen[i]?.variable.valueId !== seen[i]?.valueId) return true;
    return false;
  }

  /** Of a value that depends on no input; its shape counts, for what it is made of may be known by its data alone. */
  #keyOf(value: TracedTensor): string {
    return `${value.shape.join()}:${expressionKey(value, this.#keys)}`;
  }

  #watch(variables: readonly KerasVariable[]): void {
    for (const variable of variables) {
      if (this.#watched.has(variable)) continue;
      this.#watched.add(variable);
      this.#seen.push({ variable, valueId: variable.valueId });
    }
  }
}

function variablesOf(values: readonly TracedTensor[]): KerasVariable[] {
  return topological(values).flatMap(({ source }) => (source.kind === "variable" ? [source.variable] : []));
}

/** What a static value holds: an array where that needs no tfjs. */
function dataOf(value: TracedTensor, cache: Cache): WeightData | WeightValues {
  const values = arrayOf(value, cache);
  return values ? { values } : evaluate(value, cache);
}

/** The values of a static value that comes from no tensor: computed only while there are none, else the eager way keeps them where they are. */
function arrayOf(value: TracedTensor, cache: Cache): Float32Array | null {
  const known = cache.arrays.get(value);
  if (known !== undefined) return known;
  const array = newArrayOf(value, cache);
  cache.arrays.set(value, array);
  return array;
}

function newArrayOf({ source }: TracedTensor, cache: Cache): Float32Array | null {
  const { backend } = cache;
  if (source.kind === "number") return Float32Array.of(source.value);
  if (source.kind === "variable") return source.variable.heldValues;
  if (source.kind !== "op" || tfjsIsLoaded() || !canRunOnArrays(backend)) return null;
  const shaped = (operand: TracedTensor): ShapedValues[] => {
    const values = arrayOf(operand, cache);
    return values ? [{ shape: operand.shape, values }] : [];
  };
  const inputs = source.inputs.flatMap(shaped);
  const weights = source.weights.flatMap(shaped);
  if (inputs.length < source.inputs.length || weights.length < source.weights.length) return null;
  return runOnArrays(backend, stateOf(backend).executables, source.op, inputs, weights);
}

/** The tensor behind a static value; ops on weights (a merged kernel, a reshaped bias) run eagerly here. */
function evaluate(value: TracedTensor, cache: Cache): Tensor {
  const known = cache.tensors.get(value);
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
  cache.tensors.set(value, tensor);
  return tensor;
}
