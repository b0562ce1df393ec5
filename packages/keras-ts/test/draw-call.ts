/** How a drawn layer is called: `training`, masks, initial states. */
import type { Shape } from "@keras-ts/core";
import { NOISE_REFERENCES } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import { type Draw, type LayerDraw, maybe } from "./layer-draw.ts";

/** Classes that do something else in training; `training` changes nothing for the others. */
const TRAINING = ["BatchNormalization", "Lambda", "SpectralNormalization", "TimeDistributed"];

const OVER_TIME = ["Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM"];

/** The layer with a call. */
export function withCall(random: Random, draw: LayerDraw): Draw {
  const training = trainingOf(random, draw);
  const masks = maybe(random, 0.3) ? masksOf(random, draw) : [];
  return {
    ...draw,
    ...(training === undefined ? {} : { training }),
    ...(masks.some((shape) => shape !== null) ? { masks } : {}),
    givesStates: draw.states !== undefined && maybe(random, 0.25),
  };
}

function trainingOf(random: Random, { className, args }: LayerDraw): boolean | undefined {
  const differs = TRAINING.includes(className) || className in NOISE_REFERENCES;
  const isTrue = maybe(random, differs ? 0.5 : 0.1);
  const isFalse = maybe(random, 0.1);
  const drops = (args.layer?.args ?? args).dropout !== undefined;
  if (isTrue && !drops) return true;
  return isFalse ? false : undefined;
}

function masksOf(random: Random, { className, args, inputs }: LayerDraw): (Shape | null)[] {
  const [first = []] = inputs;
  if (inputs.length > 1) {
    const alike = inputs.every((shape) => shape.every((n, i) => n === first[i]));
    if (!alike && className !== "Concatenate") return [];
    const all = maybe(random, 0.5);
    return inputs.map((shape) => (all || maybe(random, 0.6) ? shape.slice(0, -1) : null));
  }
  if (className === "Embedding" || className === "Masking" || first.length < 2) return [];
  if (className === "Softmax") return [first.map((n, i) => (i > 0 && maybe(random, 0.2) ? 1 : n))];
  if (OVER_TIME.includes(className)) return [first.slice(0, 2)];
  const { layer: inner = { className, args } } = args;
  const isChannelsFirst = inner.className === "GlobalAveragePooling1D" && inner.args.dataFormat === "channels_first";
  if (args.layer && isChannelsFirst) return [];
  if (isChannelsFirst) return [[first[0] ?? 1, first[2] ?? 1]];
  return [first.slice(0, -1)];
}
