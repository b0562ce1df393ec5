/**
 * An allocator over a WebAssembly memory: best fit over one address-ordered list of free ranges, which merge with their
 * neighbours. Addresses are multiples of 64, and every range ends with 64 spare bytes that kernels may load.
 */

const PAGE_BYTES = 65536;
const ALIGNMENT = 64;
const SPARE_BYTES = 64;

interface Range {
  address: number;
  bytes: number;
}

export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Views on all of the memory; read them after allocating, for growth replaces them. */
  f32: Float32Array;
  i32: Int32Array;
  readonly #maximumBytes: number;
  readonly #used = new Map<number, number>();
  /** Asked when the memory cannot grow: frees what can be kept elsewhere; false where there was nothing. */
  makeRoom: () => boolean = () => false;
  #free: Range[] = [];
  #end: number;
  #usedBytes = 0;

  /** Manages `memory` from `base` on, up to `maximumBytes` of it in all. */
  constructor(memory: WebAssembly.Memory, base: number, maximumBytes: number) {
    this.memory = memory;
    this.#maximumBytes = maximumBytes;
    this.#end = roundUp(base, ALIGNMENT);
    this.f32 = new Float32Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
  }

  /** Bytes in allocated ranges, with rounding and spare bytes. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** The address of at least `bytes` uninitialised bytes. Throws, changing nothing, when the memory cannot grow. */
  alloc(bytes: number): number {
    const size = roundUp(bytes + SPARE_BYTES, ALIGNMENT);
    let address = this.#takeFree(size) ?? this.#takeEnd(size);
    if (address === undefined && this.makeRoom()) address = this.#takeFree(size) ?? this.#takeEnd(size);
    if (address === undefined) throw this.#full(bytes);
    this.#used.set(address, size);
    this.#usedBytes += size;
    return address;
  }

  free(address: number): void {
    const bytes = this.#used.get(address);
    if (bytes === undefined) throw new Error(`Nothing is allocated at this address. Received: address=${address}.`);
    this.#used.delete(address);
    this.#usedBytes -= bytes;
    this.#giveBack(address, bytes);
  }

  #takeFree(size: number): number | undefined {
    let best: Range | undefined;
    let bestIndex = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const range = this.#free[i];
      if (range !== undefined && range.bytes >= size && (best === undefined || range.bytes < best.bytes)) {
        best = range;
        bestIndex = i;
        if (range.bytes === size) break;
      }
    }
    if (best === undefined) return undefined;
    const address = best.address;
    if (best.bytes === size) {
      this.#free.splice(bestIndex, 1);
    } else {
      best.address += size;
      best.bytes -= size;
    }
    return address;
  }

  #takeEnd(size: number): number | undefined {
    const last = this.#free.at(-1);
    const joins = last !== undefined && last.address + last.bytes === this.#end;
    const address = joins ? last.address : this.#end;
    if (!this.#reach(address + size)) return undefined;
    if (joins) this.#free.pop();
    this.#end = address + size;
    return address;
  }

  /** Grows the memory to hold `end`, by a quarter more than it has where that is allowed. */
  #reach(end: number): boolean {
    const have = this.memory.buffer.byteLength;
    if (end <= have) return true;
    const wanted = Math.max(end, have + Math.floor(have / 4));
    return this.#grow(Math.min(wanted, this.#maximumBytes), end) || this.#grow(end, end);
  }

  #full(asked: number): Error {
    return new Error(
      `The WebAssembly heap cannot grow by ${asked} bytes: ${this.#usedBytes} bytes are in use and its limit is ` +
        `${this.#maximumBytes} bytes. Free tensors, plans or layers, or use smaller batches.`,
    );
  }

  #grow(to: number, needed: number): boolean {
    const pages = Math.ceil(to / PAGE_BYTES);
    if (to < needed || pages * PAGE_BYTES > this.#maximumBytes) return false;
    try {
      this.memory.grow(pages - this.memory.buffer.byteLength / PAGE_BYTES);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.f32 = new Float32Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    return true;
  }

  #giveBack(address: number, bytes: number): void {
    const at = this.#indexAfter(address);
    const before = this.#free[at - 1];
    const after = this.#free[at];
    const joinsBefore = before !== undefined && before.address + before.bytes === address;
    const joinsAfter = after !== undefined && address + bytes === after.address;
    if (joinsBefore) {
      before.bytes += bytes + (joinsAfter ? after.bytes : 0);
      if (joinsAfter) this.#free.splice(at, 1);
    } else if (joinsAfter) {
      after.address = address;
      after.bytes += bytes;
    } else {
      this.#free.splice(at, 0, { address, bytes });
    }
  }

  /** The index of the first free range behind `address`. */
  #indexAfter(address: number): number {
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#free[middle]?.address ?? Infinity) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
