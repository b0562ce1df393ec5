// A file in the making: parts in the order of their addresses, put together at the end so that values are copied once.

const ALIGNMENT = 8;

/** Fields of a block, little-endian, as they are appended. */
export class Block {
  readonly #view: DataView;
  #at = 0;
  readonly bytes: Uint8Array;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  uint8(value: number): this {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
    return this;
  }

  uint16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  uint32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  /** 64 bits; null is an undefined address. */
  uint64(value: number | null): this {
    this.uint32(value === null ? 0xffffffff : value % 2 ** 32);
    return this.uint32(value === null ? 0xffffffff : Math.floor(value / 2 ** 32));
  }

  raw(bytes: Uint8Array | readonly number[]): this {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  text(letters: string): this {
    return this.raw(Array.from(letters, (letter) => letter.charCodeAt(0)));
  }

  skip(count: number): this {
    this.#at += count;
    return this;
  }
}

/** Parts of a file, each at the address that it was given. */
export class FileLayout {
  readonly #parts: { address: number; bytes: Uint8Array }[] = [];
  #end: number;

  /** The first `start` bytes are written last, by `finish`. */
  constructor(start: number) {
    this.#end = start;
  }

  get end(): number {
    return this.#end;
  }

  /** Appends bytes that must not change any more; returns their address, a multiple of 8. */
  append(bytes: Uint8Array): number {
    const address = align(this.#end);
    this.#parts.push({ address, bytes });
    this.#end = address + bytes.length;
    return address;
  }

  /** The whole file, with these bytes at its start; it ends at a multiple of 8. */
  finish(head: Uint8Array): Uint8Array {
    const out = new Uint8Array(align(this.#end));
    out.set(head);
    for (const { address, bytes } of this.#parts) out.set(bytes, address);
    return out;
  }
}

/** The next multiple of 8. */
export function align(value: number): number {
  return Math.ceil(value / ALIGNMENT) * ALIGNMENT;
}
