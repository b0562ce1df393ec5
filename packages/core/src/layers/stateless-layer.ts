/** The base of layers without weights that Keras counts as built from construction: activations, dropouts and their kind. */
import type { KerasConfig } from "../serialization/json.ts";
import { Layer } from "./layer.ts";
import type { PartialShape, Shapes } from "./layer-args.ts";

/** A layer that needs no shape: configs carry no `build_config`, masks pass, and the output has the shape of the input. */
export abstract class StatelessLayer extends Layer {
  override get built(): boolean {
    return true;
  }

  override getBuildConfig(): KerasConfig | null {
    return null;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [...inputShape];
  }
}
