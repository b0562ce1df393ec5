/**
 * Results that stay on the WebAssembly heap until somebody asks for their values: what tfjs's CPU backend keeps for a
 * tensor, with accessors. A layer that follows reads them in place, and most results between layers are never copied out.
 * (Copying out costs more than it seems: the pages of a fresh array are mapped one by one as they are written.)
 */
import type { Block } from "./block.ts";

/** Where a resident's values lie, apart from it, so that they can be freed after it was collected. */
interface Place {
  block: Block | null;
  data: WeakRef<ResidentData> | null;
}

export class ResidentData {
  readonly dtype = "float32";
  readonly #place: Place;
  readonly #size: number;
  readonly #leave: (place: Place) => void;
  #values: Float32Array | null = null;
  #refCount = 1;

  constructor(place: Place, size: number, leave: (place: Place) => void) {
    this.#place = place;
    this.#size = size;
    this.#leave = leave;
  }

  /** Where the values lie, or null once they were copied out. */
  get block(): Block | null {
    return this.#place.block;
  }

  /** Copies the values out of the heap, once. tfjs and its users read this. */
  get values(): Float32Array {
    if (this.#values) return this.#values;
    const { block } = this.#place;
    if (!block) throw new Error("The values of a disposed tensor were read.");
    this.#values = block.view(this.#size).slice();
    this.#leave(this.#place);
    return this.#values;
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

  /** Takes over a block as the values of a new tensor. */
  adopt(block: Block, size: number): ResidentData {
    const place: Place = { block, data: null };
    const data = new ResidentData(place, size, (left) => this.#leave(left));
    place.data = new WeakRef(data);
    this.#places.add(place);
    this.#collected.register(data, place, place);
    return data;
  }

  /** Copies all of them out, so that there is room or the heap can go. False where there were none. */
  evacuate(): boolean {
    let any = false;
    for (const place of [...this.#places]) {
      // Reading the values is what copies them; one that was collected only leaves.
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
