/**
 * What layers do with integers and booleans. Values are float32 here whatever their dtype, so that a layer takes those on which Keras
 * computes the same numbers.
 */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import { resultType } from "../ops/result-dtypes.ts";
import type { Value } from "../ops/value.ts";
import { flatten, type Nested } from "../structure.ts";
import type { DTypePolicy } from "./dtype-policy.ts";

/**
 * - `refused`: Keras computes in integers, with other numbers, or not at all. Also classes of the user's that do not say.
 * - `cast`: Keras computes in float32.
 * - `kept`: Keras hands integers on, while its symbol says float32.
 * - `shown`: as `kept`, and its symbol says so, too.
 * - `summed`: as `kept` for 32 bits. Sums of smaller ones wrap around in Keras.
 * - `averaged`: as `summed`, and the result is float32.
 */
export type IntegerUse = "refused" | "cast" | "kept" | "shown" | "summed" | "averaged";

/** Refuses integers that a layer does not take. Several inputs count as what they are promoted to, as in Keras. */
export function checkIntegers(inputs: readonly Value[], layerName: string, use: IntegerUse): void {
  if (use === "cast" || use === "kept" || use === "shown") return;
  const promoted = use === "refused" ? null : resultType(inputs.map(valueDtypeOf));
  if (promoted !== null && (!isInteger(promoted) || promoted === "int32")) return;
  const refused = inputs.find((x) => isInteger(valueDtypeOf(x)));
  if (!refused) return;
  const why =
    use === "refused"
      ? "does not take integers: Keras would compute in integer arithmetic, with other numbers than here, or not at all"
      : "takes integers of 32 bits only: with smaller ones Keras's sums wrap around";
  const cure =
    refused instanceof KerasTensor
      ? "Give its Input the dtype 'float32', or put Rescaling({ scale: 1 }) before this layer"
      : "Convert it with tf.cast(x, 'float32')";
  throw new ValueError(
    `Layer '${layerName}' ${why}. Received: dtype=${valueDtypeOf(refused)}, shape=${formatShape(refused.shape)}. ${cure}.`,
  );
}

/** The dtypes of a layer's output on these symbols. */
export function outputDtypes(given: Nested<KerasTensor>, use: IntegerUse, { computeDtype }: DTypePolicy) {
  const inputs = flatten(given);
  const hands = use === "kept" || use === "shown" || use === "summed";
  const integerOr = (dtypes: readonly string[]) => {
    const dtype = dtypes.length === 1 ? (dtypes[0] ?? computeDtype) : resultType(dtypes);
    return hands && isInteger(dtype) ? dtype : computeDtype;
  };
  return {
    dtype: use === "shown" ? integerOr(inputs.map(({ dtype }) => dtype)) : computeDtype,
    valueDtype: integerOr(inputs.map(({ valueDtype }) => valueDtype)),
  };
}

/** Whether it is a dtype of integers or booleans. */
export function isInteger(dtype: string): boolean {
  return dtype === "bool" || /^u?int\d+$/.test(dtype);
}

function valueDtypeOf(x: Value): string {
  return x instanceof KerasTensor ? x.valueDtype : x.dtype;
}
