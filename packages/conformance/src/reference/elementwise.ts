/** Several element-wise steps, each over whole arrays. */
import type { ElementwiseOp } from "@keras-ts/core";
import { binary, broadcast } from "./binary.ts";
import { slice } from "./layout.ts";
import { type Operand, operandOf } from "./operand.ts";
import { unary } from "./unary.ts";

/** The result of the last step. */
export function elementwise(op: ElementwiseOp, inputs: readonly Operand[]): Float64Array {
  return elementwiseValues(op, inputs).at(-1) ?? new Float64Array(0);
}

/** The views, then the results of all steps, in the shape of the output. */
export function elementwiseValues({ shape, views, steps }: ElementwiseOp, inputs: readonly Operand[]): Float64Array[] {
  const none: Operand = operandOf({ shape: [0], values: new Float64Array(0) });
  const values = views.map(({ input, part }) => {
    const x = inputs[input] ?? none;
    return broadcast(part ? { shape: [...part.size], values: slice(x, part.begin, part.size) } : x, shape);
  });
  for (const { fn, operands } of steps) {
    const [a = none, b = none] = operands.map(
      (i): Operand => ({ shape: [...shape], values: values[i] ?? none.values }),
    );
    values.push(typeof fn === "string" ? binary(fn, a, b) : a.values.map((v) => unary(fn, v)));
  }
  return values;
}
