/** Dense, embedding, masking, shaping and merging layers, and those that do nothing in inference (keras-semantics 1.14, 1.15). */
import { concat } from "../reference/layout.ts";
import { at, type Operand } from "../reference/operand.ts";
import { activated } from "./activation.ts";
import { arrayOf, channelsToEnd, elementOf, operandAt, permuted, reshaped } from "./array.ts";
import { type LayerReference, positive } from "./layer-reference.ts";

const dense: LayerReference = (args, inputs, weights) => {
  const x = operandAt(inputs, 0);
  const kernel = operandAt(weights, 0);
  const [n, units] = [at(kernel.shape, 0), at(kernel.shape, 1)];
  const bias = args.useBias === false ? undefined : operandAt(weights, 1);
  const y = arrayOf([...x.shape.slice(0, -1), units], (c) => {
    const unit = at(c, c.length - 1);
    let sum = bias ? at(bias.values, unit) : 0;
    for (let i = 0; i < n; i++) sum += elementOf(x, [...c.slice(0, -1), i]) * elementOf(kernel, [i, unit]);
    return sum;
  });
  return [activated(y, args.activation)];
};

const embedding: LayerReference = (_, inputs, weights) => {
  const indices = operandAt(inputs, 0);
  const table = operandAt(weights, 0);
  const shape = [...indices.shape, at(table.shape, 1)];
  return [arrayOf(shape, (c) => elementOf(table, [elementOf(indices, c.slice(0, -1)), at(c, c.length - 1)]))];
};

const identity: LayerReference = (_, inputs) => [operandAt(inputs, 0)];

const flatten: LayerReference = ({ dataFormat }, inputs) => {
  const given = operandAt(inputs, 0);
  const x = dataFormat === "channels_first" && given.shape.length > 2 ? channelsToEnd(given, 1) : given;
  const [n = 0, ...rest] = x.shape;
  return [reshaped(x, [n, rest.reduce((a, b) => a * b, 1)])];
};

const reshape: LayerReference = ({ targetShape = [] }, inputs) => {
  const x = operandAt(inputs, 0);
  const known = targetShape.reduce((size, n) => (n === -1 ? size : size * n), 1);
  const rest = x.shape.slice(1).reduce((a, b) => a * b, 1) / known;
  return [reshaped(x, [at(x.shape, 0), ...targetShape.map((n) => (n === -1 ? rest : n))])];
};

const permute: LayerReference = ({ dims = [] }, inputs) => [permuted(operandAt(inputs, 0), [0, ...dims])];

const repeatVector: LayerReference = ({ n = 1 }, inputs) => {
  const x = operandAt(inputs, 0);
  return [arrayOf([at(x.shape, 0), n, at(x.shape, 1)], ([b = 0, , c = 0]) => elementOf(x, [b, c]))];
};

/** Element by element over inputs of one rank, where 1 stretches. */
function merged(combine: (values: readonly number[]) => number): LayerReference {
  return (_, inputs) => {
    const shape = operandAt(inputs, 0).shape.map((_, i) => Math.max(...inputs.map((x) => at(x.shape, i))));
    const own = (x: Operand, c: readonly number[]) =>
      elementOf(
        x,
        c.map((i, axis) => (at(x.shape, axis) === 1 ? 0 : i)),
      );
    return [arrayOf(shape, (c) => combine(inputs.map((x) => own(x, c))))];
  };
}

/** Element by element from left to right; where one side is masked, the other stands for it. */
function mergedWhereCounted(combine: (a: number, b: number) => number): LayerReference {
  return (args, inputs, weights, call) => {
    const masks = call.masks ?? [];
    if (masks.every((mask) => (mask ?? null) === null))
      return merged((values) => values.reduce((a, b) => combine(a, b)))(args, inputs, weights, call);
    const counts = (i: number, c: readonly number[]): boolean => {
      const mask = masks[i] ?? null;
      return mask === null || elementOf(mask, c.slice(0, -1)) !== 0;
    };
    const shape = operandAt(inputs, 0).shape;
    return [
      arrayOf(shape, (c) => {
        // Whether what is merged so far counts here, and whether it is masked at all.
        let [value, counted, masked] = [elementOf(operandAt(inputs, 0), c), counts(0, c), (masks[0] ?? null) !== null];
        for (let i = 1; i < inputs.length; i++) {
          const own = counts(i, c) ? elementOf(operandAt(inputs, i), c) : value;
          const base = masked && !counted ? own : value;
          masked = masked && (masks[i] ?? null) !== null;
          counted ||= counts(i, c);
          value = combine(base, own);
        }
        return value;
      }),
    ];
  };
}

/** What a mask leaves out is 1; 0 where all inputs are masked and none counts. */
const multiply: LayerReference = (args, inputs, weights, call) => {
  const masks = call.masks ?? [];
  if (masks.every((mask) => (mask ?? null) === null))
    return merged((values) => values.reduce((product, v) => product * v, 1))(args, inputs, weights, call);
  return [
    arrayOf(operandAt(inputs, 0).shape, (c) => {
      const counting = inputs.filter((_, i) => {
        const mask = masks[i] ?? null;
        return mask === null || elementOf(mask, c.slice(0, -1)) !== 0;
      });
      return counting.length === 0 ? 0 : counting.reduce((product, x) => product * elementOf(x, c), 1);
    }),
  ];
};

/** Steps that equal the mask value in all features become 0. */
const masking: LayerReference = ({ maskValue = 0 }, inputs) => {
  const x = operandAt(inputs, 0);
  const features = Array.from({ length: at(x.shape, x.shape.length - 1) }, (_, i) => i);
  return [
    arrayOf(x.shape, (c) => {
      const counts = features.some((i) => elementOf(x, [...c.slice(0, -1), i]) !== maskValue);
      return counts ? elementOf(x, c) : 0;
    }),
  ];
};

const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);

const concatenate: LayerReference = ({ axis = -1 }, inputs) => {
  if (typeof axis !== "number") throw new RangeError("Concatenate takes one axis.");
  const [first] = inputs;
  const along = positive(axis, first?.shape.length ?? 0);
  const shape = (first?.shape ?? []).map((n, i) => (i === along ? total(inputs.map((x) => at(x.shape, i))) : n));
  return [{ shape, values: concat(inputs, along) }];
};

/** The second input scaled, then both added. */
const customScale: LayerReference = (args, inputs, weights, call) => {
  const scale = typeof args.scale === "number" ? args.scale : 1;
  return merged(([x = 0, residual = 0]) => x + scale * residual)(args, inputs, weights, call);
};

const layerScale: LayerReference = (_, inputs, weights) => {
  const x = operandAt(inputs, 0);
  const gamma = operandAt(weights, 0);
  return [arrayOf(x.shape, (c) => elementOf(x, c) * at(gamma.values, at(c, c.length - 1)))];
};

export const coreReferences: Readonly<Record<string, LayerReference>> = {
  Add: merged(total),
  AlphaDropout: identity,
  Average: merged((values) => total(values) / values.length),
  Concatenate: concatenate,
  CustomScaleLayer: customScale,
  Dense: dense,
  Dropout: identity,
  Embedding: embedding,
  Flatten: flatten,
  GaussianDropout: identity,
  GaussianNoise: identity,
  Identity: identity,
  LayerScale: layerScale,
  Masking: masking,
  Maximum: mergedWhereCounted((a, b) => Math.max(a, b)),
  Minimum: mergedWhereCounted((a, b) => Math.min(a, b)),
  Multiply: multiply,
  Permute: permute,
  RepeatVector: repeatVector,
  Reshape: reshape,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  SpatialDropout3D: identity,
  StochasticDepth: identity,
  Subtract: merged(([a = 0, b = 0]) => a - b),
};
