/** The element-wise functions that `keras.ops` has under a name of their own. */
import { UNARY_ARITY, type UnaryFn } from "../op/unary.ts";
import { run } from "./run.ts";
import { recordable } from "./symbolic.ts";
import type { Value } from "./value.ts";

function apply(x: Value, name: UnaryFn["name"], ...params: number[]) {
  if (params.length !== UNARY_ARITY[name]) throw new TypeError(`${name} takes ${UNARY_ARITY[name]} parameters.`);
  return run({ kind: "unary", fn: { name, params } }, [x]);
}

const NO_MAXIMUM = Number.POSITIVE_INFINITY;

/** max(x, 0). */
export const relu = recordable("relu", (x: Value) => apply(x, "relu", 0, NO_MAXIMUM, 0));
/** min(max(x, 0), 6). */
export const relu6 = recordable("relu6", (x: Value) => apply(x, "relu", 0, 6, 0));
/** x·sigmoid(x). */
export const silu = recordable("silu", (x: Value) => apply(x, "silu"));
/** 1/(1 + e⁻ˣ). */
export const sigmoid = recordable("sigmoid", (x: Value) => apply(x, "sigmoid"));
export const tanh = recordable("tanh", (x: Value) => apply(x, "tanh"));
/** clip(x/6 + 0.5, 0, 1). */
export const hardSigmoid = recordable("hard_sigmoid", (x: Value) => apply(x, "hard_sigmoid"));
/** x·hardSigmoid(x). */
export const hardSilu = recordable("hard_silu", (x: Value) => apply(x, "hard_silu"));
/** log(1 + eˣ). */
export const softplus = recordable("softplus", (x: Value) => apply(x, "softplus"));
export const selu = recordable("selu", (x: Value) => apply(x, "selu"));
/** By tanh unless `approximate` is false, as in `keras.ops` (`keras.activations.gelu` is exact by default). */
export const gelu = recordable("gelu", (x: Value, { approximate = true }: { readonly approximate?: boolean } = {}) =>
  apply(x, approximate ? "gelu_tanh" : "gelu"),
);
export const elu = recordable("elu", (x: Value, { alpha = 1 }: { readonly alpha?: number } = {}) =>
  apply(x, "elu", alpha),
);
export const leakyRelu = recordable(
  "leaky_relu",
  (x: Value, { negativeSlope = 0.2 }: { readonly negativeSlope?: number } = {}) =>
    apply(x, "leaky_relu", negativeSlope),
);
/** 1/√x. */
export const rsqrt = recordable("rsqrt", (x: Value) => apply(x, "rsqrt"));
