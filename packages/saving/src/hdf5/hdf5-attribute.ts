// An attribute of a group or a dataset.

import type { AttributeMessage } from "./attribute.ts";
import type { Datatype } from "./datatype.ts";
import { Hdf5Array } from "./hdf5-array.ts";
import type { OpenFile } from "./stored-object.ts";
import { decodeValues, type Hdf5Values } from "./values.ts";

/** A named value beside an object's own; `path` is the object's with `@name` behind it. */
export class Hdf5Attribute extends Hdf5Array {
  readonly shape: readonly number[];
  /** @internal */
  readonly type: Datatype;
  readonly #open: OpenFile;
  readonly #bytes: Uint8Array;

  /** @internal */
  constructor(open: OpenFile, path: string, { type, space, bytes, offset }: AttributeMessage) {
    super(open.file, path, offset);
    this.#open = open;
    this.#bytes = bytes;
    this.type = type;
    this.shape = space.shape;
  }

  override read(): Hdf5Values {
    const { file, path, offset } = this;
    return decodeValues({ file, path, bytes: this.#bytes, offset }, this.type, this.#open.heap);
  }
}

/** The attributes of an object as users see them. */
export function openAttributes(
  open: OpenFile,
  path: string,
  stored: ReadonlyMap<string, AttributeMessage>,
): ReadonlyMap<string, Hdf5Attribute> {
  return new Map([...stored].map(([name, message]) => [name, new Hdf5Attribute(open, `${path}@${name}`, message)]));
}
