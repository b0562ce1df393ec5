/**
 * The layers of a model with the paths under which Keras's files hold them. Source: `_save_state`, `_save_container_state` and
 * `_walk_saveable` of `keras.src.saving.saving_lib`.
 */
import { type KerasVariable, Layer, saving, ValueError } from "@keras-ts/core";

/** A layer, and a path that leads to it: `layers/conv_lstm1d/cell`; "" for the model itself. */
export interface SavedLayer {
  readonly path: string;
  readonly layer: Layer;
}

/** Where Keras keeps the variables of a compiled model's optimizer, beside the model's. */
export const OPTIMIZER = "optimizer";

/** Every layer once, under the first path that leads to it, in the order in which Keras writes them. */
export function savedLayers(root: Layer): SavedLayer[] {
  return savedEntries(root).flatMap(({ at, isEnd }) => (isEnd ? [] : at));
}

/** The same with an entry more behind what is inside of a layer, where Keras writes a model's optimizer. */
export function savedEntries(root: Layer): { readonly at: SavedLayer; readonly isEnd: boolean }[] {
  const found: { readonly at: SavedLayer; readonly isEnd: boolean }[] = [];
  const seen = new Set<Layer>();
  const visit = (at: SavedLayer): void => {
    if (seen.has(at.layer)) return;
    seen.add(at.layer);
    found.push({ at, isEnd: false });
    for (const child of childrenOf(at)) visit(child);
    found.push({ at, isEnd: true });
  };
  visit({ path: "", layer: root });
  return found;
}

/** What a layer holds: in attributes by their names; in lists and records by class and a number that counts equal ones. */
export function* childrenOf({ path, layer }: SavedLayer): Generator<SavedLayer> {
  for (const [name, value] of layer.savedAttributes) {
    const at = join(path, name);
    if (value instanceof Layer) yield { path: at, layer: value };
    else if (isContainer(value)) yield* layersIn(value, at, new Set());
  }
}

type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

function* layersIn(container: Container, path: string, seen: Set<Container>): Generator<SavedLayer> {
  if (seen.has(container)) return;
  seen.add(container);
  const counts = new Map<string, number>();
  for (const item of Array.isArray(container) ? container : Object.values(container)) {
    if (item instanceof Layer)
      yield { path: join(path, numbered(saving.toSnakeCase(item.className), counts)), layer: item };
    else if (isContainer(item)) yield* layersIn(item, join(path, numbered("container", counts)), seen);
  }
}

function numbered(name: string, counts: Map<string, number>): string {
  const count = counts.get(name) ?? 0;
  counts.set(name, count + 1);
  return count === 0 ? name : `${name}_${count}`;
}

function isContainer(value: unknown): value is Container {
  if (Array.isArray(value)) return true;
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A path inside of another; "" is the model itself. */
export function join(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** Refuses a model some of whose weights are in none of these layers: they would be lost in a file, or stay 0 when it is read. */
export function assertAllFound(root: Layer, layers: Iterable<Layer>): void {
  const found = new Set<KerasVariable>();
  for (const layer of layers)
    for (const weight of hasLora(layer) ? layer.weights : layer.savedVariables) found.add(weight);
  const lost = root.weights.filter((weight) => !found.has(weight)).map(({ path }) => path);
  if (lost.length === 0) return;
  throw new ValueError(
    `Model '${root.name}' has weights in layers that files cannot find: ${lost.join(", ")}. Keep layers in properties (also in lists and records), or override savedAttributes in the class that has them in private fields.`,
  );
}

/** Whether the layer has a correction of its weight, which files hold merged. */
export function hasLora(layer: Layer): boolean {
  return "loraEnabled" in layer && layer.loraEnabled === true;
}
