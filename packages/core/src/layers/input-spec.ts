/** What a layer's input must look like (Keras: `keras.InputSpec`). */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";

export interface InputSpec {
  readonly ndim?: number;
  readonly minNdim?: number;
  readonly maxNdim?: number;
  /** Axis (negative from the end) → size. */
  readonly axes?: Readonly<Record<number, number>>;
  /** The whole shape, null for any size. */
  readonly shape?: readonly (number | null)[];
}

/**
 * Throws Keras's message where shapes do not fit: one spec for the only input, or a list with one an input.
 * Source: `keras.src.layers.input_spec.assert_input_compatibility`.
 */
export function checkInputSpec(
  spec: InputSpec | readonly InputSpec[] | null,
  shapes: readonly (readonly (number | null)[])[],
  layerName: string,
): void {
  if (!spec) return;
  const specs = isSpecs(spec) ? spec : [spec];
  if (specs.length !== shapes.length) {
    throw new ValueError(
      `Layer '${layerName}' expects ${specs.length} input(s), but it received ${shapes.length} input tensors. Received: input_shape=${shapes.map(formatShape).join(", ")}`,
    );
  }
  for (const [index, one] of specs.entries()) checkOne(one, shapes[index] ?? [], index, layerName);
}

function isSpecs(spec: InputSpec | readonly InputSpec[]): spec is readonly InputSpec[] {
  return Array.isArray(spec);
}

function checkOne(spec: InputSpec, shape: readonly (number | null)[], index: number, layerName: string): void {
  const refuse = (detail: string): never => {
    throw new ValueError(
      `Input ${index} of layer '${layerName}' is incompatible with the layer: ${detail}. Full shape received: ${formatShape(shape)}`,
    );
  };
  const ndim = shape.length;
  if (spec.ndim !== undefined && ndim !== spec.ndim) refuse(`expected ndim=${spec.ndim}, found ndim=${ndim}`);
  if (spec.maxNdim !== undefined && ndim > spec.maxNdim)
    refuse(`expected max_ndim=${spec.maxNdim}, found ndim=${ndim}`);
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
  const fits = (n: number | null, i: number) => n === null || shape[i] === null || shape[i] === n;
  if (spec.shape && (ndim !== spec.shape.length || !spec.shape.every(fits)))
    refuse(`expected shape=${formatShape(spec.shape)}, found shape=${formatShape(shape)}`);
}
