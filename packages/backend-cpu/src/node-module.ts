/** Node's own modules, asked for at run time: an import of one is something that bundlers for browsers would follow. */

interface MaybeNode {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** Whether `nodeModule` has any, without loading one. */
export function hasNodeModules(): boolean {
  return (globalThis as MaybeNode).process?.getBuiltinModule !== undefined;
}

/** A module of Node's (Deno and Bun have them, too), or undefined in a browser. */
export function nodeModule(name: "node:buffer" | "node:os" | "node:worker_threads" | "node:zlib"): unknown {
  return (globalThis as MaybeNode).process?.getBuiltinModule?.(name);
}
