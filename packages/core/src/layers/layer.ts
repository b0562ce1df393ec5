/**
 * The base of every layer (Keras: `keras.Layer`): names and weights, building, calling on tensors and on symbols,
 * losses, configs. Sub-classes write `build`, `call` against `ops.*`, `computeOutputShape` and `getConfig`.
 */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import * as ops from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import type { Value } from "../ops/value.ts";
import * as regularizers from "../regularizers/index.ts";
import { checkArguments, configToArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { inScope, keep, type Tensor } from "../tf.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import type { KerasVariable } from "../variable.ts";
import { CallPlans, canUseCallPlan } from "./call-plans.ts";
import { checkIsValue } from "./check-value.ts";
import { DTypePolicy } from "./dtype-policy.ts";
import { checkInputSpec, type InputSpec } from "./input-spec.ts";
import type { CallOptions, LayerArgs, PartialShape } from "./layer-args.ts";
import { assignWeights, makeWeights, type WeightSpec } from "./layer-weights.ts";
import { autoName } from "./names.ts";
import { inside, pathOf } from "./scope.ts";
import { standardizeShape } from "./shapes.ts";

export abstract class Layer {
  /** Keras's class name; also names the class in configs. */
  static readonly className: string = "Layer";
  /** The arguments the constructor takes; others are refused by name. Null: not checked (for sub-classes that do not say). */
  static readonly argumentNames: readonly string[] | null = null;
  readonly name: string;
  readonly dtypePolicy: DTypePolicy;
  readonly activityRegularizer: regularizers.Regularizer | null;
  readonly batchInputShape: PartialShape | null;
  protected inputSpec: InputSpec | null = null;
  #trainable: boolean;
  #built = false;
  #disposed = false;
  #buildShape: PartialShape | null = null;
  #firstCall: { input: KerasTensor; output: KerasTensor } | null = null;
  readonly #weights: KerasVariable[] = [];
  readonly #addedLosses: Tensor[] = [];
  readonly #plans = new CallPlans();

  constructor(args: LayerArgs) {
    const className = this.className;
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
    const { argumentNames } = this.constructor as typeof Layer;
    if (argumentNames) checkArguments(className, args, argumentNames);
    if (typeof trainable !== "boolean")
      throw new ValueError(`Argument \`trainable\` must be a boolean. Received: trainable=${formatValue(trainable)}`);
    this.name = name ?? autoName(className);
    this.#trainable = trainable;
    this.batchInputShape =
      inputShape === undefined || inputShape === null ? null : [null, ...standardizeShape(inputShape, "input_shape")];
  }

  /** The layer of a config that Keras or `getConfig` wrote. */
  static fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    return new this(configToArguments(config, this.className) as never);
  }

  get className(): string {
    return (this.constructor as typeof Layer).className;
  }

  /** The dtype of the weights. */
  get dtype(): string {
    return this.dtypePolicy.variableDtype;
  }

  get built(): boolean {
    return this.#built;
  }

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
    for (const weight of this.#weights) weight.value.trainable = value && weight.trainable;
    for (const layer of this.sublayers) layer.trainable = value;
  }

  /** Layers whose weights and losses are this layer's too. */
  protected get sublayers(): readonly Layer[] {
    return [];
  }

  /** Trainable ones first, then others, then those of inner layers. */
  get weights(): KerasVariable[] {
    const own = [...this.#weights.filter((w) => w.trainable), ...this.#weights.filter((w) => !w.trainable)];
    return [...new Set([...own, ...this.sublayers.flatMap((layer) => layer.weights)])];
  }

  get trainableWeights(): KerasVariable[] {
    if (!this.#trainable) return [];
    const own = this.#weights.filter((w) => w.trainable);
    return [...new Set([...own, ...this.sublayers.flatMap((layer) => layer.trainableWeights)])];
  }

  get nonTrainableWeights(): KerasVariable[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((w) => !trainable.has(w));
  }

  /** Copies of the weights' values; the caller disposes them. */
  getWeights(): Tensor[] {
    this.#assertAlive();
    return this.weights.map((w) => w.value.clone());
  }

  /** Sets all weights, in the order of `weights`. Shapes must be equal. The tensors stay the caller's. */
  setWeights(values: readonly Tensor[]): void {
    this.#assertAlive();
    assignWeights(this.name, this.weights, values);
  }

  /** Number of scalars in all weights. */
  countParams(): number {
    if (!this.#built) {
      throw new ValueError(
        `You tried to call \`countParams\` on layer '${this.name}', but the layer isn't built. Build it with build(inputShape), or call it.`,
      );
    }
    return this.weights.reduce((total, w) => total + w.shape.reduce((a, b) => a * b, 1), 0);
  }

  /** The symbol of the first symbolic call. */
  get input(): KerasTensor {
    return this.#calledOnSymbols("input").input;
  }

  get output(): KerasTensor {
    return this.#calledOnSymbols("output").output;
  }

  /**
   * Scalars to add to a loss: activity losses of the last call (already divided by the batch size), then weight
   * regularisation of trainable weights. The caller disposes them.
   */
  get losses(): Tensor[] {
    this.#assertAlive();
    const weightLosses = this.trainableWeights.flatMap((w) =>
      w.regularizer instanceof regularizers.Regularizer ? [asTensor(w.regularizer.call(w))] : [],
    );
    const added = [...this.#flattened()].flatMap((layer) => layer.#addedLosses);
    return [...added.map((loss) => asTensor(ops.reshape(loss, []))), ...weightLosses];
  }

  /** This layer and all inner ones in the order in which Keras collects losses: below the first level it is reversed. */
  #flattened(): Set<Layer> {
    const found = new Set<Layer>([this]);
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

  /** Creates weights for this input shape. Sub-classes add theirs and then call `super.build(inputShape)`. */
  build(inputShape: PartialShape): void {
    this.#buildShape = [...inputShape];
    this.#built = true;
  }

  /** The forward pass, written against `keras.ops`. Not called directly: use `apply`. */
  abstract call(inputs: Value, options: CallOptions): Value;

  /** The output shape for an input shape; null stands for sizes that are not known. */
  abstract computeOutputShape(inputShape: PartialShape): (number | null)[];

  /** Runs the layer on a tensor, or records it on a symbol. Builds it on first use. The result is the caller's. */
  apply(inputs: Tensor, options?: CallOptions): Tensor;
  apply(inputs: KerasTensor, options?: CallOptions): KerasTensor;
  apply(inputs: Value, options?: CallOptions): Value;
  apply(inputs: Value, options: CallOptions = {}): Value {
    this.#assertAlive();
    checkIsValue(inputs, this.name);
    if (inputs instanceof KerasTensor) {
      this.clearLosses();
      return this.#applySymbolic(inputs, options);
    }
    checkInputSpec(this.inputSpec, inputs.shape, this.name);
    this.#maybeBuild(inputs.shape);
    checkInputSpec(this.inputSpec, inputs.shape, this.name);
    if (inputs instanceof TracedTensor) {
      return inputs.trace.inLayer(this.name, () => inside(this, () => this.call(inputs, options)));
    }
    this.clearLosses();
    const x = asTensor(inputs);
    const output = this.#runCall(x, options);
    try {
      if (this.activityRegularizer) this.#addActivityLoss(this.activityRegularizer, output);
    } catch (error) {
      output.dispose();
      throw error;
    }
    return output;
  }

  /** The symbol of the output, without building the layer or recording a call. */
  symbolicCall(inputs: KerasTensor): KerasTensor {
    return new KerasTensor(this.computeOutputShape(inputs.shape), {
      name: this.name,
      dtype: this.dtypePolicy.computeDtype,
    });
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

  /** `{"input_shape": […]}` once built, else null. */
  getBuildConfig(): KerasConfig | null {
    return this.#buildShape ? { input_shape: [...this.#buildShape] } : null;
  }

  buildFromConfig(config: KerasConfig): void {
    const shape = config.input_shape;
    if (!this.#built && Array.isArray(shape)) this.#maybeBuild(shape as PartialShape);
  }

  /** Frees weights, packed weights and kept losses. The layer cannot be used afterwards. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#plans.dispose();
    this.clearLosses();
    for (const weight of this.#weights) weight.dispose();
    for (const layer of this.sublayers) layer.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** For `keras.plan`: counts changes to the layers inside. */
  get revision(): number {
    return this.sublayers.reduce((total, layer) => total + layer.revision, 0);
  }

  /** For `keras.plan`: the shape the layer was built with. */
  get inputShapes(): readonly PartialShape[] | null {
    return this.#buildShape ? [this.#buildShape] : null;
  }

  /** For `keras.plan`. */
  ensureBuilt(shapes: readonly PartialShape[]): void {
    this.#assertAlive();
    const [shape = []] = shapes;
    checkInputSpec(this.inputSpec, shape, this.name);
    this.#maybeBuild(shape);
    checkInputSpec(this.inputSpec, shape, this.name);
  }

  /** For `keras.plan`. */
  traceCall(inputs: readonly Value[]): Value {
    const [x] = inputs;
    if (inputs.length !== 1 || !x)
      throw new ValueError(`Layer '${this.name}' expects 1 input(s), but it received ${inputs.length} input tensors.`);
    return this.apply(x);
  }

  /**
   * Whether `call` computes the same function of its input and weights every time, so that `apply` may run a compiled
   * form of it. True for layers of this package as they are; sub-classes run their own `call` at each call.
   */
  get isPure(): boolean {
    return false;
  }

  /** Adds the weights of a build, all or none. */
  protected addWeights(specs: readonly WeightSpec[]): KerasVariable[] {
    if (this.#built) {
      throw new ValueError(
        `You cannot add new elements of state to layer '${this.name}': it is already built. Received: weights=${specs.map((s) => s.name).join(", ")}`,
      );
    }
    this.dtypePolicy.assertComputed(this.name);
    this.#assertAlive();
    const made = makeWeights(pathOf(this), !this.#trainable, specs);
    this.#weights.push(...made);
    return made;
  }

  protected clearLosses(): void {
    for (const loss of this.#addedLosses.splice(0)) loss.dispose();
    for (const layer of this.sublayers) layer.clearLosses();
  }

  #maybeBuild(shape: PartialShape): void {
    if (this.#built) return;
    this.dtypePolicy.assertComputed(this.name);
    this.#named(`Layer '${this.name}' (${this.className}) cannot be built.`, () =>
      inside(this, () => this.build(shape)),
    );
    // A sub-class may forget super.build().
    this.#buildShape ??= [...shape];
    this.#built = true;
  }

  #applySymbolic(inputs: KerasTensor, options: CallOptions): KerasTensor {
    checkInputSpec(this.inputSpec, inputs.shape, this.name);
    this.#maybeBuild(inputs.shape);
    checkInputSpec(this.inputSpec, inputs.shape, this.name);
    const replay = ([x]: readonly Value[]): Value => {
      if (!x) throw new ValueError(`Layer '${this.name}' was replayed without an input.`);
      return this.apply(x, options);
    };
    const symbol = this.symbolicCall(inputs);
    const output = new KerasTensor(symbol.shape, {
      name: this.name,
      dtype: symbol.dtype,
      history: { operation: { name: this.name, layer: this, replay }, inputs: [inputs] },
    });
    this.#firstCall ??= { input: inputs, output };
    return output;
  }

  #runCall(x: Tensor, options: CallOptions): Tensor {
    return this.#named(`Exception encountered when calling ${this.className}.call() of layer '${this.name}'.`, () => {
      if (this.isPure && options.training !== true && canUseCallPlan()) return this.#plans.run(this, x);
      return inScope(() => asTensor(inside(this, () => this.call(x, options))));
    });
  }

  /** Puts these words before the message of an error that does not name the layer. */
  #named<T>(words: string, fn: () => T): T {
    try {
      return fn();
    } catch (error) {
      if (error instanceof Error && !error.message.includes(`'${this.name}'`))
        error.message = `${words} ${error.message}`;
      throw error;
    }
  }

  #addActivityLoss(regularizer: regularizers.Regularizer, output: Tensor): void {
    const loss = inScope(() => {
      const total = asTensor(regularizer.call(output));
      const batch = output.shape[0];
      if (batch === undefined) return total;
      return asTensor(ops.multiply(total, batch === 0 ? 0 : 1 / batch));
    });
    this.addLoss(loss);
    loss.dispose();
  }

  #assertAlive(): void {
    if (this.#disposed) throw new ValueError(`Layer '${this.name}' was disposed and cannot be used. Make a new one.`);
  }

  #calledOnSymbols(what: string): { input: KerasTensor; output: KerasTensor } {
    if (!this.#firstCall)
      throw new ValueError(`The layer '${this.name}' has never been called and thus has no defined ${what}.`);
    return this.#firstCall;
  }
}
