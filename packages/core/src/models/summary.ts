/** The table of `model.summary()`, drawn as Keras draws it. */
import { formatShape } from "../format.ts";
import type { Layer, PartialShape } from "../layers/layer.ts";
import { sizeOf } from "../op/output-shape.ts";
import type { KerasVariable } from "../variable.ts";

/** Source of the layout: `keras.src.utils.summary_utils.print_summary`. */
export function summaryText(model: Layer, layers: readonly Layer[], inputShape: PartialShape | null): string {
  let shape = inputShape;
  const rows = layers.map((layer) => {
    shape = shape && layer.computeOutputShape(shape);
    const count = layer.built ? layer.countParams().toLocaleString("en") : "0 (unbuilt)";
    return [`${layer.name} (${layer.className})`, shape ? formatShape(shape) : "?", count];
  });
  const header = ["Layer (type)", "Output Shape", "Param #"];
  const widths = header.map((h, c) => Math.max(h.length, ...rows.map((row) => row[c]?.length ?? 0)));
  const rule = (left: string, mid: string, right: string, dash: string) =>
    left + widths.map((w) => dash.repeat(w + 2)).join(mid) + right;
  const cells = (row: readonly string[], bar: string) =>
    bar +
    row.map((cell, c) => ` ${c === 2 ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0)} `).join(bar) +
    bar;
  const body = rows.flatMap((row, i) => (i === 0 ? [cells(row, "│")] : [rule("├", "┼", "┤", "─"), cells(row, "│")]));
  return [
    `Model: "${model.name}"`,
    rule("┏", "┳", "┓", "━"),
    cells(header, "┃"),
    rule("┡", "╇", "┩", "━"),
    ...body,
    rule("└", "┴", "┘", "─"),
    ` Total params: ${params(model.weights)}`,
    ` Trainable params: ${params(model.trainableWeights)}`,
    ` Non-trainable params: ${params(model.nonTrainableWeights)}`,
  ].join("\n");
}

function params(weights: readonly KerasVariable[]): string {
  const count = weights.reduce((total, w) => total + sizeOf(w.shape), 0);
  return `${count.toLocaleString("en")} (${bytes(4 * count)})`;
}

function bytes(n: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const power = n === 0 ? 0 : Math.min(Math.floor(Math.log2(n) / 10), units.length - 1);
  return `${(n / 1024 ** power).toFixed(2)} ${units[power]}`;
}
