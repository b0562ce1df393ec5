/** Writes a description call by call, working out shapes on the way. */
import type { Description, LayerCall, LayerSpec, Shape } from "./description.ts";
import { convAxes, transposeAxes } from "./geometry.ts";

/** A value of a sketch: its number and shape. */
export interface SketchValue {
  readonly value: number;
  readonly shape: Shape;
}

export class Sketch {
  readonly input: SketchValue;
  readonly #calls: LayerCall[] = [];

  constructor(inputShape: Shape) {
    this.input = { value: 0, shape: inputShape };
  }

  call(spec: LayerSpec, ...inputs: SketchValue[]): SketchValue {
    const shape = callShape(
      spec,
      inputs.map((input) => input.shape),
    );
    this.#calls.push({ ...spec, inputs: inputs.map(({ value }) => value), shape });
    return { value: this.#calls.length, shape };
  }

  /** What was called until now; its output is what the last call made. */
  get description(): Description {
    return { inputShape: this.input.shape, calls: [...this.#calls] };
  }
}

function callShape(spec: LayerSpec, [first = [], ...others]: readonly Shape[]): Shape {
  const [batch = 1] = first;
  const spatial = first.slice(1, -1);
  const channels = first.at(-1) ?? 1;
  switch (spec.layer) {
    case "Conv1D":
    case "Conv2D":
    case "Conv3D":
    case "SeparableConv1D":
    case "SeparableConv2D":
      return [batch, ...convAxes(spatial, spec.config).map(({ out }) => out), spec.config.filters];
    case "DepthwiseConv1D":
    case "DepthwiseConv2D": {
      const filters = channels * (spec.config.depth_multiplier ?? 1);
      return [batch, ...convAxes(spatial, spec.config).map(({ out }) => out), filters];
    }
    case "Conv1DTranspose":
    case "Conv2DTranspose":
      return [batch, ...transposeAxes(spatial, spec.config).map(({ out }) => out), spec.config.filters];
    case "ConvLSTM2D":
      return [batch, ...convAxes(spatial.slice(1), spec.config).map(({ out }) => out), spec.config.filters];
    case "MaxPooling2D":
    case "AveragePooling2D":
      return [batch, ...spatial.map((size, i) => Math.floor(size / (spec.config.pool_size[i] ?? 1))), channels];
    case "GlobalAveragePooling1D":
    case "GlobalAveragePooling2D":
      return spec.config.keepdims ? [batch, ...spatial.map(() => 1), channels] : [batch, channels];
    case "ZeroPadding2D":
      return [
        batch,
        ...spatial.map((size, i) => size + (spec.config.padding[i] ?? []).reduce((sum, n) => sum + n, 0)),
        channels,
      ];
    case "Concatenate":
      return [...first.slice(0, -1), others.reduce((sum, shape) => sum + (shape.at(-1) ?? 0), channels)];
    case "Flatten":
      return [batch, first.slice(1).reduce((size, n) => size * n, 1)];
    case "Dense":
      return [...first.slice(0, -1), spec.config.units];
    default:
      return first;
  }
}
