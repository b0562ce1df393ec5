/** The table of `model.summary()`, drawn as Keras draws it. */
import { formatShape } from "../format.ts";
import type { Layer } from "../layers/layer.ts";
import type { PartialShape } from "../layers/layer-args.ts";
import { sizeOf } from "../op/output-shape.ts";
import type { KerasVariable } from "../variable.ts";

// Text widths of Keras's three columns; the last two grow where a shape or count is longer.
const NAME_WIDTH = 31;
const SHAPE_WIDTH = 22;
const COUNT_WIDTH = 13;

/** Source of the layout: `keras.src.utils.summary_utils.print_summary`. */
export function summaryText(model: Layer, layers: readonly Layer[], inputShape: PartialShape | null): string {
  let shape = inputShape;
  const rows = layers.map((layer) => {
    shape = shape && layer.computeOutputShape(shape);
    const count = layer.built ? layer.countParams().toLocaleString("en") : "0 (unbuilt)";
    return { name: nameLines(layer), shape: shape ? formatShape(shape) : "?", count };
  });
  const widths = [
    NAME_WIDTH,
    Math.max(SHAPE_WIDTH, ...rows.map((row) => row.shape.length)),
    Math.max(COUNT_WIDTH, ...rows.map((row) => row.count.length)),
  ] as const;
  const rule = (left: string, mid: string, right: string, dash: string) =>
    left + widths.map((width) => dash.repeat(width + 2)).join(mid) + right;
  const line = (bar: string, name: string, middle: string, count: string) =>
    `${bar} ${name.padEnd(widths[0])} ${bar} ${middle.padEnd(widths[1])} ${bar} ${count.padStart(widths[2])} ${bar}`;
  const body = rows.flatMap(({ name: [first = "", ...rest], shape: output, count }, i) => [
    ...(i === 0 ? [] : [rule("├", "┼", "┤", "─")]),
    line("│", first, output, count),
    ...rest.map((text) => line("│", text, "", "")),
  ]);
  return [
    `Model: "${model.name}"`,
    rule("┏", "┳", "┓", "━"),
    line("┃", "Layer (type)", "Output Shape", "Param #"),
    rule("┡", "╇", "┩", "━"),
    ...body,
    rule("└", "┴", "┘", "─"),
    ` Total params: ${params(model.weights)}`,
    ` Trainable params: ${params(model.trainableWeights)}`,
    ` Non-trainable params: ${params(model.nonTrainableWeights)}`,
  ].join("\n");
}

/** Name and class on one line where they fit, else on two, the name cut short if need be. */
function nameLines({ name, className }: Layer): string[] {
  const whole = `${name} (${className})`;
  if (whole.length <= NAME_WIDTH) return [whole];
  return [name, `(${className})`].map((text) =>
    text.length <= NAME_WIDTH ? text : `${text.slice(0, NAME_WIDTH - 1)}…`,
  );
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
