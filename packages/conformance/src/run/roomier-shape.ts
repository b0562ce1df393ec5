/** Shapes whose buffers may hold a smaller one: what a plan's arena does with equal `storageKey`s. */
import { type Backend, type Shape, sizeOf } from "@keras-ts/core";

/**
 * A larger shape with the storage key of `shape`, so that `storageKey` allows one buffer for both; `shape` itself
 * where none of those tried has it.
 */
export function roomierShape(backend: Backend, shape: Shape): Shape {
  const key = backend.storageKey(shape);
  const candidates: Shape[] = [
    shape.map((n, i) => (i === 0 ? n + 2 : n)),
    shape.map((n) => n + 1),
    shape.map((n) => n * 2),
    shape.map((n, i) => (i === shape.length - 2 ? n + 3 : n)),
    shape.map((n, i) => (i === shape.length - 1 ? n + 5 : n)),
    [2, ...shape],
    [sizeOf(shape) + 37],
  ];
  return candidates.find((s) => sizeOf(s) > sizeOf(shape) && backend.storageKey(s) === key) ?? shape;
}
