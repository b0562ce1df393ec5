/** Objects in JSON, told from other values. */

/** An object in JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is one. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
