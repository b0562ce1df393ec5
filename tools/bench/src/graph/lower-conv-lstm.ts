/** ConvLSTM2D as plain ops: a chain of steps, each with a convolution of its input and one of the state (Keras: gates i, f, c, o). */
import type { Activation, FilterConfig, LayerCall, Shape } from "../workloads/description.ts";
import { convAxes } from "../workloads/geometry.ts";
import type { Weight } from "../workloads/weights.ts";
import type { Lowering } from "./lowering.ts";

type Call = LayerCall & { readonly config: FilterConfig };

/** `given` is `[batch, steps, height, width, channels]`. */
export function lowerConvLstm(to: Lowering, call: Call, x: number, weights: readonly Weight[], given: Shape): number {
  const [kernel, recurrent, bias] = weights.map(({ values }) => Float64Array.from(values));
  if (!kernel || !recurrent || !bias)
    throw new Error(`ConvLSTM2D is described with its bias. Received: ${weights.length} weights`);
  const [, steps = 1] = given;
  const filters = call.config.filters;
  const gates = [...call.shape.slice(0, -1), 4 * filters];
  const conv = (input: number, sizes: readonly number[], weight: Float64Array, term: Float64Array | null): number => {
    const axes = convAxes(sizes, { kernel_size: call.config.kernel_size, padding: "same" });
    const pads = axes.map(({ before, after }) => [before, after] as const);
    const ones = axes.map(() => 1);
    const window = { size: call.config.kernel_size, strides: ones, dilations: ones, pads, groups: 1 };
    return to.push({ kind: "conv", ...window, kernel: weight, bias: term, activation: "linear" }, [input], gates);
  };
  const binary = (fn: "add" | "multiply", a: number, b: number, shape: Shape): number =>
    to.push({ kind: "binary", fn }, [a, b], shape);
  const activate = (activation: Activation, value: number): number =>
    to.push({ kind: "activation", activation }, [value], call.shape);
  const gate = (values: number, index: number, activation: Activation): number => {
    const slice = { kind: "slice", axis: 3, begin: index * filters, count: filters, squeeze: false } as const;
    return activate(activation, to.push(slice, [values], call.shape));
  };
  let state: { h: number; c: number } | null = null;
  for (let t = 0; t < steps; t++) {
    const slice = { kind: "slice", axis: 1, begin: t, count: 1, squeeze: true } as const;
    const step = to.push(slice, [x], [given[0] ?? 1, ...given.slice(2)]);
    let z = conv(step, given.slice(2, 4), kernel, bias);
    if (state) z = binary("add", z, conv(state.h, call.shape.slice(1, 3), recurrent, null), gates);
    const added = binary("multiply", gate(z, 0, "sigmoid"), gate(z, 2, "tanh"), call.shape);
    const c: number = state
      ? binary("add", binary("multiply", gate(z, 1, "sigmoid"), state.c, call.shape), added, call.shape)
      : added;
    state = { c, h: binary("multiply", gate(z, 3, "sigmoid"), activate("tanh", c), call.shape) };
  }
  return state?.h ?? x;
}
