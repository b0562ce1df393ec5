/** Tables of text with ruled rows, in the widths and line breaks that the Python package rich chooses (its box `HEAVY_HEAD`). */

/** How a column looks. */
export interface Column {
  readonly header: string;
  /** Characters wanted, without the blank on either side. */
  readonly width: number;
  readonly align: "left" | "right" | "center";
}

/**
 * The lines of a table. The columns together are as wide as their widths: what rules and blanks take is taken from them
 * evenly.
 */
export function drawTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const total = columns.reduce((sum, { width }) => sum + width, 0);
  const widths = shrink(
    columns.map(({ width }) => width + 2),
    total - (columns.length + 1),
  ).map((width) => width - 2);
  const rule = (left: string, middle: string, right: string, dash: string) =>
    left + widths.map((width) => dash.repeat(width + 2)).join(middle) + right;
  const row = (bar: string, cells: readonly string[]): string[] => {
    const wrapped = columns.map((_, i) => wrap(cells[i] ?? "", widths[i] ?? 0));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const texts = columns.map(({ align }, i) => aligned(wrapped[i]?.[line] ?? "", widths[i] ?? 0, align));
      return `${bar} ${texts.join(` ${bar} `)} ${bar}`;
    });
  };
  return [
    rule("┏", "┳", "┓", "━"),
    ...row(
      "┃",
      columns.map(({ header }) => header),
    ),
    rule("┡", "╇", "┩", "━"),
    ...rows.flatMap((cells, i) => [...(i === 0 ? [] : [rule("├", "┼", "┤", "─")]), ...row("│", cells)]),
    rule("└", "┴", "┘", "─"),
  ];
}

/** Takes the excess over `limit` from all widths alike, halves rounded to even. */
function shrink(widths: readonly number[], limit: number): number[] {
  let excess = widths.reduce((sum, width) => sum + width, 0) - limit;
  return widths.map((width, i) => {
    if (excess <= 0) return width;
    const share = Math.min(width, roundHalfToEven(excess / (widths.length - i)));
    excess -= share;
    return width - share;
  });
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Words in lines of this width; a word that is longer is cut short. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/\s*\S+\s*/g) ?? []) {
    if (line !== "" && line.length + word.trimEnd().length > width) {
      lines.push(line);
      line = word;
    } else line += word;
  }
  return [...lines, line].map((one) => {
    const trimmed = one.trimEnd();
    return trimmed.length <= width ? trimmed : `${trimmed.slice(0, width - 1)}…`;
  });
}

function aligned(text: string, width: number, align: Column["align"]): string {
  if (align === "left") return text.padEnd(width);
  if (align === "right") return text.padStart(width);
  const before = Math.floor((width - text.length) / 2);
  return (" ".repeat(Math.max(before, 0)) + text).padEnd(width);
}
