/** LSTM, GRU and convolutional LSTM, step by step (keras-semantics 1.7 and Keras's cells), with masks and initial states. */
import { at, type Operand } from "../reference/operand.ts";
import { sigmoid } from "../reference/unary.ts";
import { activated } from "./activation.ts";
import {
  arrayOf,
  channelsFromEnd,
  channelsToEnd,
  elementOf,
  joined,
  mapped,
  operandAt,
  stacked,
  stepAt,
} from "./array.ts";
import { convolved } from "./convolution.ts";
import { type LayerArguments, type LayerReference, maskOf, perAxis, type ReferenceCall } from "./layer-reference.ts";

/** What a cell makes of one step: the next states, of which the first is the output. */
type Step = (x: Operand, states: readonly Operand[]) => readonly Operand[];

/** `a` for the samples whose step `t` counts, else `b`. */
function counted(mask: Operand | null, t: number, a: Operand, b: Operand): Operand {
  if (mask === null) return a;
  return arrayOf(a.shape, (c) => elementOf(elementOf(mask, [at(c, 0), t]) === 0 ? b : a, c));
}

/**
 * A step that does not count keeps the states and repeats the output before it, or gives 0 with `zeroOutputForMask`. Before the
 * first step that counts the output is the initial state where `repeatsInitial`, else 0.
 */
function unrolled(
  args: LayerArguments,
  x: Operand,
  { initial, call, repeatsInitial }: { initial: readonly Operand[]; call: ReferenceCall; repeatsInitial: boolean },
  step: Step,
): readonly Operand[] {
  const mask = maskOf(call);
  const steps = Array.from({ length: at(x.shape, 1) }, (_, t) => t);
  const nothing = zeros(operandAt(initial, 0).shape);
  let states = initial;
  let last = repeatsInitial ? operandAt(initial, 0) : nothing;
  const outputs = (args.goBackwards ? steps.reverse() : steps).map((t) => {
    const next = step(stepAt(x, t), states);
    last = counted(mask, t, operandAt(next, 0), args.zeroOutputForMask ? nothing : last);
    states = next.map((state, i) => counted(mask, t, state, operandAt(states, i)));
    return last;
  });
  const output = args.returnSequences ? stacked(outputs) : last;
  return args.returnState ? [output, ...states] : [output];
}

const zeros = (shape: readonly number[]): Operand => arrayOf(shape, () => 0);

const plus = (a: Operand, b: Operand): Operand => joined(a, b, (x, y) => x + y);
const times = (a: Operand, b: Operand): Operand => joined(a, b, (x, y) => x * y);

/** Part `i` of the last axis cut in parts of `size`. */
function part(x: Operand, i: number, size: number): Operand {
  return arrayOf([...x.shape.slice(0, -1), size], (c) =>
    elementOf(x, [...c.slice(0, -1), i * size + at(c, c.length - 1)]),
  );
}

/** `x · kernel + bias`, x `[n, c]`; the bias starts at `offset` of its values. */
function product(x: Operand, kernel: Operand, bias?: Operand, offset = 0): Operand {
  const [n, units] = [at(kernel.shape, 0), at(kernel.shape, 1)];
  return arrayOf([at(x.shape, 0), units], ([b = 0, u = 0]) => {
    let sum = bias ? at(bias.values, offset + u) : 0;
    for (let i = 0; i < n; i++) sum += elementOf(x, [b, i]) * elementOf(kernel, [i, u]);
    return sum;
  });
}

interface Functions {
  readonly act: (x: Operand) => Operand;
  readonly gate: (x: Operand) => Operand;
}

function functionsOf({ activation = "tanh", recurrentActivation }: LayerArguments): Functions {
  return {
    act: (x) => activated(x, activation),
    gate: (x) => (recurrentActivation === undefined ? mapped(x, sigmoid) : activated(x, recurrentActivation)),
  };
}

/** c' = f·c + i·act(z_c), h' = o·act(c'), gates in the order i, f, c, o on the last axis of z. */
function lstmStates(z: Operand, c: Operand, size: number, { act, gate }: Functions): readonly Operand[] {
  const carry = plus(times(gate(part(z, 1, size)), c), times(gate(part(z, 0, size)), act(part(z, 2, size))));
  return [times(gate(part(z, 3, size)), act(carry)), carry];
}

const lstm: LayerReference = (args, inputs, weights, call) => {
  const x = operandAt(inputs, 0);
  const units = args.units ?? 1;
  const bias = args.useBias === false ? undefined : operandAt(weights, 2);
  const none = zeros([at(x.shape, 0), units]);
  const initial = call.initialState ?? [none, none];
  return unrolled(args, x, { initial, call, repeatsInitial: !args.unroll }, (xt, [h = none, c = none]) => {
    const z = plus(product(xt, operandAt(weights, 0), bias), product(h, operandAt(weights, 1)));
    return lstmStates(z, c, units, functionsOf(args));
  });
};

/** Gates in the order z, r, h; with `resetAfter` the recurrent product has a bias of its own and r multiplies it. */
const gru: LayerReference = (args, inputs, weights, call) => {
  const x = operandAt(inputs, 0);
  const units = args.units ?? 1;
  const { act, gate } = functionsOf(args);
  const [kernel, recurrent] = [operandAt(weights, 0), operandAt(weights, 1)];
  const bias = args.useBias === false ? undefined : operandAt(weights, 2);
  const none = zeros([at(x.shape, 0), units]);
  const initial = call.initialState ?? [none];
  return unrolled(args, x, { initial, call, repeatsInitial: !args.unroll }, (xt, [h = none]) => {
    const fromInput = product(xt, kernel, bias);
    const after = args.resetAfter !== false;
    const fromState = product(h, recurrent, after ? bias : undefined, 3 * units);
    const z = gate(plus(part(fromInput, 0, units), part(fromState, 0, units)));
    const r = gate(plus(part(fromInput, 1, units), part(fromState, 1, units)));
    const inner = after ? times(r, part(fromState, 2, units)) : product(times(r, h), part(recurrent, 2, units));
    const candidate = act(plus(part(fromInput, 2, units), inner));
    const kept = times(z, h);
    return [
      plus(
        kept,
        joined(z, candidate, (share, v) => (1 - share) * v),
      ),
    ];
  });
};

const convLstm =
  (rank: number): LayerReference =>
  (args, inputs, weights, call) => {
    const first = args.dataFormat === "channels_first";
    const given = operandAt(inputs, 0);
    const x = first ? channelsToEnd(given, 2) : given; // [n, t, …space, c]
    const filters = args.filters ?? 1;
    const bias = args.useBias === false ? undefined : operandAt(weights, 2);
    const window = { ...args, groups: 1 };
    const forward = (xt: Operand): Operand => convolved(xt, operandAt(weights, 0), bias, window);
    const again = (h: Operand): Operand =>
      convolved(h, operandAt(weights, 1), undefined, {
        kernelSize: perAxis(args.kernelSize, rank, 1),
        padding: "same",
      });
    const none = zeros([...forward(stepAt(x, 0)).shape.slice(0, -1), filters]);
    const states = call.initialState?.map((state) => (first ? channelsToEnd(state, 1) : state));
    const initial = states ?? [none, none];
    const outputs = unrolled(args, x, { initial, call, repeatsInitial: false }, (xt, [h = none, c = none]) =>
      lstmStates(plus(forward(xt), again(h)), c, filters, functionsOf(args)),
    );
    if (!first) return outputs;
    return outputs.map((y, i) => channelsFromEnd(y, i === 0 && args.returnSequences ? 2 : 1));
  };

export const recurrentReferences: Readonly<Record<string, LayerReference>> = {
  ConvLSTM1D: convLstm(1),
  ConvLSTM2D: convLstm(2),
  ConvLSTM3D: convLstm(3),
  GRU: gru,
  LSTM: lstm,
};
