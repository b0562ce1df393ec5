/**
 * Values that stay on the WebAssembly heap until somebody asks for them: what tfjs's CPU backend keeps for a tensor, with accessors. Results
 * are read in place by the layer that follows, and most are never copied out. (Copying out costs more than it seems: the pages of a fresh array
 * are mapped one by one as they are written.) Inputs that are used again keep their copy, as long as nobody reads their array.
 */
import type { Block } from "./block.ts";

/** Where a resident's values lie, apart from it, so that they can be freed after it was collected. */
interface Place {
  block: Block | null;
  data: WeakRef<ResidentData> | null;
}

/** What tfjs's CPU backend keeps for a tensor. */
export interface TensorEntry {
  readonly values: Float32Array;
  readonly refCount: number;
}

export class ResidentData {
  readonly dtype = "float32";
  readonly #place: Place;
  readonly #size: number;
  readonly #leave: (place: Place) => void;
  /** Where the values lie on the heap only, null. */
  readonly #array: Float32Array | null;
  #handedOut: Float32Array | null = null;
  #refCount: number;

  /** `entry`: what tfjs kept before, where the heap has a copy of it. */
  constructor(place: Place, size: number, leave: (place: Place) => void, entry: TensorEntry | null) {
    this.#place = place;
    this.#size = size;
    this.#leave = leave;
    this.#array = entry?.values ?? null;
    this.#refCount = entry?.refCount ?? 1;
  }

  /** Where the values lie, or null once they were asked for. */
  get block(): Block | null {
    return this.#place.block;
  }

  /**
   * Takes the values off the heap, once: their own array where there is one, else a copy. tfjs and its users read this, and could write to what
   * they get, so that it alone counts from then on.
   */
  get values(): Float32Array {
    if (this.#handedOut) return this.#handedOut;
    const { block } = this.#place;
    if (!block) throw new Error("The values of a disposed tensor were read.");
    this.#handedOut = this.#array ?? block.view(this.#size).slice();
    this.#leave(this.#place);
    return this.#handedOut;
  }

  /** tfjs counts references here, and deletes the entry when none is left. */
  get refCount(): number {
    return this.#refCount;
  }

  set refCount(count: number) {
    this.#refCount = count;
    if (count <= 0) this.#leave(this.#place);
  }
}

/** All residents of one backend. Held weakly: those that nobody disposes are collected like other tensors. */
export class Residents {
  readonly #places = new Set<Place>();
  readonly #collected = new FinalizationRegistry<Place>((place) => this.#leave(place));

  /** Takes over a block as the values of a new tensor, or as a copy of those of a tensor that there is. */
  adopt(block: Block, size: number, entry: TensorEntry | null = null): ResidentData {
    const place: Place = { block, data: null };
    const data = new ResidentData(place, size, (left) => this.#leave(left), entry);
    place.data = new WeakRef(data);
    this.#places.add(place);
    this.#collected.register(data, place, place);
    return data;
  }

  /** Takes all of them off, so that there is room or the heap can go. False where there were none. */
  evacuate(): boolean {
    let any = false;
    for (const place of [...this.#places]) {
      // Reading the values is what takes them off; one that was collected only leaves.
      if (place.data?.deref()?.values === undefined) this.#leave(place);
      any = true;
    }
    return any;
  }

  #leave(place: Place): void {
    place.block?.release();
    place.block = null;
    this.#places.delete(place);
    this.#collected.unregister(place);
  }
}
