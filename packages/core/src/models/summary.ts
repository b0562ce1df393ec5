/**
 * The table of `model.summary()`, drawn as Keras draws it on a console that is no terminal. Source of the layout:
 * `keras.src.utils.summary_utils.print_summary`, and the column widths and line breaks of the Python package rich.
 */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { Layer } from "../layers/layer.ts";
import type { Shapes } from "../layers/layer-args.ts";
import { flattenShapes, isShape } from "../layers/shapes.ts";
import { sizeOf } from "../op/output-shape.ts";
import { formOf } from "../ops/op-forms.ts";
import { isOpUse } from "../ops/symbolic.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasVariable } from "../variable.ts";
import type { Node, Operation } from "./keras-tensor.ts";
import { type Column, drawTable } from "./text-table.ts";

/** What `model.summary` takes. */
export interface SummaryOptions {
  /** Takes the text. Default: the console. */
  readonly printFn?: (text: string) => void;
  /** Width of the table. Default 76, which is Keras's on a console of 80 columns. */
  readonly lineLength?: number | null;
  /** Where columns end, as parts of the width. */
  readonly positions?: readonly number[] | null;
  /** Also the layers of nested models. Default false. */
  readonly expandNested?: boolean;
  /** A column that says which layers are trainable. Default false. */
  readonly showTrainable?: boolean;
  /** First and last layer to show: regular expressions on names. */
  readonly layerRange?: readonly [string, string] | null;
}

/** What a summary needs of a model. */
interface Summarized extends Layer {
  readonly layers: readonly Layer[];
  readonly isFunctional: boolean;
  readonly nodes: readonly Node[];
  readonly operations: readonly Operation[];
}

const CONSOLE_COLUMNS = 76; // of 80, as Keras leaves four

/** Prints the table and the counts of parameters. */
export function summarize(model: Summarized, options: SummaryOptions): void {
  checkArguments("summary", options, [
    ...["printFn", "lineLength", "positions", "expandNested", "showTrainable", "layerRange"],
  ]);
  // biome-ignore lint/suspicious/noConsole: summary() prints, as in Keras; a page passes printFn.
  const print = options.printFn ?? ((text: string) => console.log(text));
  print(summaryText(model, options));
}

function summaryText(model: Summarized, options: SummaryOptions): string {
  const { expandNested = false, showTrainable = false } = options;
  const nodes = new Set(model.isFunctional ? model.nodes : []);
  const isChain = !model.isFunctional || isChainOf(model.nodes);
  const shown: readonly Operation[] = model.isFunctional ? model.operations : model.layers;
  const fields = (operation: Operation, prefix: string): string[] => [
    `${prefix}${operation.name} (${classOf(operation)})`,
    outputShape(operation),
    paramCount(operation),
    ...(isChain ? [] : [connections(operation, nodes)]),
    ...(showTrainable ? [trainableMark(operation)] : []),
  ];
  const rowsOf = (operation: Operation, level: number): string[][] => [
    fields(operation, level === 0 ? "" : `${"   ".repeat(level)}└ `),
    ...(expandNested && isNested(operation) ? operation.layers.flatMap((layer) => rowsOf(layer, level + 1)) : []),
  ];
  const [from, to] = rangeOf(shown, options.layerRange ?? null);
  return [
    `Model: "${model.name}"`,
    ...drawTable(
      columnsFor(isChain, options),
      shown.slice(from, to).flatMap((operation) => rowsOf(operation, 0)),
    ),
    ` Total params: ${params(model.weights)}`,
    ` Trainable params: ${params(model.trainableWeights)}`,
    ` Non-trainable params: ${params(model.nonTrainableWeights)}`,
  ].join("\n");
}

function columnsFor(isChain: boolean, { lineLength, positions, showTrainable = false }: SummaryOptions): Column[] {
  const base = positions ?? (isChain ? [0.45, 0.8, 1] : [0.3, 0.56, 0.74, 1]);
  const ends = showTrainable ? [...base.map((p) => p * 0.9), 1] : base;
  const width = lineLength ?? CONSOLE_COLUMNS;
  const headers = [
    ...["Layer (type)", "Output Shape", "Param #"],
    ...(isChain ? [] : ["Connected to"]),
    ...(showTrainable ? ["Trainable"] : []),
  ];
  let current = 0;
  return headers.map((header, i) => {
    const own = Math.trunc((ends[i] ?? 1) * width) - current;
    if (own < 4)
      throw new ValueError(`Insufficient width to print the summary. Received: line_length=${formatValue(width)}`);
    current += own;
    return { header, width: own, align: header === "Param #" ? "right" : header === "Trainable" ? "center" : "left" };
  });
}

/** Each call reads one value and is read on its own, and no layer is called twice. */
function isChainOf(nodes: readonly Node[]): boolean {
  const operations = new Set(nodes.map(({ operation }) => operation));
  const followers = new Map<Node, number>();
  for (const node of nodes)
    for (const { history } of node.inputs)
      if (history) followers.set(history.node, (followers.get(history.node) ?? 0) + 1);
  return (
    operations.size === nodes.length &&
    nodes.filter((node) => node.isInput).length <= 1 &&
    nodes.every((node) => node.inputs.length <= 1 && (followers.get(node) ?? 0) <= 1)
  );
}

function classOf(operation: Operation): string {
  if (operation instanceof Layer) return operation.className;
  const [node] = operation.inboundNodes;
  return (isOpUse(operation) && node && formOf(operation.opName, node.args)?.className) || "Op";
}

function outputShape(operation: Operation): string {
  const last = operation.inboundNodes.at(-1);
  if (last) return several(last.outputs.map(({ shape }) => formatCell(shape)));
  if (!(operation instanceof Layer)) return "?";
  const built = operation.getBuildConfig()?.["input_shape"] as Shapes | undefined;
  // As in Keras, what a class does not say is not looked for: its call may not run on symbols.
  if (!built || operation.computeOutputShape === Layer.prototype.computeOutputShape) return "?";
  const shapes = operation.computeOutputShape(built);
  const [first, ...others] = flattenShapes(shapes);
  return first && others.length === 0 ? formatCell(first) : formatShapes(shapes);
}

/** As Python writes tuples and dictionaries of them. */
function formatShapes(shapes: Shapes): string {
  if (isShape(shapes)) return formatCell(shapes);
  if (Array.isArray(shapes)) return `(${shapes.map(formatShapes).join(", ")})`;
  const items = Object.entries(shapes as Readonly<Record<string, Shapes>>);
  return `{${items.map(([key, shape]) => `${key}: ${formatShapes(shape)}`).join(", ")}}`;
}

/** Keras's own writing of a shape here has no comma after a single size. */
function formatCell(shape: readonly (number | null)[]): string {
  return formatShape(shape).replace(",)", ")");
}

function several(shapes: readonly string[]): string {
  const [first = ""] = shapes;
  return shapes.length === 1 ? first : `[${shapes.join(", ")}]`;
}

function paramCount(operation: Operation): string {
  if (!(operation instanceof Layer)) return "0";
  return operation.built ? operation.countParams().toLocaleString("en") : "0 (unbuilt)";
}

function connections(operation: Operation, nodes: ReadonlySet<Node>): string {
  const own = operation.inboundNodes.filter((node) => nodes.has(node));
  const text = own.flatMap((node) =>
    node.inputs.flatMap(({ history }) =>
      history
        ? [`${history.operation.name}[${history.operation.inboundNodes.indexOf(history.node)}][${history.tensorIndex}]`]
        : [],
    ),
  );
  return text.length === 0 ? "-" : text.join(", ");
}

function trainableMark(operation: Operation): string {
  if (!(operation instanceof Layer) || operation.weights.length === 0) return "-";
  return operation.trainable ? "Y" : "N";
}

function isNested(operation: Operation): operation is Layer & { readonly layers: readonly Layer[] } {
  return operation instanceof Layer && "layers" in operation && Array.isArray(operation.layers);
}

function rangeOf(shown: readonly Operation[], range: readonly [string, string] | null): [number, number] {
  if (range === null) return [0, shown.length];
  const [lower, upper] = range.map((pattern) => {
    const expression = new RegExp(`^(?:${pattern})`);
    return shown.flatMap(({ name }, i) => (expression.test(name) ? [i] : []));
  });
  if (!lower?.length || !upper?.length)
    throw new ValueError(
      `Passed layer names do not match the layer names in the model. Received: layer_range=${formatValue(range)}`,
    );
  const ends = [Math.min(...lower), Math.max(...upper)] as const;
  return ends[0] > ends[1] ? [Math.min(...upper), Math.max(...lower) + 1] : [ends[0], ends[1] + 1];
}

function params(weights: readonly KerasVariable[]): string {
  const count = weights.reduce((total, w) => total + sizeOf(w.shape), 0);
  return `${count.toLocaleString("en")} (${bytes(4 * count)})`;
}

function bytes(n: number): string {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  const power = n === 0 ? 0 : Math.min(Math.floor(Math.log2(n) / 10), units.length - 1);
  // Python rounds halves to the even neighbour, toFixed upwards. The quotient is exact.
  const hundredths = (100 * n) / 1024 ** power;
  const isTie = hundredths % 1 === 0.5;
  const rounded = isTie ? 2 * Math.round(hundredths / 2) : Math.round(hundredths);
  return `${(rounded / 100).toFixed(2)} ${units[power]}`;
}
