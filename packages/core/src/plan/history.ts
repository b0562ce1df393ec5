/**
 * The frames of a stream that a later call still needs, for one convolution or pooling. Where a backend's buffers can be addressed long ones lie
 * in a ring that is read in place; else a call makes the next state from the last one and the two change places.
 */
import type { Backend, BufferWindow, DeviceBuffer } from "../backend/backend.ts";
import { sizeOf } from "../op/output-shape.ts";
import { at } from "./run-steps.ts";

/** What is kept of a value: the last `past` frames before those of a call. */
export interface HistoryOf {
  /** Shape of the frames of one call. */
  readonly shape: readonly number[];
  /** Where time lies in it. */
  readonly axis: number;
  readonly past: number;
  /** What stands for the frames before the first. */
  readonly fill: number;
}

/** Called in this order: `allocate`, `reset`, then `advance` after each run; `free` at the end. */
export interface History {
  /** What it holds apart from the graph's own buffers. */
  readonly bytes: number;
  /** Takes memory, and puts into `given` the buffers for slots that are not the graph's own. */
  allocate(given: Map<number, DeviceBuffer>): void;
  reset(buffers: readonly DeviceBuffer[]): void;
  advance(buffers: DeviceBuffer[]): void;
  free(): void;
}

/** The shape of `past` frames, or of any other number. */
export function framesOf({ shape, axis }: HistoryOf, frames: number): number[] {
  return shape.map((n, i) => (i === axis ? frames : n));
}

/** Whether successive frames follow each other in memory, so that a ring of them can be. */
export function isContiguous({ shape, axis }: HistoryOf): boolean {
  return sizeOf(shape.slice(0, axis)) === 1;
}

/** The slots of a ring: where the frames of a call are written first, and again, and where they are read with what came before. */
export interface RingSlots {
  readonly first: number;
  readonly second: number;
  readonly window: number;
}

/**
 * A ring of `cycle` frames, kept twice in a row: the frames of a call are written to both copies, so that they and those before them
 * are always in one piece, which ends in the second copy. A call moves three windows and copies its own frames once.
 */
export class RingHistory implements History {
  readonly #backend: Backend;
  readonly #of: HistoryOf;
  readonly #slots: RingSlots;
  /** Frames a call. */
  readonly #hop: number;
  readonly #frameSize: number;
  /** Frames of one copy: those of a call do not overwrite what it still reads. */
  readonly #cycle: number;
  #at = 0;
  #ring: DeviceBuffer | null = null;
  /** Those of the slots, in their order. */
  #windows: BufferWindow[] = [];

  constructor(backend: Backend, of: HistoryOf, slots: RingSlots) {
    this.#backend = backend;
    this.#of = of;
    this.#slots = slots;
    this.#hop = of.shape[of.axis] ?? 0;
    this.#frameSize = sizeOf(of.shape.slice(of.axis + 1));
    this.#cycle = (Math.ceil(of.past / this.#hop) + 1) * this.#hop;
  }

  get bytes(): number {
    return 8 * this.#cycle * this.#frameSize;
  }

  allocate(given: Map<number, DeviceBuffer>): void {
    const { past, shape } = this.#of;
    const { first, second, window } = this.#slots;
    this.#ring = this.#backend.alloc([2 * this.#cycle * this.#frameSize]);
    this.#give(given, first, this.#ring, shape);
    this.#give(given, second, this.#ring, shape);
    this.#give(given, window, this.#ring, framesOf(this.#of, past + this.#hop));
  }

  reset(): void {
    if (!this.#ring) return;
    this.#backend.write(this.#ring, new Float32Array(2 * this.#cycle * this.#frameSize).fill(this.#of.fill));
    this.#at = 0;
    this.#place();
  }

  advance(): void {
    this.#at = (this.#at + this.#hop) % this.#cycle;
    this.#place();
  }

  free(): void {
    for (const window of this.#windows) this.#backend.free(window);
    this.#windows = [];
    if (this.#ring) this.#backend.free(this.#ring);
    this.#ring = null;
  }

  #give(given: Map<number, DeviceBuffer>, slot: number, ring: DeviceBuffer, shape: readonly number[]): void {
    if (!this.#backend.window) throw new TypeError(`Backend '${this.#backend.name}' has no windows.`);
    const window = this.#backend.window(ring, shape);
    this.#windows.push(window);
    given.set(slot, window);
  }

  #place(): void {
    const first = this.#windows[0];
    const second = this.#windows[1];
    const window = this.#windows[2];
    if (!first || !second || !window) return;
    first.offset = this.#at * this.#frameSize;
    second.offset = (this.#at + this.#cycle) * this.#frameSize;
    window.offset = (this.#at + this.#cycle - this.#of.past) * this.#frameSize;
  }
}

/** A graph's input with what came before and its output with what comes next, which change places after a run. */
export class SwappedHistory implements History {
  readonly bytes = 0;
  readonly #backend: Backend;
  readonly #of: HistoryOf;
  readonly #state: number;
  readonly #next: number;

  /** `state` and `next` are slots of equal shapes. */
  constructor(backend: Backend, of: HistoryOf, state: number, next: number) {
    this.#backend = backend;
    this.#of = of;
    this.#state = state;
    this.#next = next;
  }

  allocate(): void {}

  reset(buffers: readonly DeviceBuffer[]): void {
    const shape = framesOf(this.#of, this.#of.past);
    this.#backend.write(at(buffers, this.#state), new Float32Array(sizeOf(shape)).fill(this.#of.fill), shape);
  }

  advance(buffers: DeviceBuffer[]): void {
    const last = at(buffers, this.#state);
    buffers[this.#state] = at(buffers, this.#next);
    buffers[this.#next] = last;
  }

  free(): void {}
}
