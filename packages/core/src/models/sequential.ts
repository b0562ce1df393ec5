/** A stack of layers (Keras: `keras.Sequential`). */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { withoutRecording } from "../layers/call-context.ts";
import { InputLayer } from "../layers/input-layer.ts";
import { Layer } from "../layers/layer.ts";
import type { CallOptions, LayerArgs, PartialShape, Shapes } from "../layers/layer-args.ts";
import { masksOf } from "../layers/masks.ts";
import { autoName } from "../layers/names.ts";
import { inside } from "../layers/scope.ts";
import { deserializeLayer, serializeLayer } from "../layers/serialization.ts";
import { flattenShapes, isShape, oneShape } from "../layers/shapes.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig, KerasObjectJson } from "../serialization/json.ts";
import { flatten, type Nested } from "../structure.ts";
import { mapGraph } from "./graph.ts";
import { KerasTensor, type Node } from "./keras-tensor.ts";
import { Model } from "./model.ts";
import { adjustRanks } from "./model-inputs.ts";

/** Arguments of `Sequential`: all that Keras's takes. */
export interface SequentialArgs extends Pick<LayerArgs, "name" | "trainable"> {
  /** The layers in order. The first may be what `keras.Input` returned. */
  readonly layers?: readonly (Layer | KerasTensor)[] | null;
}

/** A model of layers that each take what the one before returns. */
export class Sequential extends Model {
  static override readonly module: string = "keras";
  static override readonly className: string = "Sequential";
  static override readonly pure: boolean = true;
  static override readonly argumentNames: readonly string[] = ["layers", "trainable", "name"];
  readonly #layers: Layer[] = [];
  /** What each layer made of what the one before made; empty while the input shape is not known. */
  readonly #symbols: Nested<KerasTensor>[] = [];
  #input: InputLayer | null = null;
  #changes = 0;

  constructor(args: SequentialArgs = {}) {
    super(args);
    const layers = args.layers ?? [];
    if (!Array.isArray(layers))
      throw new ValueError(`Sequential takes a list of layers. Received: layers=${formatValue(layers)}`);
    for (const layer of layers) this.#push(layer);
    if (this.#symbols.length > 0) takeInnerName();
  }

  /** Without the input layer. */
  override get layers(): readonly Layer[] {
    return this.#layers;
  }

  /** Appends a layer, or takes `keras.Input(…)` as the first thing. Returns the model. */
  add(layer: Layer | KerasTensor): this {
    this.#push(layer);
    if (this.#symbols.length > 0) takeInnerName();
    return this;
  }

  /** Removes the last layer and returns it. */
  pop(): Layer {
    const last = this.#layers.pop();
    if (!last) throw new ValueError(`Sequential model '${this.name}' has no layer to remove.`);
    this.#changes++;
    this.#symbols.length = Math.min(this.#symbols.length, this.#layers.length);
    return last;
  }

  override get built(): boolean {
    return super.built && this.#layers.length > 0;
  }

  override get inputs(): readonly KerasTensor[] {
    return [this.#known("inputs")[0]];
  }

  override get outputs(): readonly KerasTensor[] {
    return flatten(this.#known("outputs")[1]);
  }

  override get input(): KerasTensor {
    return this.#known("input")[0];
  }

  override get output(): Nested<KerasTensor> {
    return this.#known("output")[1];
  }

  override get nodes(): readonly Node[] {
    return mapGraph(this.inputs, this.outputs).order;
  }

  override build(inputShape: Shapes): void {
    if (this.#layers.length === 0) {
      throw new ValueError(
        `Sequential model '${this.name}' cannot be built because it has no layers. Call model.add(layer).`,
      );
    }
    if (inputShape === undefined || inputShape === null)
      throw new ValueError(`build() of Sequential model '${this.name}' needs a shape. Received: input_shape=None`);
    if (!isShape(inputShape) && flattenShapes(inputShape).length !== 1) {
      // Several inputs: the first layer takes them as they come, and each layer is built when it is called.
      super.build(inputShape);
      return;
    }
    const shape = oneShape(inputShape, this.name);
    if (this.#input && !sameShape(this.#input.batchShape, shape)) {
      throw new ValueError(
        `Sequential model '${this.name}' has already been configured to use input shape ${formatShape(this.#input.batchShape)}. You cannot build it with input_shape ${formatShape(shape)}. Received: input_shape=${formatShape(shape)}`,
      );
    }
    this.#input ??= new InputLayer({ batchShape: shape, dtype: this.#firstDtype() });
    for (const layer of this.#layers.slice(this.#symbols.length)) this.#extend(layer);
    takeInnerName();
    this.markBuilt(this.#input.batchShape);
  }

  override call(inputs: Nested<Value>, options: CallOptions): Nested<Value> {
    const { training = null } = options;
    let mask = options.mask ?? null;
    let x: Nested<Value> = this.#input ? adjustRanks(inputs, this.#input.output, this.name) : inputs;
    for (const layer of this.#layers) {
      const { takesMask } = layer.constructor as typeof Layer;
      x = layer.apply<Nested<Value>>(x, {
        ...(training === null ? {} : { training }),
        ...(takesMask && mask !== null ? { mask } : {}),
      });
      mask = masksOf(x);
    }
    return x;
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    return this.#layers.reduce((shape: Shapes, layer) => layer.computeOutputShape(shape), inputShape);
  }

  override symbolicCall(inputs: Nested<KerasTensor>, options: CallOptions = {}): Nested<KerasTensor> {
    return withoutRecording(() =>
      this.#layers.reduce((x: Nested<KerasTensor>, layer) => layer.symbolicCall(x, options), inputs),
    );
  }

  override getConfig(): KerasConfig {
    const stack = this.built ? this.#all() : this.#layers;
    return {
      ...this.layerConfig(),
      layers: stack.map((layer) => serializeLayer(layer)),
      ...(this.built && this.#input ? { build_input_shape: [...this.#input.batchShape] } : {}),
    };
  }

  /** The model of a config. Of `trainable` and `dtype` Keras reads the layers' own only. */
  static override fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    const { layers, build_input_shape: inputShape, name } = config;
    if (!Array.isArray(layers)) {
      throw new ValueError(
        `The config of a Sequential model has a list of layers. Received: config=${formatValue(config)}`,
      );
    }
    const revived = (layers as KerasObjectJson[]).map((json) => layerOrInput(deserializeLayer(json)));
    const model = new this({ name, layers: revived } as never);
    if (!model.built && isShape(inputShape)) model.ensureBuilt([inputShape]);
    return model;
  }

  override get revision(): number {
    return this.#changes + super.revision;
  }

  override get inputShapes(): readonly PartialShape[] | null {
    return this.#input ? [this.#input.batchShape] : null;
  }

  /** Its layers come first, under numbers that count them. */
  override get savedAttributes(): readonly (readonly [name: string, value: unknown])[] {
    return [["layers", this.layers], ...super.savedAttributes];
  }

  protected override get convertsInputs(): boolean {
    return true;
  }

  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor may ask before this class's fields exist.
    return this.#layers ?? [];
  }

  #push(given: Layer | KerasTensor): void {
    const layer = given instanceof KerasTensor ? given.history?.operation : given;
    if (
      !(layer instanceof Layer) ||
      layer === this ||
      (given instanceof KerasTensor && !(layer instanceof InputLayer))
    ) {
      throw new ValueError(
        `Only instances of Layer, or an Input, can be added to Sequential model '${this.name}'. Received: layer=${formatValue(given)}`,
      );
    }
    if (this.#all().some((other) => other.name === layer.name && other !== layer)) {
      throw new ValueError(
        `All layers added to a Sequential model should have unique names. Name '${layer.name}' is already the name of a layer in this model. Received: name='${layer.name}'`,
      );
    }
    if (layer instanceof InputLayer) {
      if (this.#input || this.#layers.length > 0) {
        throw new ValueError(
          this.#input
            ? `Sequential model '${this.name}' has already been configured to use input shape ${formatShape(this.#input.batchShape)}. You cannot add a different Input layer to it. Received: layer='${layer.name}'`
            : `Sequential model '${this.name}' has layers: an Input can only be the first thing in it. Received: layer='${layer.name}'`,
        );
      }
      this.#input = layer;
      return;
    }
    if (this.#layers.length === 0 && !this.#input) this.#input = inputOf(layer);
    if (this.#input) this.#extend(layer);
    this.#layers.push(layer);
    this.#changes++;
    if (this.#input) this.markBuilt(this.#input.batchShape);
  }

  /** Calls a layer on what the last one made. */
  #extend(layer: Layer): void {
    const last = this.#symbols.at(-1) ?? this.#input?.output;
    if (!last) return;
    this.#symbols.push(inside(this, () => layer.apply<Nested<KerasTensor>>(last)));
  }

  #known(what: string): readonly [KerasTensor, Nested<KerasTensor>] {
    const last = this.#symbols.at(-1);
    if (!this.#input || !last)
      throw new ValueError(`Sequential model '${this.name}' has no defined ${what} yet. Build it, or call it.`);
    return [this.#input.output, last];
  }

  #firstDtype(): string {
    return this.#layers[0]?.dtypePolicy.computeDtype ?? "float32";
  }

  #all(): readonly Layer[] {
    return this.#input ? [this.#input, ...this.#layers] : this.#layers;
  }
}

/** Keras makes a functional model inside each time; it takes a name of the counter. */
function takeInnerName(): void {
  autoName("Functional");
}

/** Of a first layer that says what it takes: `inputShape`, or a model with inputs. */
function inputOf(layer: Layer): InputLayer | null {
  if (layer.batchInputShape) return new InputLayer({ batchShape: layer.batchInputShape });
  if (!(layer instanceof Model) || layer.inputShapes === null) return null;
  const [shape, ...others] = layer.inputShapes;
  return shape && others.length === 0 ? new InputLayer({ batchShape: shape }) : null;
}

/** Input layers reach a Sequential as the symbol they make. */
function layerOrInput(layer: Layer): Layer | KerasTensor {
  return layer instanceof InputLayer ? layer.output : layer;
}

function sameShape(a: PartialShape, b: PartialShape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
