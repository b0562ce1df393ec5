/** The base of cells whose state is a vector (LSTM, GRU). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { dense } from "../ops/dense.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import { gateProducts } from "./dropout-masks.ts";
import type { PartialShape } from "./layer-args.ts";
import { type GateArgs, RecurrentCell } from "./recurrent-cell.ts";
import { timeMajor } from "./time-steps.ts";

/** Its rows are `[rows, 1, units]`: images of one position, which products take without being reshaped. */
export abstract class VectorCell extends RecurrentCell {
  readonly units: number;

  constructor(name: string, units: unknown, args: GateArgs) {
    const standard = standardizeUnits(units);
    super(name, args);
    this.units = standard;
  }

  override stateShape([batch = null]: PartialShape): (number | null)[] {
    return [batch, this.units];
  }

  override toRows(state: Value): Value {
    return ops.expandDims(state, 1);
  }

  override fromRows(rows: Value): Value {
    return ops.squeeze(rows, 1);
  }
}

/** The products of all steps with the kernel of every gate: `sequences` `[batch, steps, channels]`, masks `[batch, channels]`. */
export function projectVectors(kernel: Value, sequences: Value, masks: readonly Value[] | null): Value {
  const [batch = 0, steps = 0, channels = 0] = shapeOf(sequences);
  const everyStep = masks?.map((mask) => ops.reshape(mask, [batch, 1, channels])) ?? null;
  const product = (x: Value, part: Value) => dense(ops.reshape(timeMajor(x), [steps * batch, 1, channels]), part);
  return gateProducts(kernel, everyStep, product)(sequences);
}

/** Above 0. Fractions pass, as in Keras, and are refused by build. */
function standardizeUnits(value: unknown): number {
  if (typeof value === "number" && value > 0) return value;
  throw new ValueError(
    `Received an invalid value for argument \`units\`, expected a positive integer. Received: units=${formatValue(value)}`,
  );
}
