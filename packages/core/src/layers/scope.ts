/** Which layers are being built or called now, outermost first: it gives weights their paths (Keras: `name_scope`). */

interface Named {
  readonly name: string;
}

const open: Named[] = [];

/** Runs `fn` inside a layer. Opening the layer that is open already changes nothing. */
export function inside<T>(layer: Named, fn: () => T): T {
  if (open.at(-1) === layer) return fn();
  open.push(layer);
  try {
    return fn();
  } finally {
    open.pop();
  }
}

/** `net/block/stem`: the names of the layers around this one, and its own. */
export function pathOf(layer: Named): string {
  return [...open.filter((other) => other !== layer), layer].map(({ name }) => name).join("/");
}
