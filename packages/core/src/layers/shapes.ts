/** Shapes as arguments. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";

/** A list of sizes, null for unknown ones. */
export function standardizeShape(value: unknown, name: string): (number | null)[] {
  if (!Array.isArray(value) || value.some((n) => n !== null && (!Number.isInteger(n) || n < 0))) {
    throw new ValueError(
      `\`${name}\` must be a list of sizes, null for unknown ones. Received: ${name}=${formatValue(value)}`,
    );
  }
  return value.map((n: number | null) => n);
}
