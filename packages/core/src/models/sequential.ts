/** A stack of layers (Keras: `keras.Sequential`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { InputLayer } from "../layers/input-layer.ts";
import { Layer } from "../layers/layer.ts";
import { type CallOptions, LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "../layers/layer-args.ts";
import { inside } from "../layers/scope.ts";
import { deserializeLayer, serializeLayer } from "../layers/serialization.ts";
import { sizeOf } from "../op/output-shape.ts";
import type { Value } from "../ops/value.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig, KerasObjectJson } from "../serialization/json.ts";
import { registerClass } from "../serialization/registry.ts";
import { concatRows, sliceRows, Tensor, tidy } from "../tf.ts";
import { KerasTensor } from "./keras-tensor.ts";
import { summaryText } from "./summary.ts";

export interface SequentialArgs extends LayerArgs {
  readonly layers?: readonly (Layer | KerasTensor)[];
}

export interface PredictOptions {
  /** Samples a call. Default 32. */
  readonly batchSize?: number;
}

export interface SummaryOptions {
  /** Takes the text. Default: the console. */
  readonly printFn?: (text: string) => void;
}

export class Sequential extends Layer {
  static readonly module = "keras";
  static override readonly className = "Sequential";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "layers"];
  readonly #layers: Layer[] = [];
  #input: InputLayer | null = null;
  #changes = 0;

  constructor(args: SequentialArgs = {}) {
    super(args);
    if (args.layers !== undefined && !Array.isArray(args.layers)) {
      throw new ValueError(`Sequential takes a list of layers. Received: layers=${formatValue(args.layers)}`);
    }
    for (const layer of args.layers ?? []) this.add(layer);
  }

  /** Without the input layer. */
  get layers(): readonly Layer[] {
    return this.#layers;
  }

  /** Appends a layer, or takes `keras.Input(…)` as the first thing. Returns the model. */
  add(layer: Layer | KerasTensor): this {
    const item = layer instanceof KerasTensor ? layer.history?.operation.layer : layer;
    if (!(item instanceof Layer) || item === this || (layer instanceof KerasTensor && !(item instanceof InputLayer))) {
      throw new ValueError(
        `Only instances of Layer, or an Input, can be added to Sequential model '${this.name}'. Received: layer=${formatValue(layer)}`,
      );
    }
    if (this.#all().some((other) => other.name === item.name && other !== item)) {
      throw new ValueError(
        `All layers added to a Sequential model should have unique names. Name '${item.name}' is already the name of a layer in this model. Received: name='${item.name}'`,
      );
    }
    if (item instanceof InputLayer) {
      if (this.#input || this.#layers.length > 0) {
        throw new ValueError(
          `Sequential model '${this.name}' has already been configured to use an input, or has layers. Received: layer='${item.name}'`,
        );
      }
      this.#input = item;
      return this;
    }
    if (this.#layers.length === 0 && !this.#input && item.batchInputShape) {
      this.#input = new InputLayer({ batchShape: item.batchInputShape });
    }
    const before = this.outputShape;
    if (before) {
      inside(this, () => item.ensureBuilt([before]));
      item.computeOutputShape(before);
    }
    this.#layers.push(item);
    this.#changes++;
    if (before) super.build(this.#input?.batchShape ?? []);
    return this;
  }

  /** Removes the last layer and returns it. */
  pop(): Layer | undefined {
    this.#changes++;
    return this.#layers.pop();
  }

  override get built(): boolean {
    return super.built && this.#layers.length > 0;
  }

  /** Where the input shape is known. */
  get outputShape(): (number | null)[] | null {
    return this.#input ? this.computeOutputShape(this.#input.batchShape) : null;
  }

  override build(inputShape: PartialShape): void {
    if (this.#layers.length === 0) {
      throw new ValueError(
        `Sequential model '${this.name}' cannot be built because it has no layers. Call model.add(layer).`,
      );
    }
    this.#input ??= new InputLayer({ batchShape: inputShape });
    inside(this, () => {
      let shape: PartialShape = inputShape;
      for (const layer of this.#layers) {
        layer.ensureBuilt([shape]);
        shape = layer.computeOutputShape(shape);
      }
    });
    super.build(this.#input.batchShape);
  }

  override call(inputs: Value, options: CallOptions): Value {
    return this.#layers.reduce((x, layer) => layer.apply(x, options), inputs);
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    return [...this.#layers.reduce((shape: PartialShape, layer) => layer.computeOutputShape(shape), inputShape)];
  }

  /**
   * The outputs for many samples, `batchSize` at a time, in inference mode. x `[samples, …]`; the result is the caller's.
   */
  predict(x: Tensor, options: PredictOptions = {}): Tensor {
    checkArguments("predict", options, ["batchSize"]);
    const { batchSize = 32 } = options;
    if (!(x instanceof Tensor)) throw new ValueError(`predict takes a tf.Tensor. Received: x=${formatValue(x)}`);
    if (!Number.isInteger(batchSize) || batchSize <= 0)
      throw new ValueError(`batchSize must be a positive integer. Received: batch_size=${formatValue(batchSize)}`);
    const samples = x.shape[0] ?? 0;
    if (samples <= batchSize) return this.apply(x);
    return tidy(() => {
      const parts: Tensor[] = [];
      for (let begin = 0; begin < samples; begin += batchSize) {
        parts.push(this.apply(sliceRows(x, begin, Math.min(batchSize, samples - begin))));
      }
      return concatRows(parts);
    });
  }

  /** Prints Keras's table of layers, output shapes and parameter counts. */
  summary(options: SummaryOptions = {}): void {
    checkArguments("summary", options, ["printFn"]);
    const { printFn } = options;
    // biome-ignore lint/suspicious/noConsole: summary() prints, as in Keras; a page passes printFn.
    const print = printFn ?? ((text: string) => console.log(text));
    print(summaryText(this, this.#layers, this.#input?.batchShape ?? null));
  }

  override getConfig(): KerasConfig {
    const stack = this.built ? this.#all() : this.#layers;
    return {
      ...super.getConfig(),
      layers: stack.map((layer) => serializeLayer(layer)),
      ...(this.built && this.#input ? { build_input_shape: [...this.#input.batchShape] } : {}),
    };
  }

  /** Empty: there is nothing to compile yet. */
  getCompileConfig(): KerasConfig {
    return {};
  }

  static override fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    registerClass("keras", Sequential);
    const {
      layers,
      build_input_shape: inputShape,
      name,
      trainable,
      dtype,
      activity_regularizer: activityRegularizer,
    } = config;
    if (!Array.isArray(layers)) {
      throw new ValueError(
        `The config of a Sequential model has a list of layers. Received: config=${formatValue(config)}`,
      );
    }
    const args = {
      name,
      trainable,
      dtype,
      activityRegularizer,
      layers: (layers as KerasObjectJson[]).map((json) => layerOrInput(deserializeLayer(json))),
    };
    const model = new this(args as never);
    if (!model.built && Array.isArray(inputShape)) model.ensureBuilt([inputShape as PartialShape]);
    return model;
  }

  /** Number of scalars in the weights. */
  override countParams(): number {
    return this.built ? this.weights.reduce((total, w) => total + sizeOf(w.shape), 0) : super.countParams();
  }

  override get revision(): number {
    return this.#changes + super.revision;
  }

  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor asks before this class's fields exist.
    return this.#layers ?? [];
  }

  override get isPure(): boolean {
    return (
      this.constructor === Sequential &&
      this.#layers.every((layer) => layer.isPure && layer.activityRegularizer === null)
    );
  }

  #all(): readonly Layer[] {
    return this.#input ? [this.#input, ...this.#layers] : this.#layers;
  }
}

/** Input layers reach a Sequential as the symbol they make. */
function layerOrInput(layer: Layer): Layer | KerasTensor {
  return layer instanceof InputLayer ? layer.output : layer;
}
