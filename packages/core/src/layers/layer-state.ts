/**
 * What a layer is apart from being called (half of Keras's `keras.Layer`): name, dtype, weights, losses, config, disposal.
 */
import { Activation } from "../activations/activation.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import * as regularizers from "../regularizers/index.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { inScope, keep, type Tensor } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";
import { DTypePolicy } from "./dtype-policy.ts";
import type { LayerArgs, PartialShape } from "./layer-args.ts";
import { assignWeights, makeWeights, type WeightSpec } from "./layer-weights.ts";
import { autoName } from "./names.ts";
import { pathOf } from "./scope.ts";
import { standardizeShape } from "./shapes.ts";
import { findSublayers, namedAttributes } from "./sublayers.ts";

export abstract class LayerState {
  /** Keras's class name; also names the class in configs. */
  static readonly className: string = "Layer";
  /** The arguments the constructor takes; others are refused by name. Null: not checked (for sub-classes that do not say). */
  static readonly argumentNames: readonly string[] | null = null;
  readonly name: string;
  readonly dtypePolicy: DTypePolicy;
  readonly activityRegularizer: regularizers.Regularizer | null;
  readonly batchInputShape: PartialShape | null;
  #trainable: boolean;
  #disposed = false;
  /** Weights by how they were made: switching `trainable` later does not reorder them. */
  readonly #madeTrainable: KerasVariable[] = [];
  readonly #madeFixed: KerasVariable[] = [];
  readonly #addedLosses: Tensor[] = [];

  constructor(args: LayerArgs) {
    const { className } = this;
    if (args === null || typeof args !== "object" || Array.isArray(args)) {
      throw new ValueError(
        `${className} takes its arguments as one object, such as { name: "stem" }. Received: ${formatValue(args)}`,
      );
    }
    const { name, trainable = true, dtype, activityRegularizer, inputShape } = args;
    if (name !== undefined && name !== null && (typeof name !== "string" || name.includes("/"))) {
      throw new ValueError(
        `Argument \`name\` must be a string and cannot contain character \`/\`. Received: name=${formatValue(name)}`,
      );
    }
    this.dtypePolicy = DTypePolicy.from(dtype);
    this.activityRegularizer = regularizers.get(activityRegularizer ?? null);
    const { argumentNames } = this.constructor as typeof LayerState;
    if (argumentNames) checkArguments(className, args, argumentNames);
    if (typeof trainable !== "boolean")
      throw new ValueError(`Argument \`trainable\` must be a boolean. Received: trainable=${formatValue(trainable)}`);
    this.name = name ?? autoName(className);
    this.#trainable = trainable;
    this.batchInputShape =
      inputShape === undefined || inputShape === null ? null : [null, ...standardizeShape(inputShape, "input_shape")];
  }

  /** What the class says itself, else its name in JavaScript, as Keras takes a Python class's; minifiers change that one. */
  get className(): string {
    const { className, name } = this.constructor as typeof LayerState;
    return Object.hasOwn(this.constructor, "className") ? className : name || className;
  }

  /** The dtype of the weights. */
  get dtype(): string {
    return this.dtypePolicy.variableDtype;
  }

  abstract get built(): boolean;

  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    if (typeof value !== "boolean") {
      throw new ValueError(
        `Layer '${this.name}': \`trainable\` must be a boolean. Received: trainable=${formatValue(value)}`,
      );
    }
    this.#trainable = value;
    for (const weight of this.#own) weight.trained = value && weight.trainable;
    for (const layer of this.sublayers) layer.trainable = value;
  }

  /**
   * Layers whose weights and losses are this layer's too, in Keras's order. Found among the properties of the object, lists and
   * records included; classes that hide theirs in private fields say them here.
   */
  protected get sublayers(): readonly LayerState[] {
    return findSublayers(this, (value): value is LayerState => value instanceof LayerState);
  }

  /** Those made trainable first, then others, then those of inner layers. */
  get weights(): KerasVariable[] {
    return [...new Set([...this.#own, ...this.sublayers.flatMap((layer) => layer.weights)])];
  }

  get #own(): KerasVariable[] {
    return [...this.#madeTrainable, ...this.#madeFixed];
  }

  get trainableWeights(): KerasVariable[] {
    if (!this.#trainable) return [];
    const own = this.#own.filter((w) => w.trainable);
    return [...new Set([...own, ...this.sublayers.flatMap((layer) => layer.trainableWeights)])];
  }

  get nonTrainableWeights(): KerasVariable[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((w) => !trainable.has(w));
  }

  /** Copies of the weights' values; the caller disposes them. */
  getWeights(): Tensor[] {
    this.assertAlive();
    return this.weights.map((w) => w.value.clone());
  }

  /** Sets all weights, in the order of `weights`. Shapes must be equal. The tensors stay the caller's. */
  setWeights(values: readonly Tensor[]): void {
    this.assertAlive();
    assignWeights(this.name, this.weights, values);
  }

  /** For saving: the layer's own variables that a file holds, in the file's order. Source: `keras.Layer.save_own_variables`. */
  get savedVariables(): readonly KerasVariable[] {
    return this.#own;
  }

  /** For saving: what is written of one of `savedVariables`. A new tensor, the caller's. */
  savedValue(variable: KerasVariable): Tensor {
    return variable.value.clone();
  }

  /** For saving: the type that Keras gives the variable in a file. */
  savedDtype(_variable: KerasVariable): "float32" | "int32" {
    return "float32";
  }

  /** For saving: called after `savedVariables` took the values of a file, for what depends on them. */
  variablesLoaded(): void {}

  /**
   * For saving: values that may be or hold layers (in lists and records), by Keras's attribute names, in the order of Keras's files.
   * They are the object's properties, `camelCase` as `snake_case`; classes that keep layers in private fields say them here.
   */
  get savedAttributes(): readonly (readonly [name: string, value: unknown])[] {
    const found = namedAttributes(this, (value) => value instanceof LayerState || value instanceof Activation);
    return found.map(([name, value]) => [name, value instanceof Activation ? value.source : value]);
  }

  /** Number of scalars in all weights. */
  countParams(): number {
    if (!this.built) {
      throw new ValueError(
        `You tried to call \`countParams\` on layer '${this.name}', but the layer isn't built. Build it with build(inputShape), or call it.`,
      );
    }
    return this.weights.reduce((total, w) => total + w.shape.reduce((a, b) => a * b, 1), 0);
  }

  /**
   * Scalars to add to a loss: activity losses of the last call (already divided by the batch size), then weight
   * regularisation of trainable weights. The caller disposes them.
   */
  get losses(): Tensor[] {
    this.assertAlive();
    const weightLosses = this.trainableWeights.flatMap((w) =>
      w.regularizer instanceof regularizers.Regularizer ? [asTensor(w.regularizer.call(w))] : [],
    );
    const added = [...this.#flattened()].flatMap((layer) => layer.#addedLosses);
    return [...added.map((loss) => asTensor(ops.reshape(loss, []))), ...weightLosses];
  }

  /** This layer and all inner ones in the order in which Keras collects losses: below the first level it is reversed. */
  #flattened(): Set<LayerState> {
    const found = new Set<LayerState>([this]);
    const queue = [...this.sublayers];
    for (let layer = queue.shift(); layer; layer = queue.shift()) {
      if (found.has(layer)) continue;
      found.add(layer);
      queue.unshift(...[...layer.sublayers].reverse());
    }
    return found;
  }

  /** Adds a scalar to `losses`, to be called inside `call`; it stays until the next outermost call. */
  addLoss(loss: Tensor): void {
    this.#addedLosses.push(keep(asTensor(ops.reshape(loss, []))));
  }

  /** Keras's config: snake_case keys in Keras's order. */
  getConfig(): KerasConfig {
    return {
      name: this.name,
      trainable: this.#trainable,
      dtype: this.dtypePolicy.serialize(),
      ...(this.activityRegularizer ? { activity_regularizer: regularizers.serialize(this.activityRegularizer) } : {}),
    };
  }

  /** Frees weights, packed weights and kept losses. The layer cannot be used afterwards. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.clearLosses();
    for (const weight of this.#own) weight.dispose();
    for (const layer of this.sublayers) layer.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Adds a weight: in `build`, or in the constructor of a layer that needs no input shape. */
  protected addWeight(spec: WeightSpec): KerasVariable {
    const [weight] = this.addWeights([spec]);
    if (!weight) throw new TypeError("addWeights made no weight.");
    return weight;
  }

  /** Adds the weights of a build, all or none. */
  protected addWeights(specs: readonly WeightSpec[]): KerasVariable[] {
    if (this.built) {
      throw new ValueError(
        `You cannot add new elements of state to layer '${this.name}': it is already built. Received: weights=${specs.map((s) => s.name).join(", ")}`,
      );
    }
    return this.addWeightsLater(specs);
  }

  /** As `addWeights`, also on a layer that is built (LoRA). */
  protected addWeightsLater(specs: readonly WeightSpec[]): KerasVariable[] {
    this.dtypePolicy.assertComputed(this.name);
    this.assertAlive();
    const made = makeWeights(pathOf(this), !this.#trainable, specs);
    for (const weight of made) (weight.trainable ? this.#madeTrainable : this.#madeFixed).push(weight);
    return made;
  }

  protected clearLosses(): void {
    for (const loss of this.#addedLosses.splice(0)) loss.dispose();
    for (const layer of this.sublayers) layer.clearLosses();
  }

  /** Adds the activity loss of one output. */
  protected addActivityLoss(regularizer: regularizers.Regularizer, output: Tensor): void {
    const loss = inScope(() => {
      const total = asTensor(regularizer.call(output));
      const batch = output.shape[0];
      if (batch === undefined) return total;
      return asTensor(ops.multiply(total, batch === 0 ? 0 : 1 / batch));
    });
    this.addLoss(loss);
    loss.dispose();
  }

  protected assertAlive(): void {
    if (this.#disposed) throw new ValueError(`Layer '${this.name}' was disposed and cannot be used. Make a new one.`);
  }
}
