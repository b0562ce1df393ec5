/** `keras-start.ts` as one file with all that it needs, by esbuild for Node: how programs are shipped to servers that start often. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Contestant } from "../contestants/contestant.ts";

const FILE = fileURLToPath(new URL("./bundled.cjs", import.meta.url));

/** Writes the file, beside this one. */
export async function bundleStart(): Promise<void> {
  const { build } = await import("esbuild");
  const entryPoints = [fileURLToPath(new URL("./keras-start.js", import.meta.url))];
  await build({ entryPoints, bundle: true, platform: "node", outfile: FILE, logLevel: "silent" });
}

/** Runs the file that was written. */
export async function startBundled(): Promise<Contestant> {
  const { kerasStart } = createRequire(import.meta.url)(FILE) as { kerasStart(): Promise<Contestant> };
  return kerasStart();
}
