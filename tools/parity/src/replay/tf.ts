/** What the tool takes from tfjs: tensors in and out, the tape, and its count of tensors. */
export {
  engine,
  type Scalar,
  Tensor,
  tensor,
  tidy,
  Variable,
  variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
