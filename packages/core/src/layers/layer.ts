/**
 * The base of every layer (Keras: `keras.Layer`): building, calling on tensors and on symbols, masks, plans. Sub-classes write
 * `build`, `call` against `ops.*`, `computeOutputShape` and `getConfig`.
 */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { KerasTensor, type Node, type Operation, recordNode, symbolsIn } from "../models/keras-tensor.ts";
import { asTensor } from "../ops/run.ts";
import type { Value } from "../ops/value.ts";
import { argumentName, checkArguments, configKey, configToArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { flatten, mapStructure, type Nested, packAs, unpackSingleton } from "../structure.ts";
import { isTensor, type Tensor } from "../tf.ts";
import { tracing } from "../trace/active-trace.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { inCall, inheritedTraining, isOutermostCall, recordsSymbols, withoutRecording } from "./call-context.ts";
import { CallPlans, canUseCallPlan } from "./call-plans.ts";
import { checkValues } from "./check-value.ts";
import { runInScope } from "./eager-call.ts";
import { checkInputSpec, type InputSpec } from "./input-spec.ts";
import { type IntegerUse, outputDtypes } from "./integers.ts";
import type { CallOptions, LayerArgs, PartialShape, Shapes } from "./layer-args.ts";
import { LayerState } from "./layer-state.ts";
import { attachMasks, impliedMask, maskOf, masksOf } from "./masks.ts";
import { assertOutputSizes } from "./output-sizes.ts";
import { inside } from "./scope.ts";
import { copyShapes, flattenShapes } from "./shapes.ts";
import { shapesOf, symbolsOf } from "./symbols.ts";

export abstract class Layer extends LayerState implements Operation {
  /** Whether `call` has a mask argument; it is then filled from the mask of the inputs. */
  static readonly takesMask: boolean = false;
  /** What `training` is where nobody says (Keras: the default in the signature of `call`). */
  static readonly trainingDefault: boolean | null = null;
  /** Names of call options besides `training` and `mask`. */
  static readonly callOptionNames: readonly string[] = [];
  /** What Keras's `call` does with integers and booleans; see `IntegerUse`. */
  static readonly integers: IntegerUse = "refused";
  readonly inboundNodes: Node[] = [];
  protected inputSpec: InputSpec | readonly InputSpec[] | null = null;
  #built = false;
  #sublayers: readonly Layer[] | null = null;
  #buildShape: Shapes | null = null;
  readonly #plans = new CallPlans();

  /** Classes of the user's that say no `argumentNames` may leave out the arguments. */
  constructor(args?: LayerArgs) {
    super(args ?? (new.target.argumentNames === null ? {} : (args as never)));
  }

  /** The layer of a config that Keras or `getConfig` wrote. */
  static fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string; readonly argumentNames: readonly string[] | null },
    config: KerasConfig,
  ): T {
    // Arguments that only a class of the user's has keep the name that its getConfig() gave them.
    const isOwn = (key: string) =>
      argumentName(key) === undefined &&
      configKey(key) === key &&
      (this.argumentNames === null || this.argumentNames.includes(key));
    const [own, others] = [true, false].map((wanted) =>
      Object.fromEntries(Object.entries(config).filter(([key]) => isOwn(key) === wanted)),
    );
    return new this({ ...configToArguments(others ?? {}, this.className), ...own } as never);
  }

  override get built(): boolean {
    return this.#built;
  }

  /** The symbol (or symbols) of the first symbolic call. */
  get input(): Nested<KerasTensor> {
    return unpackSingleton([...this.#firstNode("input").inputs]);
  }

  get output(): Nested<KerasTensor> {
    return unpackSingleton([...this.#firstNode("output").outputs]);
  }

  /** Whether a mask of the inputs may pass through. Where it may not, it ends here. */
  get supportsMasking(): boolean {
    return false;
  }

  /** The mask of the outputs. Default: that of the inputs. Source: `keras.Layer.compute_mask`. */
  computeMask(_inputs: Nested<Value>, mask: Nested<Value | null>): Nested<Value | null> {
    return mask;
  }

  /** Creates weights for this input shape. Sub-classes add theirs and then call `super.build(inputShape)`. */
  build(inputShape: Shapes): void {
    this.#buildShape = inputShape;
    this.#built = true;
  }

  /** As `build`, for classes that made their weights by other means. */
  protected markBuilt(inputShape: Shapes): void {
    this.#buildShape = inputShape;
    this.#built = true;
  }

  /** The forward pass, written against `keras.ops`. Not called directly: use `apply`. */
  abstract call(inputs: Nested<Value>, options: CallOptions): Nested<Value>;

  /**
   * The output shape for an input shape; null stands for sizes that are not known. Where a sub-class does not say, `call` runs
   * on symbols of that shape.
   */
  computeOutputShape(inputShape: Shapes): Shapes {
    return shapesOf(this.callOnSymbols(symbolsOf(inputShape), {})) as Shapes;
  }

  /** Runs the layer on a tensor, or records it on a symbol. Builds it on first use. The result is the caller's. */
  apply(inputs: Tensor, options?: CallOptions): Tensor;
  apply(inputs: KerasTensor, options?: CallOptions): KerasTensor;
  apply(inputs: Value, options?: CallOptions): Value;
  /** On lists and records of values. The second form says what a layer with several outputs returns: `lstm.apply<Tensor[]>(x)`. */
  apply<R extends Nested<Value> = Value>(inputs: Nested<Value>, options?: CallOptions): R;
  apply(given: Nested<Value>, options: CallOptions = {}): Nested<Value> {
    this.assertAlive();
    this.checkInputs(given);
    this.#checkOptions(options);
    if (isOutermostCall()) this.clearLosses();
    if (symbolsIn([given, options]).length > 0) return this.#applySymbolic(given as Nested<KerasTensor>, options);
    const traced = flatten(given).find((x) => x instanceof TracedTensor);
    if (traced) {
      this.#prepare(given);
      return traced.trace.inLayer(this.name, () => this.#callAndMask(given, options));
    }
    return runInScope(given, isOutermostCall(), (inputs) => {
      this.#prepare(inputs);
      return this.#runCall(inputs, options);
    });
  }

  /** The symbol of the output, without building the layer or recording a call. */
  symbolicCall(inputs: Nested<KerasTensor>, options: CallOptions = {}): Nested<KerasTensor> {
    if (this.computeOutputShape === Layer.prototype.computeOutputShape) return this.callOnSymbols(inputs, options);
    const shapes = this.computeOutputShape(shapesOf(inputs) as Shapes);
    assertOutputSizes(shapes, this.name);
    return symbolsOf(shapes, { name: this.name, ...outputDtypes(inputs, this.integerUse, this.dtypePolicy) });
  }

  /** For models: repeats a recorded call. */
  replay([inputs]: readonly unknown[], kwargs: CallOptions): Nested<Value> {
    return this.apply<Nested<Value>>(inputs as Nested<Value>, kwargs);
  }

  /** For models: the symbols of a recorded call. */
  symbolicOutputs([inputs]: readonly unknown[], kwargs: CallOptions): Nested<KerasTensor> {
    return this.symbolicCall(inputs as Nested<KerasTensor>, kwargs);
  }

  /** `{"input_shape": […]}` once built, else null. */
  getBuildConfig(): KerasConfig | null {
    return this.#buildShape ? { input_shape: copyShapes(this.#buildShape) as never } : null;
  }

  buildFromConfig(config: KerasConfig): void {
    const shape = config.input_shape;
    if (!this.built && typeof shape === "object" && shape !== null) this.#buildOnSymbols(shape as Shapes);
  }

  override dispose(): void {
    this.#plans.dispose();
    super.dispose();
  }

  /** For `keras.plan`: counts changes to the layers inside. */
  get revision(): number {
    return this.sublayers.reduce((total, layer) => total + layer.revision, 0);
  }

  /** For `keras.plan`: the shapes the layer was built with. */
  get inputShapes(): readonly PartialShape[] | null {
    return this.#buildShape ? flattenShapes(this.#buildShape) : null;
  }

  /** For `keras.plan`. */
  ensureBuilt(shapes: readonly PartialShape[], structure?: Nested<unknown>): void {
    this.assertAlive();
    checkInputSpec(this.inputSpec, shapes, this.name);
    this.#maybeBuild((structure ? packAs(structure, shapes) : this.packInputs(shapes)) as Shapes);
    checkInputSpec(this.inputSpec, shapes, this.name);
  }

  /** For `keras.plan`. */
  traceCall(inputs: readonly Value[], structure?: Nested<unknown>): Nested<Value> {
    return this.apply<Nested<Value>>(structure ? packAs(structure, inputs) : this.packInputs(inputs));
  }

  /**
   * Whether `call` computes the same function of its input and weights every time, so that `apply` may run a compiled form of
   * it: for classes that say so themselves (`static readonly pure = true`); sub-classes of them run their own `call`.
   */
  get isPure(): boolean {
    return (
      Object.hasOwn(this.constructor, "pure") &&
      this.callables.every(({ builtIn }) => builtIn) &&
      this.sublayers.every((layer) => layer.isPure && layer.activityRegularizer === null)
    );
  }

  /** Functions of the user that `call` uses: one that is not Keras's own may do anything. */
  protected get callables(): readonly { readonly builtIn: boolean }[] {
    return [];
  }

  protected override get sublayers(): readonly Layer[] {
    // The base class's constructor may ask before this class's fields exist.
    if (!(#sublayers in this)) return super.sublayers.filter((layer) => layer instanceof Layer);
    if (this.#sublayers) return this.#sublayers;
    const found = super.sublayers.filter((layer) => layer instanceof Layer);
    // Keras's own classes hold all their layers once they are built; a user's may get another one at any time.
    if (this.#built && Object.hasOwn(this.constructor, "pure")) this.#sublayers = found;
    return found;
  }

  /** Refuses what cannot be an input at all, before shapes are looked at. */
  protected checkInputs(given: Nested<Value>): void {
    checkValues(flatten(given), this.name, this.integerUse);
  }

  /** What this layer does with integers, for classes whose arguments decide. */
  get integerUse(): IntegerUse {
    return (this.constructor as typeof Layer).integers;
  }

  /** One item an input → what `apply` takes: the structure that the layer was built for, where it has as many. */
  protected packInputs<T>(items: readonly T[]): Nested<T> {
    const built = this.#buildShape && symbolsOf(this.#buildShape);
    if (built && flatten(built).length === items.length) return packAs(built, items);
    const [first] = items;
    return items.length === 1 && first !== undefined ? first : items;
  }

  /** Whether symbols given to `apply` are cast first, as Keras does before it looks at masks; models do not. */
  protected get convertsInputs(): boolean {
    return true;
  }

  #prepare(inputs: Nested<Value>): void {
    const shapes = flatten(inputs).map((x) => x.shape);
    checkInputSpec(this.inputSpec, shapes, this.name);
    if (this.#built) return;
    this.#maybeBuild(shapesOf(inputs) as Shapes);
    checkInputSpec(this.inputSpec, shapes, this.name);
  }

  #maybeBuild(shape: Shapes): void {
    if (this.#built) return;
    this.dtypePolicy.assertComputed(this.name);
    this.#named(`Layer '${this.name}' (${this.className}) cannot be built.`, () =>
      withShapes(
        "input_shape",
        () => flattenShapes(shape),
        () => tracing(null, () => inside(this, () => this.build(shape))),
      ),
    );
    // A sub-class may forget super.build().
    this.#buildShape ??= shape;
    this.#built = true;
  }

  /** A layer of a dtype that is not computed here can still be part of a config: it stays unbuilt until it is called. */
  #buildOnSymbols(shape: Shapes): void {
    if (this.dtypePolicy.isComputed) this.#maybeBuild(shape);
    else this.#buildShape ??= shape;
  }

  #training(options: CallOptions): boolean | null {
    return options.training ?? inheritedTraining() ?? (this.constructor as typeof Layer).trainingDefault;
  }

  /** `call`, with what Keras passes on to it, and the masks of its outputs. */
  #callAndMask(inputs: Nested<Value>, options: CallOptions): Nested<Value> {
    const training = this.#training(options);
    const { takesMask } = this.constructor as typeof Layer;
    const mask = options.mask ?? masksOf(inputs);
    const own = takesMask ? { mask: options.mask ?? impliedMask(inputs, options) } : {};
    const full: CallOptions = { ...options, training, ...own };
    const outputs = inCall(training, () => inside(this, () => this.call(inputs, full)));
    attachMasks(this, inputs, outputs, mask);
    return outputs;
  }

  #runCall(inputs: Nested<Value>, options: CallOptions): Nested<Value> {
    const words = `Exception encountered when calling ${this.className}.call() of layer '${this.name}'.`;
    const shapes = () => flatten(inputs).map(({ shape }) => shape);
    const run = () => {
      const outputs = this.#planApplies(inputs, options)
        ? this.#plans.run(this, inputs as Nested<Tensor>)
        : this.#callAndMask(inputs, options);
      if (this.activityRegularizer)
        for (const output of flatten(outputs)) this.addActivityLoss(this.activityRegularizer, asTensor(output));
      return outputs;
    };
    return this.#named(words, () => withShapes("inputs.shape", shapes, run));
  }

  #planApplies(inputs: Nested<Value>, options: CallOptions): boolean {
    const leaves = flatten(inputs);
    const plain = (options.mask ?? null) === null && (options.initialState ?? null) === null;
    return (
      plain &&
      leaves.every((x) => isTensor(x) && maskOf(x) === null) &&
      canUseCallPlan() &&
      this.#training(options) !== true &&
      this.isPure
    );
  }

  #applySymbolic(inputs: Nested<KerasTensor>, options: CallOptions): Nested<KerasTensor> {
    if (flatten<unknown>(inputs).some((x) => !(x instanceof KerasTensor)))
      throw new ValueError(
        `Layer '${this.name}' cannot mix symbols and tensors. Received: inputs=${formatValue(inputs)}`,
      );
    const shapes = flatten(inputs).map((x) => x.shape);
    checkInputSpec(this.inputSpec, shapes, this.name);
    this.#buildOnSymbols(shapesOf(inputs) as Shapes);
    checkInputSpec(this.inputSpec, shapes, this.name);
    const outputs = inside(this, () => this.symbolicCall(inputs, options));
    attachMasks(this, inputs, outputs, options.mask ?? masksOf(inputs));
    if (recordsSymbols()) recordNode(this, [inputs], this.#recordedOptions(inputs, options), outputs);
    return outputs;
  }

  /**
   * The options as Keras records them: those given and, where Keras hands its own dictionary through (nothing was given and no
   * input was converted), what it filled in.
   */
  #recordedOptions(inputs: Nested<KerasTensor>, options: CallOptions): CallOptions {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    const { takesMask, trainingDefault } = this.constructor as typeof Layer;
    const untouched =
      Object.keys(given).length === 0 &&
      inputs instanceof KerasTensor &&
      inputs.dtype === this.dtypePolicy.computeDtype;
    if (this.convertsInputs && !untouched) return given;
    return {
      ...given,
      ...(given["training"] === undefined && trainingDefault !== null ? { training: trainingDefault } : {}),
      ...(takesMask && given["mask"] === undefined ? { mask: masksOf(inputs) } : {}),
    };
  }

  /** What `call` makes of symbols, for its shapes only. */
  protected callOnSymbols(inputs: Nested<KerasTensor>, options: CallOptions): Nested<KerasTensor> {
    return withoutRecording(() => {
      const outputs = inCall(this.#training(options), () => inside(this, () => this.call(inputs, options)));
      return mapStructure(outputs, (output) => {
        if (!(output instanceof KerasTensor))
          throw new UnsupportedError(
            `Layer '${this.name}' cannot be called on symbols: its call returned something that does not come from keras.ops. Write computeOutputShape(). Received: output=${formatValue(output)}`,
          );
        return new KerasTensor(output.shape, { ...output, name: this.name });
      });
    });
  }

  #checkOptions(options: CallOptions): void {
    const { takesMask, callOptionNames } = this.constructor as typeof Layer;
    checkArguments(`${this.className}.call()`, options, [
      "training",
      ...(takesMask ? ["mask"] : []),
      ...callOptionNames,
    ]);
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

  #firstNode(what: string): Node {
    const [node] = this.inboundNodes;
    if (!node) throw new ValueError(`The layer '${this.name}' has never been called and thus has no defined ${what}.`);
    return node;
  }
}

/** Adds the shapes of the inputs to a refusal that does not tell them. */
function withShapes<T>(name: string, shapesOfInputs: () => readonly PartialShape[], fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (error instanceof ValueError) {
      const texts = shapesOfInputs().map(formatShape);
      if (!texts.every((text) => error.message.includes(text)))
        error.message = `${error.message} Arguments received: ${name}=${texts.join(", ")}`;
    }
    throw error;
  }
}
