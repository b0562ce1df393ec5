/** What the tool takes from tfjs: tensors in and out, the tape, and its count of tensors. */
export {
  engine,
  type NamedTensorMap,
  type Scalar,
  Tensor,
  tensor,
  tidy,
  train,
  Variable,
  variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
