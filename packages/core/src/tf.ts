/** Everything core takes from tfjs, in one place: tensors, the tape and the kernel registry. */
export {
  engine,
  getBackend as getTfjsBackend,
  getKernel,
  keep,
  type NamedTensorMap,
  ready as tfjsReady,
  registerGradient,
  registerKernel,
  scalar,
  setBackend as setTfjsBackend,
  type Tensor,
  type TensorInfo as TfjsTensorInfo,
  tensor,
  Variable as TfVariable,
  variable as tfVariable,
} from "@tensorflow/tfjs-core";

import { cast, concat, engine, slice, Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { closeScope, openScope } from "./late-tfjs.ts";

/** Whether it is a tensor, of any copy of tfjs. For other values tfjs need not be there. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "dataId" in value && value instanceof Tensor;
}

/** tfjs's own cast; used on inputs that are not float32 before they meet our kernels. */
export function castToFloat32(x: Tensor): Tensor {
  return cast(x, "float32");
}

/** Rows `[begin, begin + size)` of the first axis. */
export function sliceRows(x: Tensor, begin: number, size: number): Tensor {
  return slice(x, [begin, ...x.shape.slice(1).map(() => 0)], [size, ...x.shape.slice(1)]);
}

/** Tensors joined along the first axis. */
export function concatRows(parts: Tensor[]): Tensor {
  return concat(parts, 0);
}

/** The tensor for data that a backend registered with tfjs; it belongs to the current tidy scope or the caller. */
export function adoptTensor(info: TensorInfo): Tensor {
  return engine().makeTensorFromTensorInfo(info);
}

/** tfjs's `tidy` for functions that may return things other than tensors: frees what `fn` made, except a tensor it returns. */
export function inScope<T>(fn: () => T): T {
  openScope(() => engine());
  let result: T | undefined;
  try {
    result = fn();
    return result;
  } finally {
    closeScope(() => engine().endScope(isTensor(result) ? result : undefined));
  }
}

/** As `inScope`, for functions that make several tensors which outlive it: those that `kept` names. */
export function keepingTensors<T>(fn: () => T, kept: (result: T) => readonly Tensor[]): T {
  openScope(() => engine());
  let tensors: Tensor[] = [];
  try {
    const result = fn();
    tensors = [...kept(result)];
    return result;
  } finally {
    closeScope(() => engine().endScope(tensors));
  }
}

/** Runs `fn` unseen by the tape: no gradient flows through what it computes (Keras: `ops.stop_gradient`). */
export function withoutTape<T>(fn: () => T): T {
  const { state } = engine();
  state.kernelDepth++; // as inside a kernel, where tfjs's tape does not record
  try {
    return fn();
  } finally {
    state.kernelDepth--;
  }
}
