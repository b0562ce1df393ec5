/** The number of units of a recurrent layer. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";

/** Above 0. Fractions pass, as in Keras, and are refused by build. */
export function standardizeUnits(value: unknown): number {
  if (typeof value === "number" && value > 0) return value;
  throw new ValueError(
    `Received an invalid value for argument \`units\`, expected a positive integer. Received: units=${formatValue(value)}`,
  );
}
