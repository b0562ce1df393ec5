/** Tables of text, which are Markdown too, and numbers as they stand in them. */

/** Three significant digits. */
export function formatMs(ms: number): string {
  return ms >= 1000 ? ms.toFixed(0) : ms.toPrecision(3);
}

/** In units of 2¹⁰ or 2²⁰ bytes. */
export function formatBytes(bytes: number): string {
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 10).toFixed(1)} KiB`;
}

/** First column to the left, the others to the right. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((line) => [...(line[i] ?? "")].length)));
  const pad = (line: readonly string[]): string =>
    `| ${line.map((cell, i) => (i === 0 ? cell + space(i, cell) : space(i, cell) + cell)).join(" | ")} |`;
  const space = (i: number, cell: string): string => " ".repeat((widths[i] ?? 0) - [...cell].length);
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [pad(head), rule, ...body.map(pad)].join("\n");
}
