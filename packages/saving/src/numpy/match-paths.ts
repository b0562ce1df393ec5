/**
 * Which array belongs to which weight, by paths. Keras's `weight.path` begins at the outermost model where a model was made, and further inside
 * where it was loaded (`tail/out/kernel`, `out/kernel`): so one may have more in front than the other.
 */

/** The name in `names` for each of `paths`: the same, else the only one that ends like it, if it ends so for no other path. */
export function matchPaths(paths: readonly string[], names: readonly string[]): ReadonlyMap<string, string> {
  const matched = new Map<string, string>();
  const given = new Set(names);
  for (const path of paths) if (given.delete(path)) matched.set(path, path);
  const candidates = paths
    .filter((path) => !matched.has(path))
    .map((path) => ({ path, found: [...given].filter((name) => endsLike(path, name)) }));
  const claims = new Map<string, number>();
  for (const name of candidates.flatMap(({ found }) => found)) claims.set(name, (claims.get(name) ?? 0) + 1);
  for (const { path, found } of candidates) {
    const [name, ...others] = found;
    if (name !== undefined && others.length === 0 && claims.get(name) === 1) matched.set(path, name);
  }
  return matched;
}

function endsLike(path: string, name: string): boolean {
  return name.endsWith(`/${path}`) || path.endsWith(`/${name}`);
}
