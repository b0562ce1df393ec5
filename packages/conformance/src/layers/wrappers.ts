/** Layers around other layers: Bidirectional, TimeDistributed, SpectralNormalization. They find the reference inside by class. */
import { at, type Operand } from "../reference/operand.ts";
import { arrayOf, elementOf, joined, mapped, operandAt, reshaped, stacked, stepAt } from "./array.ts";
import type { InnerLayer, LayerArguments, LayerReference, ReferenceCall } from "./layer-reference.ts";

/** The reference of a class. */
export type Lookup = (className: string) => LayerReference;

/** Classes whose call has a mask, of those that are drawn inside a TimeDistributed. */
const TAKES_MASK: readonly string[] = ["BatchNormalization", "GlobalAveragePooling1D", "GRU", "LSTM"];

function innerOf(layer: InnerLayer | undefined): InnerLayer {
  if (layer === undefined) throw new RangeError("A wrapper needs a layer.");
  return layer;
}

const MERGES: Readonly<Record<string, (a: Operand, b: Operand) => Operand>> = {
  ave: (a, b) => joined(a, b, (x, y) => (x + y) / 2),
  concat: (a, b) => {
    const size = at(a.shape, a.shape.length - 1);
    return arrayOf([...a.shape.slice(0, -1), 2 * size], (c) => {
      const i = at(c, c.length - 1);
      return elementOf(i < size ? a : b, [...c.slice(0, -1), i % size]);
    });
  },
  mul: (a, b) => joined(a, b, (x, y) => x * y),
  sum: (a, b) => joined(a, b, (x, y) => x + y),
};

/** The sequence forwards and backwards; the second half of the weights, and of the initial state, are the backward layer's. */
export const bidirectional =
  (lookup: Lookup): LayerReference =>
  (args, inputs, weights, call) => {
    const forward = innerOf(args.layer);
    const backward = args.backwardLayer ?? { ...forward, args: { ...forward.args, goBackwards: true } };
    const own = forward.args.useBias === false ? 2 : 3;
    const given = call.initialState;
    const run = ({ className, args: inner }: InnerLayer, from: number, to: number, states?: readonly Operand[]) =>
      lookup(className)(
        { ...inner, zeroOutputForMask: inner.returnSequences === true },
        inputs,
        weights.slice(from, to),
        { ...call, ...(states ? { initialState: states } : {}) },
      );
    const [y, ...states] = run(forward, 0, own, given?.slice(0, given.length / 2));
    const [reversed, ...others] = run(backward, own, weights.length, given?.slice(given.length / 2));
    if (!y || !reversed) throw new RangeError("A recurrent layer has an output.");
    const steps = at(y.shape, 1);
    const turned = forward.args.returnSequences
      ? arrayOf(reversed.shape, ([b = 0, t = 0, ...c]) => elementOf(reversed, [b, steps - 1 - t, ...c]))
      : reversed;
    const merge = args.mergeMode === null ? null : MERGES[args.mergeMode ?? "concat"];
    return [...(merge ? [merge(y, turned)] : [y, turned]), ...states, ...others];
  };

/** The call of the layer inside on step `t`. */
function stepCall({ className }: InnerLayer, call: ReferenceCall, t: number): ReferenceCall {
  const [mask = null] = call.masks ?? [];
  const training = call.training === undefined ? {} : { training: call.training };
  return mask && TAKES_MASK.includes(className) ? { ...training, masks: [stepAt(mask, t)] } : training;
}

/** The layer inside on each step by itself; a step's call sees the weights that the one before it left. */
function everyStep(
  lookup: Lookup,
  stateAfter: (className: string) => LayerReference,
  args: LayerArguments,
  inputs: readonly Operand[],
  weights: readonly Operand[],
  call: ReferenceCall,
): { readonly outputs: readonly Operand[]; readonly weights: readonly Operand[] } {
  const inner = innerOf(args.layer);
  const x = operandAt(inputs, 0);
  let own = weights;
  const outputs = Array.from({ length: at(x.shape, 1) }, (_, t) => {
    const given = [stepAt(x, t)];
    const [y] = lookup(inner.className)(inner.args, given, own, stepCall(inner, call, t));
    own = stateAfter(inner.className)(inner.args, given, own, stepCall(inner, call, t));
    return operandAt(y ? [y] : [], 0);
  });
  return { outputs, weights: own };
}

export const timeDistributed =
  (lookup: Lookup, stateAfter: Lookup): LayerReference =>
  (args, inputs, weights, call) => [stacked(everyStep(lookup, stateAfter, args, inputs, weights, call).outputs)];

export const timeDistributedState =
  (lookup: Lookup, stateAfter: Lookup): LayerReference =>
  (args, inputs, weights, call) =>
    everyStep(lookup, stateAfter, args, inputs, weights, call).weights;

/** `x / ‖x‖`, `[1, n]`. */
function unit(x: Operand): Operand {
  const norm = Math.hypot(...x.values);
  return mapped(x, (v) => v / norm);
}

/** `a · b`, `[1, n]` by `[n, m]`; of `[m, n]` where `turned`. */
function rowTimes(a: Operand, b: Operand, turned: boolean): Operand {
  const [rows = 0, columns = 0] = b.shape;
  const size = turned ? rows : columns;
  return arrayOf([1, size], ([, j = 0]) =>
    a.values.reduce((sum, v, i) => sum + v * elementOf(b, turned ? [j, i] : [i, j]), 0),
  );
}

/** Kernel and u after a training step of the power iteration: `kernel / (v · W · uᵀ)` with W the kernel as rows of its last axis. */
export const spectralNormalizationState: LayerReference = ({ powerIterations = 1 }, _inputs, weights, call) => {
  const [kernel, vectorU, ...others] = weights;
  if (!call.training || !kernel || !vectorU) return weights;
  const columns = at(kernel.shape, kernel.shape.length - 1);
  const matrix = reshaped(kernel, [kernel.values.length / columns, columns]);
  let [u, v] = [vectorU, vectorU];
  for (let i = 0; i < powerIterations; i++) {
    v = unit(rowTimes(u, matrix, true));
    u = unit(rowTimes(v, matrix, false));
  }
  const vW = rowTimes(v, matrix, false);
  const sigma = vW.values.reduce((sum, a, i) => sum + a * at(u.values, i), 0);
  return [mapped(kernel, (w) => w / sigma), u, ...others];
};

/** The layer inside, in training with the new kernel. Weights: kernel, u, the rest of the layer's. */
export const spectralNormalization =
  (lookup: Lookup): LayerReference =>
  (args, inputs, weights, call) => {
    const inner = innerOf(args.layer);
    const [kernel, , ...others] = spectralNormalizationState(args, inputs, weights, call);
    return lookup(inner.className)(inner.args, inputs, kernel ? [kernel, ...others] : others, call);
  };
