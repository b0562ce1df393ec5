/** Boxes that image layers cut out or pad to before they resize (Keras: `ops.image.resize`, `smart_resize`). */
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";

/** Height and width. */
export type ImageSize = readonly [height: number, width: number];

/** Which axes of an image, or a batch of images, are height and width. */
export function imageAxes(rank: number, dataFormat: ConvDataFormat): ImageSize {
  return dataFormat === "channels_last" ? [rank - 3, rank - 2] : [rank - 2, rank - 1];
}

/** Height and width of an image or a batch of images. */
export function imageSize(x: Value, dataFormat: ConvDataFormat): ImageSize {
  const shape = shapeOf(x);
  const [h, w] = imageAxes(shape.length, dataFormat);
  return [shape[h] ?? 0, shape[w] ?? 0];
}

/** The part of x from `start` on, of this size. */
export function cut(x: Value, start: ImageSize, size: ImageSize, dataFormat: ConvDataFormat): Value {
  const shape = shapeOf(x);
  const [h, w] = imageAxes(shape.length, dataFormat);
  const at = (height: number, width: number, other: (i: number) => number) =>
    shape.map((_, i) => (i === h ? height : i === w ? width : other(i)));
  return ops.slice(
    x,
    at(start[0], start[1], () => 0),
    at(size[0], size[1], (i) => shape[i] ?? 0),
  );
}

/** The largest part in the middle of x with the proportions of `target`. */
export function cutToProportions(x: Value, target: ImageSize, dataFormat: ConvDataFormat): Value {
  const [height, width] = imageSize(x, dataFormat);
  const cutHeight = Math.max(Math.min(height, Math.trunc((width * target[0]) / target[1])), 1);
  const cutWidth = Math.max(Math.min(width, Math.trunc((height * target[1]) / target[0])), 1);
  const start = [Math.trunc((height - cutHeight) / 2), Math.trunc((width - cutWidth) / 2)] as const;
  return cut(x, start, [cutHeight, cutWidth], dataFormat);
}

/** x in the middle of a larger image with the proportions of `target`, filled with `value`. */
export function padToProportions(x: Value, target: ImageSize, value: number, dataFormat: ConvDataFormat): Value {
  const [height, width] = imageSize(x, dataFormat);
  const above = Math.trunc((Math.max(height, Math.trunc((width * target[0]) / target[1])) - height) / 2);
  const left = Math.trunc((Math.max(width, Math.trunc((height * target[1]) / target[0])) - width) / 2);
  const shape = shapeOf(x);
  const [h, w] = imageAxes(shape.length, dataFormat);
  // As in Keras: one of the two at most, and the same on both sides.
  const amount = (i: number) => (i === h ? above : i === w && above === 0 ? left : 0);
  return ops.pad(
    x,
    shape.map((_, i) => [amount(i), amount(i)] as const),
    { value },
  );
}
