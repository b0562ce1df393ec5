/** Draws of layers over space: convolutions, pooling, padding, cropping, enlarging, resizing. */
import type { LayerArguments } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import { recurrentOptions } from "./draw-other-layers.ts";
import { activationOf, type Drawer, formatOf, maybe, per, rankOf, shaped, tuple } from "./layer-draw.ts";

interface Windows {
  readonly args: LayerArguments;
  /** The least input that a valid window fits in, an axis. */
  readonly reach: readonly number[];
  readonly rank: number;
}

/** Kernel, padding, and either strides or dilation. */
function windows(random: Random, rank: number, paddings: readonly string[]): Windows {
  const kernel = per(rank, () => random.int(1, rank === 3 ? 2 : 4));
  const dilated = maybe(random, 0.3);
  const strides = per(rank, () => (dilated ? 1 : random.int(1, 3)));
  const dilation = per(rank, () => (dilated ? random.int(1, 3) : 1));
  const padding = random.pick([...paddings, null]);
  return {
    rank,
    reach: kernel.map((k, i) => (k - 1) * (dilation[i] ?? 1) + 1),
    args: {
      kernelSize: tuple(random, kernel),
      ...(dilated ? { dilationRate: tuple(random, dilation) } : { strides: tuple(random, strides) }),
      ...(padding === null ? {} : { padding }),
      dataFormat: formatOf(random),
      ...(maybe(random, 0.3) ? { useBias: false } : {}),
      ...activationOf(random),
    },
  };
}

/** Spatial sizes on which windows with this reach fit. */
function spaceFor(random: Random, { reach, rank, args }: Windows): number[] {
  const least = args.padding === "same" || args.padding === "causal" ? reach.map(() => 1) : reach;
  return least.map((n) => n + random.int(0, rank === 1 ? 6 : rank === 2 ? 4 : 2));
}

export const conv: Drawer = (random, className) => {
  const rank = rankOf(className);
  const w = windows(random, rank, rank === 1 ? ["valid", "same", "causal"] : ["valid", "same"]);
  const groups = random.pick([1, 1, 1, 2, 3]);
  return {
    args: { ...w.args, filters: groups * random.int(1, 3), ...(groups > 1 ? { groups } : {}) },
    inputs: [shaped(w.args.dataFormat, spaceFor(random, w), groups * random.int(1, 3), random.int(1, 3))],
  };
};

export const convTranspose: Drawer = (random, className) => {
  const rank = rankOf(className);
  const w = windows(random, rank, ["valid", "same"]);
  const strides = w.args.strides ?? 1;
  const stepAt = (i: number): number => (typeof strides === "number" ? strides : (strides[i] ?? 1));
  const extra = per(rank, (i) => random.int(0, stepAt(i) - 1));
  const outputPadding = maybe(random, 0.4) ? { outputPadding: tuple(random, extra) } : {};
  const space = per(rank, () => random.int(2, rank === 3 ? 3 : 5)); // a length of 1 may leave no output at all
  return {
    args: { ...w.args, ...outputPadding, filters: random.int(1, 4) },
    inputs: [shaped(w.args.dataFormat, space, random.int(1, 4), random.int(1, 2))],
  };
};

export const depthwiseConv: Drawer = (random, className) => {
  const w = windows(random, rankOf(className), ["valid", "same"]);
  const separable = className.startsWith("Separable");
  return {
    args: {
      ...w.args,
      ...(separable ? { filters: random.int(1, 5) } : {}),
      ...(maybe(random, 0.5) ? { depthMultiplier: random.int(1, 3) } : {}),
    },
    inputs: [shaped(w.args.dataFormat, spaceFor(random, w), random.int(1, 5), random.int(1, 3))],
  };
};

export const pooling: Drawer = (random, className) => {
  const rank = rankOf(className);
  const size = per(rank, () => random.int(1, 3));
  const padding = random.pick(["valid", "same"]);
  const space = size.map((k) => (padding === "same" ? 0 : k - 1) + random.int(1, rank === 3 ? 3 : 5));
  const dataFormat = formatOf(random);
  const strides = maybe(random, 0.5)
    ? {
        strides: tuple(
          random,
          per(rank, () => random.int(1, 3)),
        ),
      }
    : {};
  return {
    args: { poolSize: tuple(random, size), padding, dataFormat, ...strides },
    inputs: [shaped(dataFormat, space, random.int(1, 5), random.int(1, 3))],
  };
};

export const globalPooling: Drawer = (random, className) => {
  const dataFormat = formatOf(random);
  const space = per(rankOf(className), () => random.int(1, 5));
  return {
    args: { dataFormat, ...(maybe(random, 0.5) ? { keepdims: maybe(random, 0.5) } : {}) },
    inputs: [shaped(dataFormat, space, random.int(1, 6), random.int(1, 3))],
  };
};

export const adaptivePooling: Drawer = (random, className) => {
  const rank = rankOf(className);
  const dataFormat = formatOf(random);
  const space = per(rank, () => random.int(1, rank === 1 ? 12 : 5));
  return {
    args: {
      outputSize: tuple(
        random,
        per(rank, () => random.int(1, rank === 1 ? 9 : 4)),
      ),
      dataFormat,
    },
    inputs: [shaped(dataFormat, space, random.int(1, 4), random.int(1, 2))],
  };
};

/** An int, an int an axis, or pairs; in 1-D an int or a pair. */
function frame(
  random: Random,
  rank: number,
  most: number,
): number | readonly number[] | readonly (readonly number[])[] {
  const amount = (): number => random.int(0, most);
  if (maybe(random, 0.3)) return amount();
  if (rank === 1) return [amount(), amount()];
  return maybe(random, 0.4) ? per(rank, amount) : per(rank, () => [amount(), amount()]);
}

export const padding: Drawer = (random, className) => {
  const rank = rankOf(className);
  const dataFormat = formatOf(random);
  const space = per(rank, () => random.int(1, 4));
  return {
    args: { dataFormat, ...(maybe(random, 0.9) ? { padding: frame(random, rank, 2) } : {}) },
    inputs: [shaped(dataFormat, space, random.int(1, 4), random.int(1, 3))],
  };
};

export const cropping: Drawer = (random, className) => {
  const rank = rankOf(className);
  const dataFormat = rank === 1 ? undefined : formatOf(random);
  const space = per(rank, () => random.int(5, 7));
  return {
    args: {
      ...(rank === 1 ? {} : { dataFormat }),
      ...(maybe(random, 0.9) ? { cropping: frame(random, rank, 2) } : {}),
    },
    inputs: [shaped(dataFormat, space, random.int(1, 3), random.int(1, 2))],
  };
};

const INTERPOLATIONS = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"] as const;

export const upSampling: Drawer = (random, className) => {
  const rank = rankOf(className);
  const dataFormat = rank === 1 ? undefined : formatOf(random);
  const size = per(rank, () => random.int(1, 3));
  return {
    args: {
      size: rank === 1 ? (size[0] ?? 1) : tuple(random, size),
      ...(rank === 1 ? {} : { dataFormat }),
      ...(rank === 2 ? { interpolation: random.pick(INTERPOLATIONS) } : {}),
    },
    inputs: [
      shaped(
        dataFormat,
        per(rank, () => random.int(1, rank === 3 ? 3 : 5)),
        random.int(1, 4),
        random.int(1, 2),
      ),
    ],
  };
};

export const resizing: Drawer = (random) => {
  const dataFormat = formatOf(random);
  return {
    args: {
      height: random.int(1, 7),
      width: random.int(1, 7),
      interpolation: random.pick(INTERPOLATIONS),
      dataFormat,
    },
    inputs: [shaped(dataFormat, [random.int(1, 6), random.int(1, 6)], random.int(1, 3), random.int(1, 2))],
  };
};

export const centerCrop: Drawer = (random) => {
  const dataFormat = formatOf(random);
  const [height, width] = [random.int(1, 4), random.int(1, 4)];
  const space = [height + random.int(0, 3), width + random.int(0, 3)];
  return {
    args: { height, width, dataFormat },
    inputs: [shaped(dataFormat, space, random.int(1, 3), random.int(1, 2))],
  };
};

export const convLstm: Drawer = (random, className) => {
  const rank = rankOf(className);
  const { activation: _, ...w } = windows(random, rank, ["valid", "same"]).args;
  const kernel = per(rank, () => random.int(1, 2));
  const args = { ...w, kernelSize: tuple(random, kernel), filters: random.int(1, 2), ...recurrentOptions(random) };
  const dilation =
    typeof args.dilationRate === "number" ? per(rank, () => Number(args.dilationRate)) : args.dilationRate;
  const space = kernel.map((k, i) => (k - 1) * (dilation?.[i] ?? 1) + random.int(1, rank === 3 ? 2 : 3));
  const [n, steps, channels] = [random.int(1, 2), random.int(1, 3), random.int(1, 2)];
  const frameShape = shaped(args.dataFormat, space, channels, n).slice(1);
  const strides = typeof args.strides === "number" ? per(rank, () => Number(args.strides)) : args.strides;
  const outputSpace = space.map((size, i) => {
    const fitting = args.padding === "same" ? size : size - ((kernel[i] ?? 1) - 1) * (dilation?.[i] ?? 1);
    return Math.ceil(fitting / (strides?.[i] ?? 1));
  });
  const state = shaped(args.dataFormat, outputSpace, args.filters, n);
  return { args, inputs: [[n, steps, ...frameShape]], states: [state, state] };
};
