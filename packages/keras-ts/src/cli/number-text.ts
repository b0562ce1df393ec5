/** Numbers as people read them. */

/** `3.4 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), 3);
  return `${(bytes / 1000 ** power).toFixed(1)} ${["B", "kB", "MB", "GB"][power]}`;
}

/** `[1, 2, …]`, with at most `most` of the numbers, in seven digits. */
export function valuesText(values: ArrayLike<number>, most: number): string {
  const shown = Array.from({ length: Math.min(most, values.length) }, (_, i) => shortNumber(values[i] ?? Number.NaN));
  return `[${shown.join(", ")}${values.length > most ? ", …" : ""}]`;
}

/** Seven digits, which is what a float32 number has. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(7)));
}
