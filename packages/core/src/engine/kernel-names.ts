/** The names of our kernels in tfjs's registry: `KerasConv` for `conv`, and so on. */
import type { OpKind } from "../op/op.ts";

const NAMES: Readonly<Record<OpKind, string>> = {
  conv: "KerasConv",
  conv_transpose: "KerasConvTranspose",
  separable: "KerasSeparable",
  conv_filter_grad: "KerasConvFilterGrad",
  unary: "KerasUnary",
  unary_grad: "KerasUnaryGrad",
  binary: "KerasBinary",
  elementwise: "KerasElementwise",
  reduce: "KerasReduce",
  softmax: "KerasSoftmax",
  sparsemax: "KerasSparsemax",
  sparsemax_grad: "KerasSparsemaxGrad",
  transpose: "KerasTranspose",
  reshape: "KerasReshape",
  broadcast: "KerasBroadcast",
  slice: "KerasSlice",
  pad: "KerasPad",
  concat: "KerasConcat",
  pool: "KerasPool",
  pool_grad: "KerasPoolGrad",
  resample: "KerasResample",
  select: "KerasSelect",
  gather: "KerasGather",
  gather_grad: "KerasGatherGrad",
};

export const KERNEL_NAMES: readonly string[] = Object.values(NAMES);

export function kernelName(kind: OpKind): string {
  return NAMES[kind];
}

const KINDS: ReadonlyMap<string, OpKind> = new Map((Object.keys(NAMES) as OpKind[]).map((kind) => [NAMES[kind], kind]));

export function kernelKind(name: string): OpKind {
  const kind = KINDS.get(name);
  if (!kind) throw new TypeError(`${name} is not a kernel of keras-ts.`);
  return kind;
}
