/** What a layer's input must look like (Keras: `keras.InputSpec`). */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";

export interface InputSpec {
  readonly ndim?: number;
  readonly minNdim?: number;
  /** Axis (negative from the end) → size. */
  readonly axes?: Readonly<Record<number, number>>;
}

/** Throws Keras's message where `shape` does not fit. Source: `keras.src.layers.input_spec.assert_input_compatibility`. */
export function checkInputSpec(spec: InputSpec | null, shape: readonly (number | null)[], layerName: string): void {
  if (!spec) return;
  const refuse = (detail: string): never => {
    throw new ValueError(
      `Input 0 of layer '${layerName}' is incompatible with the layer: ${detail}. Full shape received: ${formatShape(shape)}`,
    );
  };
  const ndim = shape.length;
  if (spec.ndim !== undefined && ndim !== spec.ndim) refuse(`expected ndim=${spec.ndim}, found ndim=${ndim}`);
  if (spec.minNdim !== undefined && ndim < spec.minNdim)
    refuse(`expected min_ndim=${spec.minNdim}, found ndim=${ndim}`);
  for (const [key, value] of Object.entries(spec.axes ?? {})) {
    const axis = Number(key);
    const size = shape.at(axis);
    if (size !== null && size !== value) {
      refuse(
        `expected axis ${axis} of input shape to have value ${value}, but received input with shape ${formatShape(shape)}`,
      );
    }
  }
}
