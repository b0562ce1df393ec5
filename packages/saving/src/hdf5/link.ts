// What a name in a group is.

import type { Cursor } from "./file-bytes.ts";

/** What a name leads to: an object header's address, a path in this file, or another file. */
export type Link =
  | { readonly kind: "hard"; readonly address: number }
  | { readonly kind: "soft"; readonly target: string }
  | { readonly kind: "external" };

/** Called with each link that is found, and the cursor it was found with. */
export type AddLink = (name: string, link: Link, cursor: Cursor) => void;
