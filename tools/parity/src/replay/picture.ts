/** Where an array differs, small enough to embed in a report: error over tolerance on at most 48 × 96 cells. */
import { indexOf, sizeOf } from "../suite/nd-array.ts";

const MAX_ROWS = 48;
const MAX_COLUMNS = 96;

export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** What a row and a column stand for: `channel`, `position`. */
  readonly rowLabel: string;
  readonly columnLabel: string;
  /** Largest error over tolerance in each cell, row-major, two significant digits; -1 where it is not finite. */
  readonly cells: readonly number[];
  /** Which part of the array: `index 1 of the first axis`. */
  readonly title: string;
}

/**
 * The sample that holds element `worst`, laid out on rows and columns: length × channel for one spatial dimension,
 * height × width (largest over channels) for two, depth·height × width for three, all but the last axis × the last otherwise.
 */
export function drawPicture(
  ratios: Float32Array,
  shape: readonly number[],
  worst: number,
  channelsFirst: boolean,
): Picture {
  const layout = layOut(shape, indexOf(worst, shape)[0] ?? 0, channelsFirst);
  const rows = Math.min(layout.rows, MAX_ROWS);
  const columns = Math.min(layout.columns, MAX_COLUMNS);
  const cells = new Array<number>(rows * columns).fill(0);
  for (let i = layout.start; i < layout.end; i++) {
    const [row, column] = layout.place(i - layout.start);
    const at = Math.floor((row * rows) / layout.rows) * columns + Math.floor((column * columns) / layout.columns);
    const ratio = ratios[i] ?? 0;
    const before = cells[at] ?? 0;
    cells[at] = before < 0 || !Number.isFinite(ratio) ? -1 : Math.max(before, ratio);
  }
  return {
    rows,
    columns,
    rowLabel: layout.rowLabel,
    columnLabel: layout.columnLabel,
    title: layout.title,
    cells: cells.map((cell) => (cell > 0 ? Number(cell.toPrecision(2)) : cell)),
  };
}

interface Layout {
  rows: number;
  columns: number;
  rowLabel: string;
  columnLabel: string;
  title: string;
  start: number;
  end: number;
  place(offset: number): [row: number, column: number];
}

function layOut(shape: readonly number[], sample: number, channelsFirst: boolean): Layout {
  if (shape.length < 3) {
    const columns = shape.at(-1) ?? 1;
    const size = sizeOf(shape);
    return {
      rows: Math.max(1, size / Math.max(1, columns)),
      columns: Math.max(1, columns),
      rowLabel: shape.length === 2 ? "axis 0" : "",
      columnLabel: shape.length === 0 ? "" : `axis ${shape.length - 1}`,
      title: "whole array",
      start: 0,
      end: size,
      place: (offset) => [Math.floor(offset / columns), offset % columns],
    };
  }
  const inner = shape.slice(1);
  const size = sizeOf(inner);
  const bounds = { start: sample * size, end: (sample + 1) * size, title: `index ${sample} of the first axis` };
  const channelAxis = channelsFirst ? 0 : inner.length - 1;
  const channels = inner[channelAxis] ?? 1;
  const spatial = inner.filter((_, axis) => axis !== channelAxis);
  const positions = sizeOf(spatial);
  const split = (offset: number): [position: number, channel: number] =>
    channelsFirst
      ? [offset % positions, Math.floor(offset / positions)]
      : [Math.floor(offset / channels), offset % channels];
  if (spatial.length === 1) {
    return {
      ...bounds,
      rows: channels,
      columns: positions,
      rowLabel: "channel",
      columnLabel: "position",
      place: (offset) => [split(offset)[1], split(offset)[0]],
    };
  }
  const width = spatial.at(-1) ?? 1;
  return {
    ...bounds,
    rows: positions / width,
    columns: width,
    rowLabel: spatial.length === 2 ? "height" : "depth · height",
    columnLabel: "width",
    place: (offset) => [Math.floor(split(offset)[0] / width), split(offset)[0] % width],
  };
}
