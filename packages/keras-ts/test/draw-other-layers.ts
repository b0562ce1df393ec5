/** Draws of the layers around convolutions: dense, normalisations, activations, shapes, merges, recurrent ones. */
import { ACTIVATIONS, LAMBDA_FUNCTIONS, type LayerArguments } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import { activationOf, type Drawer, formatOf, maybe, per, rankOf, shaped, shapeOf } from "./layer-draw.ts";

export const dense: Drawer = (random) => ({
  args: { units: random.int(1, 6), ...activationOf(random), ...(maybe(random, 0.3) ? { useBias: false } : {}) },
  inputs: [shapeOf(random, 2, 4)],
});

export const embedding: Drawer = (random) => {
  const inputDim = random.int(1, 7);
  const maskZero = maybe(random, 0.4) ? { maskZero: true } : {};
  return {
    args: { inputDim, outputDim: random.int(1, 6), ...maskZero },
    inputs: [shapeOf(random, 1, 3)],
    indices: inputDim,
  };
};

const centerAndScale = (random: Random): LayerArguments => ({
  ...(maybe(random, 0.3) ? { center: maybe(random, 0.5) } : {}),
  ...(maybe(random, 0.3) ? { scale: maybe(random, 0.5) } : {}),
  ...(maybe(random, 0.3) ? { epsilon: random.pick([0.01, 0.1]) } : {}),
});

export const batchNormalization: Drawer = (random) => {
  const shape = shapeOf(random, 2, 5, 4);
  const axis = random.pick([-1, shape.length - 1, 1]);
  const momentum = maybe(random, 0.5) ? { momentum: random.pick([0, 0.5, 0.9]) } : {};
  const trainable = maybe(random, 0.1) ? { trainable: false } : {};
  return { args: { axis, ...momentum, ...trainable, ...centerAndScale(random) }, inputs: [shape] };
};

export const layerNormalization: Drawer = (random, className) => {
  const shape = shapeOf(random, 2, 4);
  const axes = shape.map((_, i) => i).slice(1);
  const axis = random.pick<number | readonly number[]>([-1, random.pick(axes), axes, axes.slice(-2)]);
  const options = centerAndScale(random);
  // Of one element the direction is ±1 and its slope 0, as a difference of two terms that grow without bound.
  if (className === "UnitNormalization") return { args: { axis }, inputs: [shape.map((n) => n + 1)] };
  if (className === "RMSNormalization")
    return { args: { axis: -1, epsilon: options.epsilon ?? 1e-6 }, inputs: [shape] };
  return { args: { axis, ...options }, inputs: [shape] };
};

export const groupNormalization: Drawer = (random) => {
  const [groups, size] = [random.int(1, 3), random.int(1, 3)];
  const first = maybe(random, 0.3);
  const space = shapeOf(random, 1, 2, 3);
  const channels = groups * size;
  return {
    args: { groups: maybe(random, 0.15) ? -1 : groups, ...(first ? { axis: 1 } : {}), ...centerAndScale(random) },
    inputs: [shaped(first ? "channels_first" : null, space, channels, random.int(1, 2))],
  };
};

export const normalization: Drawer = (random) => {
  const shape = shapeOf(random, 2, 4);
  const channels = shape[shape.length - 1] ?? 1;
  const numbers = (low: number, high: number): number[] => [...random.uniform(channels, low, high)];
  return {
    args: {
      mean: numbers(-1, 1),
      variance: numbers(0.5, 2),
      ...(maybe(random, 0.4) ? { invert: maybe(random, 0.7) } : {}),
    },
    inputs: [shape],
  };
};

export const rescaling: Drawer = (random) => ({
  args: { scale: random.pick([2, 1 / 255, -0.5]), ...(maybe(random, 0.5) ? { offset: random.pick([-1, 0.25]) } : {}) },
  inputs: [shapeOf(random, 1, 4)],
});

export const layerScale: Drawer = (random) => {
  const shape = shapeOf(random, 2, 4);
  return { args: { initValues: random.pick([1e-6, 0.5]), projectionDim: shape.at(-1) ?? 1 }, inputs: [shape] };
};

export const customScale: Drawer = (random) => {
  const { inputs } = merging(random, "Subtract");
  return { args: { scale: random.pick([0.1, -1, 2]) }, inputs };
};

/** In training it draws from the generator that all share; at rate 0 every sample stays. */
export const stochasticDepth: Drawer = (random) => ({ args: { dropPathRate: 0 }, inputs: [shapeOf(random, 1, 4)] });

export const activation: Drawer = (random, className) => {
  const inputs = [shapeOf(random, 2, 4)];
  switch (className) {
    case "Activation":
      return { args: { activation: random.pick(ACTIVATIONS) }, inputs };
    case "ELU":
      return { args: random.pick<LayerArguments>([{}, { alpha: 0.5 }]), inputs };
    case "LeakyReLU":
      return { args: random.pick<LayerArguments>([{}, { negativeSlope: 0.1 }]), inputs };
    case "Softmax":
      return { args: random.pick<LayerArguments>([{}, { axis: -1 }, { axis: 1 }]), inputs };
    case "PReLU": {
      const axes = (inputs[0] ?? []).map((_, i) => i).slice(1);
      const sharedAxes = axes.filter(() => maybe(random, 0.5));
      return { args: sharedAxes.length > 0 ? { sharedAxes } : {}, inputs };
    }
    default:
      return {
        args: {
          ...(maybe(random, 0.5) ? { maxValue: random.pick([0.6, 0.8, null]) } : {}),
          ...(maybe(random, 0.5) ? { negativeSlope: random.pick([0, 0.2]) } : {}),
          ...(maybe(random, 0.5) ? { threshold: random.pick([0, 0.3]) } : {}),
        },
        inputs,
      };
  }
};

export const shaping: Drawer = (random, className) => {
  const shape = shapeOf(random, 2, 4);
  switch (className) {
    case "Flatten":
      return { args: { dataFormat: formatOf(random) }, inputs: [shape] };
    case "Permute":
      return { args: { dims: random.shuffle(shape.slice(1).map((_, i) => i + 1)) }, inputs: [shape] };
    case "RepeatVector":
      return { args: { n: random.int(1, 4) }, inputs: [shape.slice(0, 2)] };
    default: {
      const target = random.shuffle(shape.slice(1));
      const unknown = random.int(-1, target.length - 1);
      return { args: { targetShape: target.map((n, i) => (i === unknown ? -1 : n)) }, inputs: [shape] };
    }
  }
};

export const merging: Drawer = (random, className) => {
  const shape = shapeOf(random, 2, 4);
  const count = className === "Subtract" ? 2 : random.int(2, 4);
  if (className === "Concatenate") {
    const axis = random.int(1, shape.length - 1);
    const inputs = per(count, () => shape.map((n, i) => (i === axis ? random.int(1, 4) : n)));
    const last = axis === shape.length - 1;
    return { args: last && maybe(random, 0.5) ? {} : { axis }, inputs };
  }
  const stretched = maybe(random, 0.3);
  const inputs = per(count, (i) =>
    shape.map((n, axis) => (stretched && i > 0 && axis > 0 && maybe(random, 0.4) ? 1 : n)),
  );
  return { args: {}, inputs };
};

/** Whole axes that share a draw, axes as long as the input's, and axes of unknown length, which are. */
const noiseShapeOf = (random: Random, shape: readonly number[]): LayerArguments =>
  maybe(random, 0.6) ? {} : { noiseShape: shape.map((n) => random.pick([1, n, null])) };

export const drawing: Drawer = (random, className) => {
  const seed = random.int(0, 1000);
  const rate = random.pick([0.2, 0.5]);
  if (className === "GaussianNoise")
    return { args: { stddev: random.pick([0.1, 1]), seed }, inputs: [shapeOf(random, 2, 4)] };
  if (className.startsWith("Spatial")) {
    const rank = rankOf(className);
    const dataFormat = rank === 1 ? {} : { dataFormat: formatOf(random) };
    return { args: { rate, seed, ...dataFormat }, inputs: [per(rank + 2, () => random.int(1, 4))] };
  }
  const shape = shapeOf(random, 2, 4);
  const noiseShape = className === "GaussianDropout" ? {} : noiseShapeOf(random, shape);
  return { args: { rate, seed, ...noiseShape }, inputs: [shape] };
};

export const identity: Drawer = (random) => ({ args: {}, inputs: [shapeOf(random, 1, 4)] });

export const masking: Drawer = (random) => ({
  args: maybe(random, 0.5) ? {} : { maskValue: random.pick([0, -1, 0.5]) },
  inputs: [shapeOf(random, 3, 4, 4)],
});

export const lambda: Drawer = (random) => {
  const name = random.pick(LAMBDA_FUNCTIONS);
  const shape = shapeOf(random, 3, 4, 4);
  const given = (values: Readonly<Record<string, number>>): LayerArguments =>
    maybe(random, 0.5) ? { function: name, arguments: values } : { function: name };
  if (name === "squareAndScale") return { args: given({ factor: -0.5 }), inputs: [shape] };
  if (name === "weightedDifference") return { args: given({ weight: 2 }), inputs: [shape, shape] };
  return { args: { function: name }, inputs: [shape] };
};

/** What all recurrent layers share. */
export const recurrentOptions = (random: Random): LayerArguments => ({
  ...(maybe(random, 0.3) ? { activation: random.pick(["tanh", "relu", "softsign"]) } : {}),
  ...(maybe(random, 0.3) ? { recurrentActivation: random.pick(["sigmoid", "hard_sigmoid"]) } : {}),
  ...(maybe(random, 0.3) ? { useBias: false } : {}),
  ...(maybe(random, 0.5) ? { returnSequences: true } : {}),
  ...(maybe(random, 0.3) ? { returnState: true } : {}),
  ...(maybe(random, 0.3) ? { goBackwards: true } : {}),
  ...(maybe(random, 0.2) ? { unroll: true } : {}),
  ...(maybe(random, 0.3) ? { zeroOutputForMask: true } : {}),
  // Inference drops nothing; what training drops is compared with Keras's own numbers elsewhere.
  ...(maybe(random, 0.2) ? { dropout: 0.5, recurrentDropout: 0.25 } : {}),
});

export const recurrent: Drawer = (random, className) => {
  const units = random.int(1, 4);
  const n = random.int(1, 3);
  return {
    args: {
      units,
      ...recurrentOptions(random),
      ...(className === "GRU" && maybe(random, 0.5) ? { resetAfter: maybe(random, 0.3) } : {}),
    },
    inputs: [[n, random.int(1, 4), random.int(1, 4)]],
    states: per(className === "GRU" ? 1 : 2, () => [n, units]),
  };
};
