/** The base of layers that wrap one other layer (Keras: `keras.layers.Wrapper`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { configToArguments } from "../serialization/argument-names.ts";
import { deserializeKerasObject } from "../serialization/deserialize.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { serializeObject } from "../serialization/serialize.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";

export interface WrapperArgs extends LayerArgs {
  /** The layer inside; it belongs to the wrapper, which disposes it. */
  readonly layer: Layer;
}

export const WRAPPER_ARGUMENTS = [...LAYER_ARGUMENTS, "layer"] as const;

/** Sub-classes write `call`, against `this.layer.apply`. */
export abstract class Wrapper extends Layer {
  static override readonly className: string = "Wrapper";
  readonly layer: Layer;

  constructor(args: WrapperArgs) {
    const layer: unknown = args?.layer;
    if (!(layer instanceof Layer)) {
      throw new ValueError(
        `Layer ${formatValue(layer)} supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer is a valid Keras layer. Received: layer=${formatValue(layer)}`,
      );
    }
    super(args);
    this.layer = layer;
  }

  /** The wrapper of a config, with the layer inside. */
  static override fromConfig<T extends Layer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    const { layer: inner, ...others } = config;
    const layer = deserializeKerasObject(inner);
    return new this({ layer, ...configToArguments(others, this.className) } as never);
  }

  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor asks before this class's fields exist.
    const layer: unknown = this.layer;
    return layer instanceof Layer ? [layer] : [];
  }

  override build(inputShape: Shapes): void {
    this.layer.ensureBuilt([inputShape as PartialShape]);
    super.build(inputShape);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), layer: serializeObject(this.layer) };
  }
}
