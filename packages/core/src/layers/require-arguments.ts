/** Arguments without a default, of classes that look at the values later (Python: the TypeError of a call that leaves one out). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { configKey } from "../serialization/argument-names.ts";

/** Refuses to leave out any of these. */
export function requireArguments<T extends object>(
  className: string,
  args: T,
  ...names: readonly (keyof T & string)[]
): void {
  const missing = names.find((name) => args[name] === undefined);
  if (missing === undefined) return;
  throw new ValueError(
    `${className} is missing the required argument \`${configKey(missing)}\`. Received: ${formatValue(args)}`,
  );
}
