/** Options that a function does not know are refused by name, so that a misspelt one is not ignored. */
import { ValueError } from "@keras-ts/core";

/** Throws ValueError where `options` is no object, or has a key that is not in `known`. */
export function checkOptions(functionName: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new ValueError(`${functionName} takes its options as one object. Received: options=${String(options)}`);
  const unknown = Object.entries(options).filter(([name, value]) => value !== undefined && !known.includes(name));
  if (unknown.length === 0) return;
  throw new ValueError(
    `${functionName} has no such option. Received: ${unknown.map(([name]) => name).join(", ")}. Known: ${known.join(", ")}.`,
  );
}
