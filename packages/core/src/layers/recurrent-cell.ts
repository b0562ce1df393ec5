/**
 * What the cells of recurrent layers share (Keras: `LSTMCell`, `GRUCell`, `ConvLSTMCell` and `DropoutRNNCell`): the options of the
 * gates, their weights, and the masks of dropout. The gates lie side by side in the last axis of every weight.
 */

import * as activations from "../activations/index.ts";
import type { ConstraintIdentifier } from "../constraints/index.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type * as initializers from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import { SeedGenerator } from "../random/index.ts";
import type { Regularizer, RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Nested } from "../structure.ts";
import { isTensor } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";
import { drawDropoutMasks } from "./dropout-masks.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import type { LayerArgs, PartialShape } from "./layer-args.ts";
import type { WeightSpec } from "./layer-weights.ts";
import { readWeightOptions, type WeightOptions, weightOptionsConfig, weightSpec } from "./weight-options.ts";

/** Arguments of the gates. */
export interface GateArgs extends LayerArgs {
  /** Default `"tanh"`. Null: none. */
  readonly activation?: activations.ActivationIdentifier;
  /** Of the gates that open and close. Default `"sigmoid"`. Null: none. */
  readonly recurrentActivation?: activations.ActivationIdentifier;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `"glorot_uniform"`. */
  readonly kernelInitializer?: initializers.InitializerIdentifier;
  /** Default `"orthogonal"`. */
  readonly recurrentInitializer?: initializers.InitializerIdentifier;
  /** Default `"zeros"`. */
  readonly biasInitializer?: initializers.InitializerIdentifier;
  readonly kernelRegularizer?: RegularizerIdentifier;
  readonly recurrentRegularizer?: RegularizerIdentifier;
  readonly biasRegularizer?: RegularizerIdentifier;
  readonly kernelConstraint?: ConstraintIdentifier;
  readonly recurrentConstraint?: ConstraintIdentifier;
  readonly biasConstraint?: ConstraintIdentifier;
  /** The share of the input that is dropped in training, the same at every step. Clamped to [0, 1]; 1 drops nothing. Default 0. */
  readonly dropout?: number;
  /** The same for the state. Default 0. */
  readonly recurrentDropout?: number;
  /** Makes the dropout repeatable, and equal to Keras's on JAX. Default: drawn anew. */
  readonly seed?: number | null;
}

export const GATE_ARGUMENTS = [
  "activation",
  "recurrentActivation",
  "useBias",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  "kernelRegularizer",
  "recurrentRegularizer",
  "biasRegularizer",
  "kernelConstraint",
  "recurrentConstraint",
  "biasConstraint",
  "dropout",
  "recurrentDropout",
  "seed",
] as const;

/** One call of a cell on a whole sequence. Its values are rows: one an image of one sample, `[rows, …space, channels]`. */
export interface CellRun {
  /** What the gates get from the input at all steps, `[steps·batch, …space, gates]`. */
  readonly projected: Value;
  /** The states after a step whose rows of `projected` are x; the first of them is the output. */
  readonly step: (x: Value, states: readonly Value[]) => readonly Value[];
}

/** Weights: `kernel`, `recurrent_kernel`, and `bias` if it has one. */
export abstract class RecurrentCell extends Layer {
  static override readonly integers: IntegerUse = "cast";
  readonly activation: activations.Activation;
  readonly recurrentActivation: activations.Activation;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | null;
  readonly #options: Record<"kernel" | "recurrent" | "bias", WeightOptions>;
  readonly #seedGenerator: SeedGenerator;
  #weights: readonly KerasVariable[] = [];

  /** `seedGenerator`: where Keras makes it before the initializers, which matters where neither is seeded. */
  constructor(name: string, args: GateArgs, seedGenerator?: SeedGenerator) {
    const { trainable, dtype } = args;
    super({ name, ...(trainable === undefined ? {} : { trainable }), ...(dtype === undefined ? {} : { dtype }) });
    this.activation = activations.get(args.activation === undefined ? "tanh" : args.activation);
    this.recurrentActivation = activations.get(
      args.recurrentActivation === undefined ? "sigmoid" : args.recurrentActivation,
    );
    this.useBias = args.useBias === undefined ? true : Boolean(args.useBias);
    this.#options = readWeightOptions(args, { kernel: "glorot_uniform", recurrent: "orthogonal", bias: "zeros" });
    this.dropout = clampedRate(args.dropout, "dropout");
    this.recurrentDropout = clampedRate(args.recurrentDropout, "recurrent_dropout");
    this.seed = args.seed ?? null;
    this.#seedGenerator = seedGenerator ?? new SeedGenerator({ seed: this.seed });
  }

  /** How many states a step hands to the next. */
  abstract readonly stateCount: number;

  /** The shape of each state for inputs of this shape (without steps). */
  abstract stateShape(stepShape: PartialShape): (number | null)[];

  /** Begins a call on `sequences` `[batch, steps, …]` from these states. */
  abstract run(sequences: Value, states: readonly Value[], training: boolean): CellRun;

  /** One step: `[x, …states]` → the new states, of which the first is the output. */
  override call(inputs: readonly Value[]): Nested<Value> {
    const [x, ...states] = inputs;
    if (!x || states.length !== this.stateCount) {
      throw new ValueError(
        `Cell '${this.name}' takes a list of its input and ${this.stateCount} state(s). Received: ${inputs.length} values`,
      );
    }
    const { projected, step } = this.run(ops.expandDims(x, 1), states, false);
    const rows = states.map((state) => this.toRows(state));
    return step(projected, rows).map((state) => this.fromRows(state));
  }

  /** A state as rows. */
  abstract toRows(state: Value): Value;

  /** The reverse, for any number of rows. */
  abstract fromRows(rows: Value): Value;

  /** `[…, gates]`. Throws before build. */
  get kernel(): KerasVariable {
    return this.#built("kernel", this.#weights[0]);
  }

  get recurrentKernel(): KerasVariable {
    return this.#built("recurrent kernel", this.#weights[1]);
  }

  /** Null when the cell has none or is not built. */
  get bias(): KerasVariable | null {
    return this.#weights[2] ?? null;
  }

  /** Of the weight with this name. */
  optionsOf(name: "kernel" | "recurrent" | "bias"): WeightOptions {
    return this.#options[name];
  }

  /** What the layer around the cell writes in its config, with `extra` after the initializers. */
  gateConfig(activityRegularizer: Regularizer | null, extra: KerasConfig = {}): KerasConfig {
    const { kernel_initializer, recurrent_initializer, bias_initializer, ...others } = weightOptionsConfig(
      this.#options,
      activityRegularizer,
    );
    return {
      activation: activations.serialize(this.activation),
      recurrent_activation: activations.serialize(this.recurrentActivation),
      use_bias: this.useBias,
      ...({ kernel_initializer, recurrent_initializer, bias_initializer } as KerasConfig),
      ...extra,
      ...others,
      dropout: this.dropout,
      recurrent_dropout: this.recurrentDropout,
    };
  }

  /** Makes the weights. `biasInitializer` stands in for the bias's own. */
  protected addGates(
    shapes: Readonly<Record<"kernel" | "recurrent" | "bias", readonly number[]>>,
    biasInitializer: initializers.Initializer | null = null,
  ): void {
    const { kernel, recurrent, bias } = this.#options;
    const biasOptions = biasInitializer ? { ...bias, initializer: biasInitializer } : bias;
    const specs: WeightSpec[] = [
      weightSpec("kernel", shapes.kernel, kernel),
      weightSpec("recurrent_kernel", shapes.recurrent, recurrent),
      ...(this.useBias ? [weightSpec("bias", shapes.bias, biasOptions)] : []),
    ];
    this.#weights = this.addWeights(specs);
  }

  /**
   * The masks of one call, first those of the input, then those of the state (as rows): `count` of each, or null where nothing is dropped.
   * Unlike Keras, which draws in inference too and drops what it drew, only training draws.
   */
  protected drawMasks(input: Value, state: Value, training: boolean, count: number): (readonly Value[] | null)[] {
    if (!training || (this.dropout === 0 && this.recurrentDropout === 0)) return [null, null];
    if (!isTensor(input)) {
      throw new UnsupportedError(
        `'${this.name}' cannot be planned with training=true: its dropout draws other numbers at each call. Call the layer with apply().`,
      );
    }
    const [batch = 0, , ...step] = shapeOf(input);
    return [
      drawDropoutMasks(this.#seedGenerator, this.dropout, [batch, ...step], count),
      drawDropoutMasks(this.#seedGenerator, this.recurrentDropout, shapeOf(state), count)?.map((mask) =>
        this.toRows(mask),
      ) ?? null,
    ];
  }

  protected override get callables(): readonly activations.Activation[] {
    return [this.activation, this.recurrentActivation];
  }

  /** Layers given as activations are the cell's own. */
  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor asks before this class's fields exist.
    const sources = [this.activation?.source, this.recurrentActivation?.source];
    return [...new Set(sources.filter((source) => source instanceof Layer))];
  }

  #built(what: string, weight: KerasVariable | undefined): KerasVariable {
    if (weight) return weight;
    throw new ValueError(
      `Cell '${this.name}' has no ${what} before it is built. Build the layer with build(inputShape), or call it.`,
    );
  }
}

function clampedRate(value: unknown, name: string): number {
  const rate = value === undefined ? 0 : value;
  if (typeof rate === "number" && !Number.isNaN(rate)) return Math.min(1, Math.max(0, rate));
  throw new ValueError(`\`${name}\` must be a number. Received: ${name}=${formatValue(value)}`);
}
