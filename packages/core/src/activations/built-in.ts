/** Keras's activations by name. */
import { ValueError } from "../errors.ts";
import { glu, logSoftmax, softmax, sparsemax } from "../ops/along-axis.ts";
import { registerFunction } from "../serialization/registry.ts";
import { Activation, type ActivationFunction } from "./activation.ts";
import * as elementwise from "./elementwise.ts";

/** Keras's names and the functions of this package behind them. */
const FUNCTIONS: Readonly<Record<string, ActivationFunction>> = {
  celu: elementwise.celu,
  elu: elementwise.elu,
  exponential: elementwise.exponential,
  gelu: elementwise.gelu,
  glu,
  hard_shrink: elementwise.hardShrink,
  hard_sigmoid: elementwise.hardSigmoid,
  hard_silu: elementwise.hardSilu,
  hard_tanh: elementwise.hardTanh,
  leaky_relu: elementwise.leakyRelu,
  linear: elementwise.linear,
  log_sigmoid: elementwise.logSigmoid,
  log_softmax: logSoftmax,
  mish: elementwise.mish,
  relu: elementwise.relu,
  relu6: elementwise.relu6,
  selu: elementwise.selu,
  sigmoid: elementwise.sigmoid,
  silu: elementwise.silu,
  soft_shrink: elementwise.softShrink,
  softmax,
  softplus: elementwise.softplus,
  softsign: elementwise.softsign,
  sparse_plus: elementwise.sparsePlus,
  sparse_sigmoid: elementwise.sparseSigmoid,
  sparsemax,
  squareplus: elementwise.squareplus,
  tanh: elementwise.tanh,
  tanh_shrink: elementwise.tanhShrink,
  threshold: thresholdByName,
};

const ALIASES: Readonly<Record<string, string>> = { swish: "silu", hard_swish: "hard_silu" };

let byName: Map<string, Activation> | null = null;
let byFunction: Map<unknown, Activation> | null = null;

/** The activation of a name or alias, case-sensitive. */
export function builtInNamed(name: string): Activation | undefined {
  return table().names.get(ALIASES[name] ?? name);
}

/** The activation of one of the functions that `keras.activations` exports. */
export function builtInOf(fn: unknown): Activation | undefined {
  return table().functions.get(fn);
}

/** Makes the functions known to configs. May be called again. */
export function registerActivations(): void {
  table();
}

function table(): { names: Map<string, Activation>; functions: Map<unknown, Activation> } {
  if (!byName || !byFunction) {
    byName = new Map();
    byFunction = new Map();
    for (const [name, source] of Object.entries(FUNCTIONS)) {
      const fn = (elementwise.ELEMENTWISE as Readonly<Record<string, Activation["fn"]>>)[name] ?? null;
      const activation = new Activation(name, source, { fn, builtIn: true });
      byName.set(name, activation);
      byFunction.set(source, activation);
      registerFunction(name, source);
    }
    // The function itself needs arguments; as an activation it is refused like the name.
    byFunction.set(elementwise.threshold, new Activation("threshold", thresholdByName, { builtIn: true }));
  }
  return { names: byName, functions: byFunction };
}

/** The name exists in Keras, but two arguments that a layer cannot pass are missing. */
function thresholdByName(): never {
  throw new ValueError(
    "threshold() is missing 2 required arguments: 'threshold' and 'default_value'. Pass a function: (x) => keras.activations.threshold(x, { threshold, defaultValue }).",
  );
}
