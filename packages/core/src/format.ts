/** How values appear in messages: as Python Keras prints them, since that is what users search for. */

/** `(None, 10, 3)`, as Keras prints a shape. */
export function formatShape(shape: readonly (number | null)[]): string {
  const items = shape.map((n) => (n === null ? "None" : String(n)));
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/** Any argument as it appears after `Received: name=`. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value))
    return value.length === 1 ? `(${formatValue(value[0])},)` : `(${value.map(formatValue).join(", ")})`;
  if (typeof value === "function") return `<function ${value.name || "anonymous"}>`;
  if (typeof value === "object") {
    const name = value.constructor?.name ?? "Object";
    if (name !== "Object") return `<${name}>`;
    return `{${Object.entries(value)
      .map(([k, v]) => `'${k}': ${formatValue(v)}`)
      .join(", ")}}`;
  }
  return String(value);
}
