/** Bidirectional (Keras: `keras.layers.Bidirectional`). */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { KerasTensor } from "../models/keras-tensor.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { configToArguments } from "../serialization/argument-names.ts";
import { deserializeKerasObject } from "../serialization/deserialize.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { serializeObject } from "../serialization/serialize.ts";
import { flatten, isList, type Nested } from "../structure.ts";
import type { Tensor } from "../tf.ts";
import { factory } from "./compose.ts";
import { InitialStateShapes } from "./initial-state-shapes.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { type CallOptions, LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { RNN } from "./rnn.ts";
import { isShape, shapeList } from "./shapes.ts";

export type MergeMode = "sum" | "mul" | "concat" | "ave" | null;

export interface BidirectionalArgs extends LayerArgs {
  /** A recurrent layer. It is the pattern of the layer forwards (and, turned round, of that backwards) and stays the caller's. */
  readonly layer: Layer;
  /** How the two outputs become one; null returns both. Default `"concat"`, along the last axis. */
  readonly mergeMode?: MergeMode;
  /** The layer backwards itself. It belongs to the wrapper. Default: made from `layer`. */
  readonly backwardLayer?: Layer | null;
}

const MERGE_MODES: readonly unknown[] = ["sum", "mul", "ave", "concat", null];

/**
 * A recurrent layer and its mirror image over the same sequence. The outputs of the second are turned back into the order of the
 * input. With `returnState`: `[output, …states forwards, …states backwards]`; `initialState` lists states in the same order.
 */
export class Bidirectional extends Layer {
  static override readonly className = "Bidirectional";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "layer",
    "mergeMode",
    "backwardLayer",
  ];
  static override readonly takesMask = true;
  static override readonly callOptionNames: readonly string[] = ["initialState"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly mergeMode: MergeMode;
  readonly forwardLayer: RNN;
  readonly backwardLayer: RNN;
  readonly #stateShapes = new InitialStateShapes();

  constructor(args: BidirectionalArgs) {
    const layer = assertRecurrent(args?.layer, "layer");
    const backward = args.backwardLayer ? assertRecurrent(args.backwardLayer, "backward_layer") : null;
    const mergeMode: unknown = args.mergeMode === undefined ? "concat" : args.mergeMode;
    if (!MERGE_MODES.includes(mergeMode)) {
      throw new ValueError(
        `Invalid merge mode. Merge mode should be one of {"sum", "mul", "ave", "concat", null}. Received: merge_mode=${formatValue(mergeMode)}`,
      );
    }
    super(args);
    this.mergeMode = mergeMode as MergeMode;
    this.forwardLayer = copyOf(layer, { name: `forward_${layer.name.replace(/^forward_/, "")}` });
    this.backwardLayer =
      backward ?? copyOf(layer, { name: `backward_${layer.name.replace(/^backward_/, "")}`, go_backwards: true });
    for (const each of [this.forwardLayer, this.backwardLayer]) {
      if ("useCudnn" in layer && "useCudnn" in each) each.useCudnn = layer.useCudnn;
    }
    assertMirrored(this.forwardLayer, this.backwardLayer);
    for (const each of [this.forwardLayer, this.backwardLayer]) each.zeroOutputForMask = each.returnSequences;
  }

  /** The wrapper of a config, with the layers inside. */
  static override fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    const { layer, backward_layer: backward = null, ...others } = config;
    const pattern = deserializeKerasObject(layer);
    const made = new this({
      layer: pattern,
      ...(backward === null ? {} : { backwardLayer: deserializeKerasObject(backward) }),
      ...configToArguments(others, this.className),
    } as never);
    // The wrapper has a copy; the config of a built layer made weights.
    if (pattern instanceof Layer) pattern.dispose();
    return made;
  }

  get stateful(): boolean {
    return this.forwardLayer.stateful;
  }

  get returnSequences(): boolean {
    return this.forwardLayer.returnSequences;
  }

  get returnState(): boolean {
    return this.forwardLayer.returnState;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** What a stateful layer goes on from: its own tensors, forwards then backwards. Null where that is 0. */
  get states(): readonly Tensor[] | null {
    const [forwards, backwards] = [this.forwardLayer.states, this.backwardLayer.states];
    return forwards && backwards && [...forwards, ...backwards];
  }

  /** Makes both layers begin with 0 again. Refused where they are not stateful. */
  resetState(): void {
    if (!this.stateful) throw new ValueError(`Layer '${this.name}' must be stateful. Received: stateful=False`);
    this.forwardLayer.resetState();
    this.backwardLayer.resetState();
  }

  /** The same, under Keras's other name. */
  resetStates(): void {
    this.resetState();
  }

  override build(inputShape: PartialShape): void {
    this.forwardLayer.ensureBuilt([inputShape]);
    this.backwardLayer.ensureBuilt([inputShape]);
    super.build(inputShape);
  }

  override ensureBuilt(shapes: readonly PartialShape[]): void {
    super.ensureBuilt(shapes);
    this.#stateShapes.settle(null);
  }

  override getBuildConfig(): KerasConfig | null {
    return this.#stateShapes.write(super.getBuildConfig());
  }

  override buildFromConfig(config: KerasConfig): void {
    super.buildFromConfig(this.#stateShapes.read(config));
  }

  override symbolicCall(inputs: Nested<KerasTensor>, options: CallOptions = {}): Nested<KerasTensor> {
    this.#stateShapes.settle(options.initialState);
    return super.symbolicCall(inputs, options);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    const shapes = this.forwardLayer.computeOutputShape(inputShape);
    const [output = [], ...states] = isShape(shapes) ? [shapes] : (shapeList(shapes) ?? []);
    const size = output.at(-1) ?? null;
    const merged = this.mergeMode === "concat" ? [...output.slice(0, -1), size && 2 * size] : output;
    const outputs = this.mergeMode === null ? [output, output] : [merged];
    return this.returnState || outputs.length > 1 ? [...outputs, ...states, ...states] : merged;
  }

  override computeMask(_inputs: Nested<Value>, mask: Nested<Value | null>): Nested<Value | null> {
    const [first = null] = flatten(mask);
    const own = this.returnSequences ? first : null;
    return this.mergeMode === null ? [own, own] : own;
  }

  override call(inputs: Value, options: CallOptions = {}): Nested<Value> {
    this.#stateShapes.settle(options.initialState);
    const { training = null, mask = null, initialState = null } = options;
    const given = initialState === null ? [] : flatten<Value>(initialState);
    const half = Math.floor(given.length / 2);
    const run = (layer: RNN, states: readonly Value[]) => {
      const result = layer.apply<Nested<Value>>(inputs, {
        training,
        mask,
        ...(initialState === null ? {} : { initialState: states }),
      });
      return isList(result) ? flatten(result) : [result as Value];
    };
    const [y = inputs, ...forwardStates] = run(this.forwardLayer, given.slice(0, half));
    const [reversed = inputs, ...backwardStates] = run(this.backwardLayer, given.slice(half));
    const outputs = this.#merge(y, this.returnSequences ? ops.flip(reversed, 1) : reversed);
    const [output = y] = outputs;
    return this.returnState || outputs.length > 1 ? [...outputs, ...forwardStates, ...backwardStates] : output;
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      merge_mode: this.mergeMode,
      layer: serializeObject(this.forwardLayer),
      backward_layer: serializeObject(this.backwardLayer),
    };
  }

  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor asks before this class's fields exist.
    return this.backwardLayer ? [this.forwardLayer, this.backwardLayer] : [];
  }

  #merge(y: Value, reversed: Value): Value[] {
    switch (this.mergeMode) {
      case "concat":
        return [ops.concatenate([y, reversed], -1)];
      case "sum":
        return [ops.add(y, reversed)];
      case "ave":
        return [ops.multiply(ops.add(y, reversed), 0.5)];
      case "mul":
        return [ops.multiply(y, reversed)];
      case null:
        return [y, reversed];
    }
  }
}

function assertRecurrent(layer: unknown, argument: string): RNN {
  if (layer instanceof RNN) return layer;
  throw new ValueError(
    `Bidirectional takes recurrent layers such as LSTM, GRU and ConvLSTM2D. Received: ${argument}=${layer instanceof Layer ? `${layer.className} '${layer.name}'` : formatValue(layer)}`,
  );
}

/** A new layer of the same config but for these keys; it carries over no weights. */
function copyOf(layer: RNN, changes: KerasConfig): RNN {
  const json = serializeObject(layer);
  return assertRecurrent(deserializeKerasObject({ ...json, config: { ...json.config, ...changes } }), "layer");
}

/** Refuses two layers that cannot be halves of one. */
function assertMirrored(forward: RNN, backward: RNN): void {
  if (forward.goBackwards === backward.goBackwards) {
    throw new ValueError(
      `Forward layer and backward layer should have different \`go_backwards\` value. Received: forward_layer.go_backwards=${formatValue(forward.goBackwards)}, backward_layer.go_backwards=${formatValue(backward.goBackwards)}`,
    );
  }
  const differs = (["stateful", "returnSequences", "returnState"] as const).find(
    (key) => forward[key] !== backward[key],
  );
  if (differs) {
    throw new ValueError(
      `Forward layer and backward layer are expected to have the same value for attribute "${differs}". Received: ${formatValue(forward[differs])} for the forward layer and ${formatValue(backward[differs])} for the backward layer`,
    );
  }
}

/** Makes a `Bidirectional`, or adds it to a model, or calls it on tensors or symbols. */
export const bidirectional = factory(Bidirectional);
