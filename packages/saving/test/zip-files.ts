// The archives of test/data/zip, which Python's zipfile wrote (write_data.py).

import { readFileSync } from "node:fs";

/** The bytes of an archive. */
export function zipFile(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(`data/zip/${name}.zip`, import.meta.url)));
}
