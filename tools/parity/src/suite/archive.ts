/** The `.npz` beside a manifest that holds a suite's arrays: an ordinary zip of `.npy` members, stored or deflated. */
import { type Unzipped, unzipSync } from "fflate";

export class Archive {
  readonly #bytes: Uint8Array;
  readonly #names = new Set<string>();
  #members: Unzipped = {};

  /** @throws Error where the bytes are no zip. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#unzip((name) => {
      this.#names.add(name);
      return false;
    });
  }

  /** Unpacks these members in one pass; damage is left for `read` to report, member by member. */
  prepare(names: ReadonlySet<string>): void {
    try {
      this.#members = this.#unzip((name) => names.has(name));
    } catch {
      this.#members = {};
    }
  }

  /** @throws Error where there is no such member, or it is damaged. */
  read(name: string): Uint8Array {
    const ready = this.#members[name];
    if (ready) return ready;
    const found = this.#names.has(name) ? this.#unzip((candidate) => candidate === name)[name] : undefined;
    if (!found) throw new Error("is missing");
    return found;
  }

  #unzip(wanted: (name: string) => boolean): Unzipped {
    try {
      return unzipSync(this.#bytes, { filter: ({ name }) => wanted(name) });
    } catch (error) {
      throw new Error(`broken zip: ${error instanceof Error ? error.message : error}`);
    }
  }
}
