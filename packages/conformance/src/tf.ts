/** What the suite takes from tfjs, in one place. */
import { engine, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";

export {
  add,
  clone,
  concat,
  matMul,
  memory,
  mul,
  pad,
  relu,
  reshape,
  setBackend,
  slice,
  sub,
  sum,
  type Tensor,
  type TensorInfo,
  tensor,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";

/** A tensor around what `Backend.adopt` returns. */
export function tensorOf(info: TensorInfo): Tensor {
  return engine().makeTensorFromTensorInfo(info);
}
