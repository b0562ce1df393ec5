// A group: names that lead to groups and datasets, which are opened when asked for.

import { type Hdf5Attribute, openAttributes } from "./hdf5-attribute.ts";
import { Hdf5Dataset } from "./hdf5-dataset.ts";
import type { Link } from "./link.ts";
import type { OpenFile, StoredObject } from "./stored-object.ts";

const MOST_SOFT_LINKS = 40; // followed for one name; more is taken for a cycle

/** A folder of the tree. */
export class Hdf5Group {
  readonly kind = "group";
  readonly #open: OpenFile;
  readonly #stored: StoredObject;
  readonly #parent: Hdf5Group | null;
  readonly #depth: number;
  readonly #children = new Map<string, Hdf5Group | Hdf5Dataset>();
  #attributes: ReadonlyMap<string, Hdf5Attribute> | undefined;

  /** `/` for the root, `/layers/conv2d` below. */
  readonly path: string;

  /** @internal */
  constructor(open: OpenFile, path: string, stored: StoredObject, parent: Hdf5Group | null) {
    this.path = path;
    this.#open = open;
    this.#stored = stored;
    this.#parent = parent;
    this.#depth = parent === null ? 0 : parent.#depth + 1;
    open.file.budget.check("depth", this.#depth, path, open.file.base + stored.address);
  }

  /** Names of what is inside, sorted by code units. */
  keys(): string[] {
    return [...this.#stored.links.keys()];
  }

  get attributes(): ReadonlyMap<string, Hdf5Attribute> {
    this.#attributes ??= openAttributes(this.#open, this.path, this.#stored.attributes);
    return this.#attributes;
  }

  /**
   * What a name (`vars`) or path from here (`conv2d/vars/0`) leads to, or undefined if there is no such name. The same name gives the same
   * object. Throws FileError for a damaged object, a link to nothing and a group that contains itself; UnsupportedError for a link to
   * another file and for a named datatype.
   */
  get(path: string): Hdf5Group | Hdf5Dataset | undefined {
    let found: Hdf5Group | Hdf5Dataset | undefined = this;
    for (const name of path.split("/")) {
      if (name === "") continue;
      if (found?.kind !== "group") return undefined;
      found = found.#child(name);
    }
    return found;
  }

  /** Every name with what it leads to. */
  *entries(): Generator<[string, Hdf5Group | Hdf5Dataset]> {
    for (const name of this.keys()) yield [name, this.#child(name) as Hdf5Group | Hdf5Dataset];
  }

  /** All datasets below, depth first by name, each with its path. */
  *datasets(): Generator<Hdf5Dataset> {
    for (const [, child] of this.entries())
      if (child.kind === "dataset") yield child;
      else yield* child.datasets();
  }

  #child(name: string): Hdf5Group | Hdf5Dataset | undefined {
    const known = this.#children.get(name);
    if (known) return known;
    const link = this.#stored.links.get(name);
    if (!link) return undefined;
    const path = this.path === "/" ? `/${name}` : `${this.path}/${name}`;
    const { file } = this.#open;
    const here = file.base + this.#stored.address;
    const stored = this.#follow(link, this.#stored, path, { count: 0 });
    file.budget.open(path, here);
    if (stored.isGroup)
      for (let group: Hdf5Group | null = this; group !== null; group = group.#parent)
        if (group.#stored === stored) file.fail(`this group contains itself: it is ${group.path}.`, path, here);
    const child = this.#make(path, stored);
    this.#children.set(name, child);
    return child;
  }

  #make(path: string, stored: StoredObject): Hdf5Group | Hdf5Dataset {
    if (stored.isDataset) return new Hdf5Dataset(this.#open, path, stored);
    if (stored.isGroup) return new Hdf5Group(this.#open, path, stored, this);
    const { file } = this.#open;
    return file.refuse(
      "this is neither a group nor a dataset; named datatypes are not read.",
      path,
      file.base + stored.address,
    );
  }

  /** What a link of the group `from` leads to. */
  #follow(link: Link, from: StoredObject, path: string, followed: { count: number }): StoredObject {
    const { file } = this.#open;
    const here = file.base + from.address;
    if (link.kind === "hard") return this.#open.object(link.address, path);
    if (link.kind === "external") return file.refuse("a link to another file is not followed.", path, here);
    let object = link.target.startsWith("/") ? this.#root() : from;
    for (const name of link.target.split("/")) {
      if (name === "" || name === ".") continue;
      if (++followed.count > MOST_SOFT_LINKS)
        file.fail(`soft links lead in a circle. Received: ${link.target}.`, path, here);
      const next = object.isGroup ? object.links.get(name) : undefined;
      if (!next) return file.fail(`a soft link leads nowhere. Received: ${link.target}.`, path, here);
      object = this.#follow(next, object, path, followed);
    }
    return object;
  }

  #root(): StoredObject {
    let group: Hdf5Group = this;
    while (group.#parent !== null) group = group.#parent;
    return group.#stored;
  }
}
