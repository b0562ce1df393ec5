/** A model: a graph of layers between inputs and outputs, or a class of the user's with a `call` (Keras: `keras.Model`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { IntegerUse } from "../layers/integers.ts";
import { Layer } from "../layers/layer.ts";
import {
  type CallOptions,
  LAYER_ARGUMENTS,
  type LayerArgs,
  type PartialShape,
  type Shapes,
} from "../layers/layer-args.ts";
import { maskOf, setMask } from "../layers/masks.ts";
import { serializeLayer } from "../layers/serialization.ts";
import { inVisitingOrder } from "../layers/sublayers.ts";
import { symbolsOf } from "../layers/symbols.ts";
import type { Value } from "../ops/value.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { flatten, mapStructure, type Nested, packAs, unpackSingleton } from "../structure.ts";
import type { Tensor } from "../tf.ts";
import { cloneGraph, isInput } from "./clone-graph.ts";
import { type Graph, mapGraph } from "./graph.ts";
import { graphConfig, readGraph } from "./graph-config.ts";
import { KerasTensor, type Node, type Operation } from "./keras-tensor.ts";
import { standardizeInputs, standardizeMasks } from "./model-inputs.ts";
import { type PredictOptions, predict } from "./predict.ts";
import type { PredictInput } from "./predict-inputs.ts";
import { type SummaryOptions, summarize } from "./summary.ts";

/** Arguments of models. Of a layer's arguments one of inputs and outputs takes `name` and `trainable` only. */
export interface ModelArgs extends LayerArgs {
  /** What `keras.Input` returned, alone or in lists and records. Left out by sub-classes that write `call` themselves. */
  readonly inputs?: Nested<KerasTensor>;
  /** Symbols that the inputs lead to. */
  readonly outputs?: Nested<KerasTensor>;
}

interface Functional {
  readonly inputs: Nested<KerasTensor>;
  readonly outputs: Nested<KerasTensor>;
  readonly graph: Graph;
}

/** What Keras's functional models pass over. A class of the user's gets `dtype` from its config and may hand it on. */
const NOT_OF_GRAPHS = ["activityRegularizer", "inputShape"];

/** A graph of layers, or a class of the user's with a `call`, with what models have besides: `layers`, `predict`, `summary`. */
export class Model extends Layer {
  /** How Keras calls a model made of inputs and outputs. */
  static override readonly className: string = "Functional";
  static readonly module: string = "keras.src.models.functional";
  static readonly pure: boolean = true;
  static override readonly argumentNames: readonly string[] | null = [...LAYER_ARGUMENTS, "inputs", "outputs"];
  static override readonly takesMask: boolean = true;
  static override readonly integers: IntegerUse = "cast";
  readonly #functional: Functional | null;
  /** Tensors that came with a config; they end with the model. */
  readonly #constants: Tensor[] = [];
  #compileConfig: KerasConfig = {};

  constructor(args: ModelArgs = {}) {
    super(args);
    const { inputs, outputs } = args;
    if ((inputs === undefined) !== (outputs === undefined))
      throw new ValueError(
        `A functional model needs both \`inputs\` and \`outputs\`. Received: inputs=${formatValue(inputs)}, outputs=${formatValue(outputs)}`,
      );
    if (inputs !== undefined) {
      const refused = new.target === Model ? ["dtype", ...NOT_OF_GRAPHS] : NOT_OF_GRAPHS;
      const allowed = Object.keys(args).filter((key) => !refused.includes(key));
      checkArguments(this.className, args, allowed);
    }
    this.#functional = inputs === undefined || outputs === undefined ? null : connect(inputs, outputs);
    if (new.target === Model && this.#functional === null)
      throw new ValueError(
        "Model is made from `inputs` and `outputs`, or extended by a class with a `call`. Received: inputs=None",
      );
    if (this.#functional) {
      this.dtypePolicy.assertComputed(this.name);
      super.build(mapStructure(this.#functional.inputs, ({ shape }) => shape) as Shapes);
    }
  }

  /** The layers in Keras's order: by decreasing distance from the outputs. */
  get layers(): readonly Layer[] {
    return this.#functional
      ? this.#functional.graph.operations.filter((operation) => operation instanceof Layer)
      : this.sublayers;
  }

  /** The symbols of the inputs, in order. */
  get inputs(): readonly KerasTensor[] {
    return flatten(this.#graphOf("inputs").inputs);
  }

  /** The symbols of the outputs, in order. */
  get outputs(): readonly KerasTensor[] {
    return flatten(this.#graphOf("outputs").outputs);
  }

  /** Names of the inputs. */
  get inputNames(): readonly string[] {
    return this.inputs.map(({ name }) => name);
  }

  /** Names of the layers that make the outputs. */
  get outputNames(): readonly string[] {
    return this.outputs.map((output) => output.history?.operation.name ?? output.name);
  }

  override get input(): Nested<KerasTensor> {
    return this.#functional?.inputs ?? super.input;
  }

  override get output(): Nested<KerasTensor> {
    return this.#functional?.outputs ?? super.output;
  }

  /** One shape for a single input, else a list. */
  get inputShape(): Shapes {
    return oneOrAll(this.inputs);
  }

  /** Likewise. */
  get outputShape(): Shapes {
    return oneOrAll(this.outputs);
  }

  /** The calls between the inputs and outputs, in the order in which they run. */
  get nodes(): readonly Node[] {
    return this.#graphOf("nodes").graph.order;
  }

  /** Layers and uses of ops, in Keras's order. */
  get operations(): readonly Operation[] {
    return this.#graphOf("operations").graph.operations;
  }

  /** A layer by its name, or by its place in `layers`. */
  getLayer(which: string | number): Layer {
    const found = typeof which === "number" ? this.layers.at(which) : this.layers.find(({ name }) => name === which);
    if (found) return found;
    throw new ValueError(
      typeof which === "number"
        ? `Was asked to retrieve layer at index ${which} but model only has ${this.layers.length} layers. Received: model='${this.name}'`
        : `No such layer: ${which}. Existing layers are: ${this.layers.map(({ name }) => name).join(", ")}. Received: model='${this.name}'`,
    );
  }

  override build(inputShape: Shapes): void {
    if (!this.#functional) super.build(inputShape);
  }

  /** A class of the user's without a `build` has its layers built by a call on symbols. Source: `keras.Model.build_from_config`. */
  override buildFromConfig(config: KerasConfig): void {
    const isBuilt = this.built;
    super.buildFromConfig(config);
    if (isBuilt || !this.built || this.build !== Model.prototype.build) return;
    this.callOnSymbols(symbolsOf(config.input_shape as Shapes), {});
  }

  override call(inputs: Nested<Value>, options: CallOptions): Nested<Value> {
    const { inputs: symbols, outputs, graph } = this.#graphOf("call");
    const values = standardizeInputs(inputs, symbols, this.name);
    const restore = withMasks(values, standardizeMasks(options.mask ?? null, symbols, this.name));
    try {
      const found = new Map(flatten(symbols).map((symbol, i) => [symbol, values[i]]));
      runGraph(graph, found, (node, args, kwargs) =>
        node.operation.replay(args, withTraining(node, kwargs, options.training ?? null)),
      );
      const results = flatten(outputs).map((symbol) => resultOf(found, symbol));
      return unpackSingleton(packAs(outputs, results));
    } finally {
      restore();
    }
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    if (!this.#functional) return super.computeOutputShape(inputShape);
    const { inputs: symbols, outputs, graph } = this.#functional;
    const values = standardizeInputs(symbolsOf(inputShape), symbols, this.name);
    const found = new Map(flatten(symbols).map((symbol, i) => [symbol, withShape(symbol, values[i])]));
    runGraph(graph, found, (node, args, kwargs) => node.operation.symbolicOutputs(args, kwargs));
    const shapes = flatten(outputs).map((symbol): PartialShape => [...resultOf(found, symbol).shape]);
    return unpackSingleton(packAs(outputs, shapes)) as Shapes;
  }

  /**
   * The outputs for many samples, `batchSize` at a time, in inference mode. Takes tensors, arrays of numbers or typed arrays, in
   * the model's structure of inputs; or an iterable of batches of these. An async iterable gives a promise. The results are the
   * caller's; records among them have their keys sorted, as Keras sorts those of dictionaries.
   */
  predict<R extends Nested<Value> = Tensor>(x: AsyncIterable<PredictInput>, options?: PredictOptions): Promise<R>;
  predict<R extends Nested<Value> = Tensor>(x: PredictInput | Iterable<PredictInput>, options?: PredictOptions): R;
  predict(
    x: PredictInput | Iterable<PredictInput> | AsyncIterable<PredictInput>,
    options: PredictOptions = {},
  ): unknown {
    return predict(this, x, options);
  }

  /** Prints Keras's table of layers, output shapes and parameter counts. */
  summary(options: SummaryOptions = {}): void {
    summarize(this, options);
  }

  /** The model as JSON text, as `model.to_json()` of Keras writes it. */
  toJSON(): string {
    return JSON.stringify(serializeLayer(this));
  }

  override getConfig(): KerasConfig {
    if (!this.#functional || !this.#takesEnds) return super.getConfig();
    const { inputs, outputs, graph } = this.#functional;
    return { name: this.name, trainable: this.trainable, ...graphConfig(graph, inputs, outputs) };
  }

  /** Whether the class is made from inputs and outputs: one with arguments of its own makes its graph itself. */
  get #takesEnds(): boolean {
    const { argumentNames } = this.constructor as typeof Model;
    return ["inputs", "outputs"].every((name) => argumentNames?.includes(name));
  }

  /** Name, trainable and dtype, as every layer's config begins. */
  protected layerConfig(): KerasConfig {
    return super.getConfig();
  }

  override getBuildConfig(): KerasConfig | null {
    return this.#functional ? { input_shape: null } : super.getBuildConfig();
  }

  /** How Keras compiled the model, as the config that it was read from says; `{}` for one that was not, or was made here. */
  getCompileConfig(): KerasConfig {
    return this.#compileConfig;
  }

  /** Keeps how Keras compiled the model, to be written again. Nothing here trains by it. Source: `Trainer.compile_from_config`. */
  compileFromConfig(config: KerasConfig): void {
    this.#compileConfig = config;
  }

  static override fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string; readonly argumentNames: readonly string[] | null },
    config: KerasConfig,
  ): T {
    if (!("layers" in config && "input_layers" in config && "output_layers" in config))
      return super.fromConfig.call(this, config) as T;
    const { name = null, trainable = true, layers, input_layers, output_layers, ...others } = config;
    const { inputs, outputs, constants } = readGraph({ layers, input_layers, output_layers });
    const model = new this({ name, trainable: trainable ?? true, inputs, outputs, ...others } as never);
    if (model instanceof Model) model.#constants.push(...constants);
    return model;
  }

  override dispose(): void {
    super.dispose();
    for (const constant of this.#constants.splice(0)) constant.dispose();
  }

  override get inputShapes(): readonly PartialShape[] | null {
    return this.#functional ? this.inputs.map(({ shape }) => shape) : super.inputShapes;
  }

  /** A graph's layers come first; a class of the user's has them among its attributes. */
  override get savedAttributes(): readonly (readonly [name: string, value: unknown])[] {
    const [own, layers] = [super.savedAttributes, ["layers", this.layers] as const];
    return this.#functional ? [layers, ...own] : inVisitingOrder([layers, ...own]);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override computeMask(): null {
    return null; // the layers inside have given their outputs masks
  }

  /** Calls that were recorded for training may draw or update: they run as they are. */
  override get isPure(): boolean {
    return super.isPure && !this.#functional?.graph.order.some(isForTraining);
  }

  protected override checkInputs(given: Nested<Value>): void {
    const missing = this.#functional ? flatten<unknown>(given).findIndex((x) => x === null || x === undefined) : -1;
    if (missing !== -1) {
      throw new ValueError(
        `The input '${this.inputNames[missing] ?? missing}' of model '${this.name}' is not optional, but None was passed. Please provide a valid tensor. Received: inputs=${formatValue(given)}`,
      );
    }
    super.checkInputs(given);
  }

  protected override get convertsInputs(): boolean {
    return false;
  }

  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor may ask before this class's fields exist.
    return this.#functional ? this.layers : super.sublayers;
  }

  protected override packInputs<T>(items: readonly T[]): Nested<T> {
    if (!this.#functional) return super.packInputs(items);
    const { length } = this.inputs;
    if (items.length !== length)
      throw new ValueError(`Model '${this.name}' has ${length} input(s). Received: inputs=${items.length}`);
    return packAs(this.#functional.inputs, items);
  }

  /** Whether it is a graph of layers, not a class with a `call` of its own. */
  get isFunctional(): boolean {
    return this.#functional !== null;
  }

  #graphOf(what: string): Functional {
    if (!this.#functional)
      throw new ValueError(
        what === "call"
          ? `Model '${this.name}' of class ${this.className} needs a call() of its own.`
          : `Model '${this.name}' is not functional and has no \`${what}\`.`,
      );
    return this.#functional;
  }
}

function isForTraining({ kwargs }: Node): boolean {
  return "training" in kwargs && kwargs.training === true;
}

function connect(inputs: Nested<KerasTensor>, outputs: Nested<KerasTensor>): Functional {
  for (const [name, ends] of Object.entries({ inputs, outputs })) {
    const other = flatten<unknown>(ends as Nested<unknown>).find((x) => !(x instanceof KerasTensor));
    if (other !== undefined || flatten(ends).length === 0)
      throw new ValueError(`All \`${name}\` values must be KerasTensors. Received: ${name}=${formatValue(ends)}`);
  }
  const ends = flatten(inputs).every(isInput) ? { inputs, outputs } : cloneGraph({ inputs, outputs });
  return { ...ends, graph: mapGraph(flatten(ends.inputs), flatten(ends.outputs)) };
}

/** Runs every call whose symbols are known and enters its outputs. */
function runGraph(
  graph: Graph,
  found: Map<KerasTensor, Value | undefined>,
  run: (node: Node, args: readonly unknown[], kwargs: object) => Nested<Value>,
): void {
  for (const node of graph.order) {
    if (node.isInput) continue;
    const { args, kwargs } = node.fillIn((symbol) => resultOf(found, symbol));
    const results = flatten(run(node, args, kwargs));
    for (const [i, symbol] of node.outputs.entries()) found.set(symbol, results[i]);
  }
}

function resultOf(found: ReadonlyMap<KerasTensor, Value | undefined>, symbol: KerasTensor): Value {
  const value = found.get(symbol);
  if (!value) throw new ValueError(`The symbol '${symbol.name}' was not computed.`);
  return value;
}

/** `training` given to the model wins over what its layers were called with. */
function withTraining(node: Node, kwargs: object, training: boolean | null): object {
  return training === null || !(node.operation instanceof Layer) ? kwargs : { ...kwargs, training };
}

/** Attaches masks, one a value or none at all, for the time of a call; the function takes them away again. */
function withMasks(values: readonly Value[], masks: readonly (Value | null)[]): () => void {
  const before = values.map(maskOf);
  for (const [i, value] of values.entries()) {
    const mask = masks[i] ?? null;
    if (mask !== null) setMask(value, mask);
  }
  return () => {
    for (const [i, value] of values.entries()) setMask(value, before[i] ?? null);
  };
}

function oneOrAll(symbols: readonly KerasTensor[]): Shapes {
  const shapes = symbols.map(({ shape }): PartialShape => shape);
  return shapes.length === 1 && shapes[0] ? shapes[0] : shapes;
}

/** A symbol like an input's, of another shape. */
function withShape({ name, dtype, shape }: KerasTensor, other: Value | undefined): KerasTensor {
  return new KerasTensor(other?.shape ?? shape, { name, dtype });
}
