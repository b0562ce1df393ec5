// A dataset: what its header says, and its values wherever they are stored.

import { readDatatypeMessage, refuseShared } from "./attribute.ts";
import { filled, readChunks } from "./chunked.ts";
import { type Dataspace, readDataspace } from "./dataspace.ts";
import type { Datatype } from "./datatype.ts";
import type { Cursor } from "./file-bytes.ts";
import { type Filter, readFilters } from "./filters.ts";
import { Hdf5Array } from "./hdf5-array.ts";
import { type Hdf5Attribute, openAttributes } from "./hdf5-attribute.ts";
import { type Layout, readLayout } from "./layout.ts";
import { MESSAGE, openMessage } from "./object-header.ts";
import type { OpenFile, StoredObject } from "./stored-object.ts";
import { decodeValues, type Hdf5Values } from "./values.ts";

/** An array with a place in the tree. */
export class Hdf5Dataset extends Hdf5Array {
  readonly kind = "dataset";
  readonly #open: OpenFile;
  readonly #stored: StoredObject;
  readonly #space: Dataspace;
  /** @internal */
  readonly type: Datatype;
  #attributes: ReadonlyMap<string, Hdf5Attribute> | undefined;

  /** @internal */
  constructor(open: OpenFile, path: string, stored: StoredObject) {
    super(open.file, path, open.file.base + stored.address);
    this.#open = open;
    this.#stored = stored;
    this.#space = readDataspace(this.#message(MESSAGE.dataspace, "shape"));
    const type = stored.find(MESSAGE.datatype) ?? this.file.fail("a dataset without a datatype.", path, this.offset);
    this.type = readDatatypeMessage(this.file, path, type);
  }

  get shape(): readonly number[] {
    return this.#space.shape;
  }

  get attributes(): ReadonlyMap<string, Hdf5Attribute> {
    this.#attributes ??= openAttributes(this.#open, this.path, this.#stored.attributes);
    return this.#attributes;
  }

  override read(): Hdf5Values {
    const { file, path, type } = this;
    if (type.kind === "unsupported") file.refuse(`values of ${type.what} are not read.`, path, this.offset);
    const { bytes, offset } = this.#bytes();
    return decodeValues({ file, path, bytes, offset }, type, this.#open.heap);
  }

  #bytes(): { bytes: Uint8Array; offset: number } {
    const { file, path, offset } = this;
    if (this.#stored.find(MESSAGE.externalFiles)) file.refuse("values in external files are not read.", path, offset);
    const cursor = this.#message(MESSAGE.layout, "layout");
    const layout = readLayout(cursor);
    if (layout.kind === "chunked") {
      const filters = this.#filters();
      const dataset = { layout, space: this.#space, filters, elementBytes: this.elementBytes, fill: this.#fillValue() };
      return { bytes: readChunks(file, path, dataset, offset), offset };
    }
    const bytes = this.size * this.elementBytes;
    const start = layout.kind === "compact" ? layout.start - file.base : layout.address;
    if (bytes === 0 || start === null) return { bytes: this.#filled(bytes, layout), offset };
    if (layout.bytes < bytes)
      file.fail(`${bytes} bytes of values are expected, ${layout.bytes} are stored.`, path, offset);
    const place = file.at(start, path, bytes);
    return { offset: place.position, bytes: place.take(bytes) };
  }

  /** Values of a dataset to which nothing was written. */
  #filled(bytes: number, layout: Exclude<Layout, { kind: "chunked" }>): Uint8Array {
    if (layout.kind === "compact" && bytes > 0)
      this.file.fail("a compact dataset without values.", this.path, this.offset);
    this.file.budget.decode(bytes, this.path, this.offset);
    return filled(bytes, this.#fillValue());
  }

  #filters(): Filter[] {
    const message = this.#stored.find(MESSAGE.filters);
    return message ? readFilters(this.#message(MESSAGE.filters, "filters")) : [];
  }

  /** The bytes of an element that was never written; null for zeros. */
  #fillValue(): Uint8Array | null {
    const { file, path, elementBytes } = this;
    const type = this.#stored.find(MESSAGE.fillValue) ? MESSAGE.fillValue : MESSAGE.oldFillValue;
    const message = this.#stored.find(type);
    if (!message) return null;
    const cursor = openMessage(file, path, message);
    const start = cursor.position;
    const bytes = type === MESSAGE.oldFillValue ? cursor.uint32() : fillBytes(cursor);
    if (bytes === 0) return null;
    if (bytes !== elementBytes) cursor.fail(`a fill value of ${bytes} bytes for elements of ${elementBytes}.`, start);
    return cursor.take(bytes);
  }

  #message(type: number, what: string): Cursor {
    const { file, path } = this;
    const message = this.#stored.find(type) ?? file.fail(`a dataset without a ${what}.`, path, this.offset);
    const cursor = openMessage(file, path, message);
    return message.flags & 2 ? refuseShared(cursor) : cursor;
  }
}

/** How many bytes of a fill value follow; 0 where there is none. */
function fillBytes(cursor: Cursor): number {
  const start = cursor.position;
  const version = cursor.uint8();
  if (version < 1 || version > 3)
    cursor.fail(`a fill value of an unknown version. Received: version=${version}.`, start);
  if (version === 3) return cursor.uint8() & 0x20 ? cursor.uint32() : 0;
  cursor.skip(2); // when space is allocated, when it is filled
  const defined = cursor.uint8();
  return version === 1 || defined ? cursor.uint32() : 0;
}
