/** Names as Keras counts them: `depthwise_conv1d`, `depthwise_conv1d_1`, … (Keras: `auto_name`, `to_snake_case`). */

const counts = new Map<string, number>();

/** The next free automatic name for a class. Explicit names neither consume nor check the count. */
export function autoName(className: string): string {
  const base = toSnakeCase(className);
  const count = counts.get(base) ?? 0;
  counts.set(base, count + 1);
  return count === 0 ? base : `${base}_${count}`;
}

/** Starts counting names anew (Keras: `keras.utils.clear_session`). */
export function clearSession(): void {
  counts.clear();
}

/** `DepthwiseConv1D` → `depthwise_conv1d`. Source: `keras.src.utils.naming.to_snake_case`. */
export function toSnakeCase(name: string): string {
  return name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
