/** The dtype that a symbol of an op's result says, as the operation classes of `keras.src.ops` do; values are float32 whatever it is. */
import { KerasTensor } from "../models/keras-tensor.ts";
import { isTensor } from "../tf.ts";

type Rule = (args: readonly unknown[], dtypeOf: DtypeOf) => string;
type DtypeOf = (x: KerasTensor) => string;

/** What a number counts as among dtypes: it takes on that of what it meets, as far as that can hold it. */
type Weak = "weak int" | "weak float";

const asFirst: Rule = ([x], dtypeOf) => dtypeIn(x, dtypeOf);
const promoted: Rule = (args, dtypeOf) => resultType(args.flat().map((x) => dtypeIn(x, dtypeOf)));
const promotedFloat: Rule = (args, dtypeOf) =>
  resultType([...args.flat().map((x) => dtypeIn(x, dtypeOf)), "weak float"]);
/** As `promotedFloat`, for ops that leave float64 as it is. */
const floatOfFirst: Rule = (args, dtypeOf) =>
  asFirst(args, dtypeOf) === "float64" ? "float64" : promotedFloat(args.slice(0, 1), dtypeOf);
const noBool: Rule = (args, dtypeOf) => booleanAs("int32", asFirst(args, dtypeOf));

/** By the name that `recordable` was given. Ops that are not here keep the dtype of their first argument. */
const RULES: Readonly<Record<string, Rule>> = {
  add: promoted,
  subtract: promoted,
  multiply: promoted,
  maximum: promoted,
  minimum: promoted,
  power: promoted,
  affine: promoted,
  concatenate: ([xs], dtypeOf) => promoted([xs], dtypeOf),
  stack: ([xs], dtypeOf) => promoted([xs], dtypeOf),
  where: ([, a, b], dtypeOf) => promoted([a, b], dtypeOf),
  matmul: ([a, b], dtypeOf) => {
    const both = [dtypeIn(a, dtypeOf), dtypeIn(b, dtypeOf)];
    return both.every((dtype) => dtype === "int8") ? "int32" : resultType(both);
  },
  divide: promotedFloat,
  true_divide: promotedFloat,
  sqrt: (args, dtypeOf) => promotedFloat(args.slice(0, 1), dtypeOf),
  log: (args, dtypeOf) => promotedFloat(args.slice(0, 1), dtypeOf),
  tanh: (args, dtypeOf) => promotedFloat(args.slice(0, 1), dtypeOf),
  var: (args, dtypeOf) => promotedFloat(args.slice(0, 1), dtypeOf),
  exp: floatOfFirst,
  mean: floatOfFirst,
  reciprocal: () => "float32",
  normalize: () => "float32",
  square: noBool,
  clip: noBool,
  sum: (args, dtypeOf) => {
    const dtype = asFirst(args, dtypeOf);
    if (dtype.startsWith("uint")) return "uint32";
    return dtype === "bool" || dtype.startsWith("int") ? "int32" : resultType([dtype]);
  },
  unary: ([x, fn], dtypeOf) => {
    const { name } = fn as { readonly name: string };
    return name === "exp" || name === "tanh" ? resultDtype(name, [x], dtypeOf) : asFirst([x], dtypeOf);
  },
};

/**
 * The dtype of an op's result on symbols among these arguments. A number without a fraction counts as an integer: JavaScript
 * has no 1.0.
 */
export function resultDtype(opName: string, args: readonly unknown[], dtypeOf: DtypeOf = (x) => x.dtype): string {
  return (Object.hasOwn(RULES, opName) ? RULES[opName] : undefined)?.(args, dtypeOf) ?? asFirst(args, dtypeOf);
}

function dtypeIn(x: unknown, dtypeOf: DtypeOf): string {
  if (x instanceof KerasTensor) return dtypeOf(x);
  if (typeof x === "number") return (Number.isInteger(x) ? "weak int" : "weak float") satisfies Weak;
  return isTensor(x) ? x.dtype : "float32";
}

/** The dtype that holds all of these. Source: `keras.src.backend.common.dtypes.result_type`, on JAX without 64 bits. */
export function resultType(dtypes: readonly string[]): string {
  const strong = dtypes.filter((dtype) => !dtype.startsWith("weak"));
  const weakFloat = dtypes.includes("weak float");
  const weakInt = dtypes.includes("weak int");
  if (strong.length === 0) return weakFloat ? "float32" : "int32";
  const dtype = strong.map(in32Bits).reduce(wider);
  if (weakFloat && !isFloat(dtype)) return "float32";
  return weakInt ? booleanAs("int32", dtype) : dtype;
}

function wider(a: string, b: string): string {
  if (a === b || b === "bool") return a;
  if (a === "bool") return b;
  if (isFloat(a) || isFloat(b)) {
    if (isFloat(a) && isFloat(b)) return "float32"; // two that differ: float16 and bfloat16 meet there too
    return isFloat(a) ? a : b;
  }
  const [unsigned, other] = a.startsWith("u") ? [a, b] : [b, a];
  if (unsigned.startsWith("u") === other.startsWith("u")) return bitsOf(a) > bitsOf(b) ? a : b;
  return `int${Math.min(32, Math.max(2 * bitsOf(unsigned), bitsOf(other)))}`;
}

function in32Bits(dtype: string): string {
  return dtype.replace("64", "32");
}

function booleanAs(other: string, dtype: string): string {
  return dtype === "bool" ? other : dtype;
}

function isFloat(dtype: string): boolean {
  return dtype.includes("float");
}

function bitsOf(dtype: string): number {
  return Number(dtype.replace(/\D+/, ""));
}
