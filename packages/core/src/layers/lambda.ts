/** Lambda (Keras: `keras.layers.Lambda`). */

import { registerActivations } from "../activations/built-in.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Value } from "../ops/value.ts";
import { argumentsToConfig, configToArguments } from "../serialization/argument-names.ts";
import { deserializeKerasObject } from "../serialization/deserialize.ts";
import type { JsonValue, KerasConfig } from "../serialization/json.ts";
import { serializeKerasObject } from "../serialization/serialize.ts";
import { flatten as listOf, type Nested, packAs } from "../structure.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { activationName, callActivation } from "./lambda-activation.ts";
import { Layer } from "./layer.ts";
import { type CallOptions, LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";

/** Called with the inputs, and with `arguments`, `training` and `mask` as one object. */
export type LambdaFunction = (inputs: never, options: never) => Nested<Value>;

export interface LambdaArgs extends LayerArgs {
  /** What the layer does: any function of tensors; with `keras.ops` only it works on symbols and in plans, too. */
  readonly function: LambdaFunction;
  /** The shape of one output sample, or a function of the input shape. Default: found by calling the function on symbols. */
  readonly outputShape?: PartialShape | ((inputShape: Shapes) => Shapes) | null;
  /** The output's mask, or a function of the inputs and their masks. Default none: masks end here. */
  readonly mask?: Value | ((inputs: Nested<Value>, mask: Nested<Value | null>) => Nested<Value | null>) | null;
  /** Handed to the function as part of its second argument; to one of `keras.activations` as its options. */
  readonly arguments?: Readonly<Record<string, unknown>> | null;
}

/** A function as a layer. */
export class Lambda extends Layer {
  static override readonly className = "Lambda";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "function",
    "outputShape",
    "mask",
    "arguments",
  ];
  static override readonly takesMask = true;
  /** Whether the numbers are Keras's is up to the function. */
  static override readonly integers: IntegerUse = "cast";
  readonly function: LambdaFunction;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly #outputShape: LambdaArgs["outputShape"];
  readonly #mask: LambdaArgs["mask"];

  constructor(args: LambdaArgs) {
    super(args);
    if (typeof args.function !== "function")
      throw new ValueError(`Lambda takes a function. Received: function=${formatValue(args.function)}`);
    this.function = args.function;
    this.arguments = { ...args.arguments };
    this.#outputShape = args.outputShape ?? null;
    this.#mask = args.mask ?? null;
  }

  /** The layer of a config. One written for a Python lambda holds byte code, and is refused as in Keras's safe mode. */
  static override fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    for (const key of ["function", "output_shape"] as const) {
      if (!isPythonLambda(config[key])) continue;
      throw new ValueError(
        `Requested the deserialization of a \`Lambda\` layer (as Keras refuses it with safe_mode=True) whose \`${key}\` is a Python lambda. That is byte code for Python, which cannot run here. Received: class_name='__lambda__'. Register a named function under the same name in both places.`,
      );
    }
    registerActivations();
    const read = { ...config, function: deserializeKerasObject(config.function) } as KerasConfig;
    for (const key of ["output_shape", "mask", "arguments"] as const)
      if (key in config) read[key] = deserializeKerasObject(config[key]) as JsonValue;
    const fn: unknown = read.function;
    const activation = typeof fn === "function" ? activationName(fn as LambdaFunction) : null;
    if (activation !== null)
      read.arguments = configToArguments((read.arguments ?? {}) as KerasConfig, activation) as KerasConfig;
    return new this(configToArguments(read, this.className) as never);
  }

  override get supportsMasking(): boolean {
    return this.#mask !== null;
  }

  override call(inputs: Nested<Value>, options: CallOptions = {}): Nested<Value> {
    const activation = activationName(this.function);
    if (activation !== null) return callActivation(activation, this.function, inputs as Value, this.arguments);
    const given = { ...this.arguments, training: options.training ?? null, mask: options.mask ?? null };
    return this.function(inputs as never, given as never);
  }

  override computeMask(inputs: Nested<Value>, mask: Nested<Value | null>): Nested<Value | null> {
    const own = this.#mask ?? null;
    return typeof own === "function" ? own(inputs, mask) : own;
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    const given = this.#outputShape ?? null;
    if (typeof given === "function") return given(inputShape);
    if (given) return [firstBatchSize(inputShape), ...given];
    try {
      return super.computeOutputShape(inputShape);
    } catch (error) {
      throw new ValueError(
        `We could not automatically infer the shape of the Lambda's output. Please specify the \`output_shape\` argument for this Lambda layer. Received: name='${this.name}', input_shape=${formatValue(inputShape)}. ${error instanceof Error ? error.message : ""}`,
        { cause: error },
      );
    }
  }

  /** What the function makes of integers the symbol does not say, as in Keras. */
  override symbolicCall(inputs: Nested<KerasTensor>, options: CallOptions = {}): Nested<KerasTensor> {
    const outputs = super.symbolicCall(inputs, options);
    const computed = listOf(inputs).every(({ valueDtype }) => valueDtype.includes("float"));
    if (computed || (this.#outputShape ?? null) !== null) return outputs;
    const called = listOf(this.callOnSymbols(inputs, options));
    const symbols = listOf(outputs).map(
      ({ shape, dtype, name }, i) =>
        new KerasTensor(shape, { dtype, name, valueDtype: called[i]?.valueDtype ?? dtype }),
    );
    return packAs(outputs, symbols);
  }

  override getConfig(): KerasConfig {
    const outputShape = this.#outputShape ?? null;
    const mask = this.#mask ?? null;
    return {
      ...super.getConfig(),
      function: serializeNamed(this.function),
      ...(outputShape === null
        ? {}
        : { output_shape: typeof outputShape === "function" ? serializeNamed(outputShape) : [...outputShape] }),
      ...(mask === null
        ? {}
        : { mask: typeof mask === "function" ? serializeNamed(mask) : serializeKerasObject(mask) }),
      arguments: serializeKerasObject(
        activationName(this.function) === null ? this.arguments : argumentsToConfig(this.arguments),
      ),
    };
  }
}

/** Arrow functions take the name of the property they stand in, which is no name to find them by. */
const PROPERTY_NAMES = ["", "function", "outputShape", "mask"];

type AnyFunction = (...args: never[]) => unknown;

function serializeNamed(fn: AnyFunction): JsonValue {
  const activation = activationName(fn);
  if (activation !== null)
    return { module: "builtins", class_name: "function", config: activation, registered_name: "function" };
  if (PROPERTY_NAMES.includes(fn.name)) {
    throw new ValueError(
      "A function without a name of its own cannot be serialized (Python writes its byte code). Declare it as `function name(x) {…}` and register it with registerKerasSerializable(package). Received: function=anonymous",
    );
  }
  return serializeKerasObject(fn);
}

function isPythonLambda(value: unknown): boolean {
  return typeof value === "object" && value !== null && "class_name" in value && value.class_name === "__lambda__";
}

function firstBatchSize(shape: Shapes): number | null {
  if (!Array.isArray(shape)) return null;
  const [first = null]: readonly unknown[] = shape;
  return typeof first === "object" && first !== null ? firstBatchSize(first as Shapes) : (first as number | null);
}

/** Makes a `Lambda`, or adds it to a model, or calls it on tensors or symbols. */
export const lambda = factory(Lambda);
