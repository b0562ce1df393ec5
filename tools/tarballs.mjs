// The packages as npm would receive them: every public package of the workspace packed by pnpm, which swaps in `publishConfig`
// and real versions for `workspace:^`. Package checks and consumers look at these, never at the workspace.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const destination = join(root, "node_modules", ".cache", "tarballs");

/**
 * @typedef {{ name: string, dir: string, tarball: string }} Packed
 * @typedef {{ name: string, version: string, private?: boolean, exports?: unknown }} Manifest
 */

/** The public packages under `packages/`, by name. */
export function publicPackages() {
  return readdirSync(join(root, "packages"))
    .map((folder) => join(root, "packages", folder))
    .map((dir) => ({ dir, manifest: readManifest(dir) }))
    .filter(({ manifest }) => manifest !== null && !manifest.private)
    .map(({ dir, manifest }) => ({ name: /** @type {Manifest} */ (manifest).name, dir }));
}

/**
 * Packs every public package from its present `dist`.
 * @returns {Packed[]}
 */
export function packAll() {
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(destination, { recursive: true });
  return publicPackages().map(({ name, dir }) => {
    const args = ["pack", "--json", "--pack-destination", destination];
    const output = execFileSync("pnpm", args, { cwd: dir, encoding: "utf8", shell: process.platform === "win32" });
    return { name, dir, tarball: JSON.parse(output).filename };
  });
}

/** @returns {Manifest | null} */
function readManifest(/** @type {string} */ dir) {
  try {
    return JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  } catch {
    return null; // a folder that is no package
  }
}
