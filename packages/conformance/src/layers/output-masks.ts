/** The masks that layers give their outputs (Keras: `compute_mask`): passed on, made, merged, or ended. */
import { at, type Operand } from "../reference/operand.ts";
import { arrayOf, elementOf, operandAt } from "./array.ts";
import { type LayerArguments, maskOf, positive, type ReferenceCall } from "./layer-reference.ts";

type Masks = readonly (Operand | null)[];

/** The masks of as many outputs as the layer has; those of further outputs are none. */
type MaskRule = (args: LayerArguments, inputs: readonly Operand[], call: ReferenceCall) => Masks;

const passed: MaskRule = (_args, _inputs, call) => [maskOf(call)];

/** Of a sequence, and not of its last step. */
const ofSequence: MaskRule = ({ returnSequences }, _inputs, call) => [returnSequences ? maskOf(call) : null];

const ofBoth: MaskRule = ({ layer, mergeMode }, inputs, call) => {
  const [own = null] = ofSequence(layer?.args ?? {}, inputs, call);
  return mergeMode === null ? [own, own] : [own];
};

/** Steps count where any input counts; none where an input has no mask. */
const anyOf: MaskRule = (_args, _inputs, { masks = [] }) => {
  const given = masks.filter((mask) => mask !== null);
  const [first] = given;
  if (!first || given.length < masks.length) return [null];
  return [
    { shape: first.shape, values: first.values.map((_, i) => (given.some((m) => at(m.values, i) !== 0) ? 1 : 0)) },
  ];
};

/** Each mask as wide as its input, joined along the axis; a step counts where any of its features does. */
const joinedMasks: MaskRule = ({ axis = -1 }, inputs, { masks = [] }) => {
  if (masks.every((mask) => mask === null)) return [null];
  const first = operandAt(inputs, 0);
  const along = positive(Number(axis), first.shape.length);
  const shape = first.shape.map((n, i) => (i === along ? inputs.reduce((sum, x) => sum + at(x.shape, i), 0) : n));
  const features = Array.from({ length: at(shape, shape.length - 1) }, (_, i) => i);
  const counts = (c: readonly number[]): boolean => {
    let [number, place] = [0, at(c, along)];
    while (place >= at(operandAt(inputs, number).shape, along)) {
      place -= at(operandAt(inputs, number).shape, along);
      number++;
    }
    const mask = masks[number] ?? null;
    const own = c.map((i, a) => (a === along ? place : i)).slice(0, -1);
    return mask === null || elementOf(mask, own) !== 0;
  };
  return [arrayOf(shape.slice(0, -1), (c) => (features.some((i) => counts([...c, i])) ? 1 : 0))];
};

const made: MaskRule = ({ maskValue = 0 }, inputs) => {
  const x = operandAt(inputs, 0);
  const features = Array.from({ length: at(x.shape, x.shape.length - 1) }, (_, i) => i);
  const differs = (c: readonly number[]): boolean => features.some((i) => elementOf(x, [...c, i]) !== maskValue);
  return [arrayOf(x.shape.slice(0, -1), (c) => (differs(c) ? 1 : 0))];
};

const ofIndices: MaskRule = ({ maskZero }, inputs) => {
  const { shape, values } = operandAt(inputs, 0);
  return [maskZero ? { shape, values: values.map((v) => (v === 0 ? 0 : 1)) } : null];
};

/** SpectralNormalization has no rule, and leaves what the layer inside gave. */
const ofInner: MaskRule = ({ layer }, inputs, call) =>
  (layer && RULES.get(layer.className)?.(layer.args, inputs, call)) ?? [];

const PASSING =
  "Activation AlphaDropout BatchNormalization Dense Dropout ELU GaussianDropout GaussianNoise GroupNormalization Identity LayerNormalization LeakyReLU Normalization PReLU ReLU Rescaling Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D TimeDistributed UnitNormalization";

const rows = (names: string, rule: MaskRule): [string, MaskRule][] => names.split(" ").map((name) => [name, rule]);

const RULES: ReadonlyMap<string, MaskRule> = new Map<string, MaskRule>([
  ...rows(PASSING, passed),
  ...rows("Add Average Maximum Minimum Multiply Subtract", anyOf),
  ...rows("ConvLSTM1D ConvLSTM2D ConvLSTM3D GRU LSTM", ofSequence),
  ...rows("Bidirectional", ofBoth),
  ...rows("Concatenate", joinedMasks),
  ...rows("Embedding", ofIndices),
  ...rows("GlobalAveragePooling1D", () => [null]),
  ...rows("Masking", made),
  ...rows("SpectralNormalization", ofInner),
]);

/** Whether a mask of the inputs means something to the class; the others drop it, and say so once. */
export function knowsMasks(className: string): boolean {
  return RULES.has(className) && className !== "Embedding" && className !== "SpectralNormalization";
}

/** The mask of each of `count` outputs. */
export function expectedMasks(
  className: string,
  args: LayerArguments,
  inputs: readonly Operand[],
  call: ReferenceCall,
  count: number,
): Masks {
  const found = RULES.get(className)?.(args, inputs, call) ?? [];
  return Array.from({ length: count }, (_, i) => found[i] ?? null);
}
