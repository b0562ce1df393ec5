/**
 * Two copies of tfjs in one program: they share one engine (a global), but not their classes, so that a backend which one of them
 * started cannot be used through the other. This says which two met.
 */

/** The parts of Node that are used here, where there are any. */
interface NodeProcess {
  getBuiltinModule?(id: "node:fs"): { readFileSync(path: URL | string, encoding: "utf8"): string };
}

/**
 * What to tell the user when tfjs's backend is not of the copy that a backend package imports; for authors of backends.
 * @param found tfjs's backend as its engine gave it.
 * @param version `version_core` of the package's own copy.
 */
export function describeTfjsCopies(name: string, found: object, version: string): string {
  const base = topmostPrototype(found);
  const place = placeOf(base);
  const other = versionOnPage(base) ?? (place === null ? null : versionOfPlace(place));
  return (
    `tfjs's backend '${name}' was started by another copy of tfjs: @tensorflow/tfjs-core ${other ?? "of unknown version"} ` +
    `(${place ?? "its file is unknown"}), while this package uses ${version}. ` +
    "Keep one copy, of one version: `npm ls @tensorflow/tfjs-core` lists them, and a script tag may load one more."
  );
}

/** The other copy's `KernelBackend.prototype`, from which every backend of tfjs inherits. */
function topmostPrototype(found: object): object {
  let base: object = found;
  for (;;) {
    const above: object | null = Object.getPrototypeOf(base);
    if (above === null || Object.getPrototypeOf(above) === null) return base;
    base = above;
  }
}

/** tfjs loaded by a script tag is the global `tf`. */
function versionOnPage(base: object): string | null {
  const { tf } = globalThis as {
    readonly tf?: { readonly version_core?: unknown; readonly KernelBackend?: { readonly prototype?: unknown } };
  };
  return tf?.KernelBackend?.prototype === base && typeof tf.version_core === "string" ? tf.version_core : null;
}

/** The file of the other copy: `KernelBackend.time` throws that it is not implemented, and the error knows where it was made. */
function placeOf(base: object): string | null {
  try {
    if ("time" in base && typeof base.time === "function") base.time();
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    return /((?:(?:blob:)?[a-z-]+:\/\/|\/|[A-Z]:\\)[^\s()]+?)(?:\?[^\s():]*)?:\d+:\d+/.exec(stack)?.[1] ?? null;
  }
  return null;
}

/** As addresses of CDNs and folders of pnpm name it, else from the package's own file. */
function versionOfPlace(place: string): string | null {
  const named = /tfjs(?:-core)?@(\d+\.\d+\.\d+[a-z0-9.-]*)/.exec(place)?.[1];
  if (named !== undefined) return named;
  const { process } = globalThis as { readonly process?: NodeProcess };
  const fs = process?.getBuiltinModule?.("node:fs");
  const folder = /^(.*[\\/]tfjs(?:-core)?)[\\/]dist[\\/]/.exec(place)?.[1];
  if (!fs || folder === undefined) return null;
  try {
    const file = `${folder}/package.json`;
    const { version } = JSON.parse(fs.readFileSync(file.startsWith("file:") ? new URL(file) : file, "utf8")) as {
      readonly version?: unknown;
    };
    return typeof version === "string" ? version : null;
  } catch {
    return null; // no such file: bundled
  }
}
