/** How a recurrent layer's `build_config` tells the shapes of the initial states of the call that built it. */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Value } from "../ops/value.ts";
import type { JsonValue, KerasConfig } from "../serialization/json.ts";
import { mapStructure, type Nested } from "../structure.ts";

export class InitialStateShapes {
  /** Undefined until it is settled: by the first call, or by a build before it. */
  #shapes: Nested<readonly (number | null)[]> | null | undefined;

  /** To be told of every call, and with null of a build. Only the first counts. */
  settle(initialState: Nested<Value> | null | undefined): void {
    if (this.#shapes !== undefined) return;
    this.#shapes = initialState ? mapStructure(initialState, (x): readonly (number | null)[] => [...x.shape]) : null;
  }

  /** Keras's form of a build config of the layer. */
  write(config: KerasConfig | null): KerasConfig | null {
    if (!config || !this.#shapes) return config;
    const { input_shape = null } = config;
    return { shapes_dict: { sequences_shape: input_shape, initial_state_shape: this.#shapes as never } };
  }

  /** The form that all layers read. */
  read(config: KerasConfig): KerasConfig {
    const given: unknown = config.shapes_dict ?? null;
    if (given === null) {
      this.#shapes ??= null;
      return config;
    }
    if (!isShapesDict(given))
      throw new ValueError(`A build config has a sequences_shape. Received: shapes_dict=${formatValue(given)}`);
    this.#shapes ??= given.initial_state_shape ?? null;
    return { input_shape: given.sequences_shape };
  }
}

interface ShapesDict {
  readonly sequences_shape: JsonValue;
  readonly initial_state_shape?: Nested<readonly (number | null)[]> | null;
}

function isShapesDict(value: unknown): value is ShapesDict {
  return typeof value === "object" && value !== null && "sequences_shape" in value;
}
