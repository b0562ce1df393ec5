/** Rows of a table by number, and the gradient of that by the table. */
import { at, type Operand } from "./operand.ts";

/** `gather`: indices `[…]`, table `[rows, d]`; rows that do not exist are NaN. */
export function gather(indices: Operand, table: Operand): Float64Array {
  const d = at(table.shape, 1);
  const y = new Float64Array(indices.values.length * d);
  indices.values.forEach((index, i) => {
    const row = rowOf(index, at(table.shape, 0));
    for (let c = 0; c < d; c++) y[i * d + c] = row === null ? Number.NaN : at(table.values, row * d + c);
  });
  return y;
}

/** `gather_grad`: indices `[…]`, dy `[…, d]`; each row the sum of the dy that its number took. */
export function gatherGrad(rows: number, indices: Operand, dy: Operand): Float64Array {
  const d = at(dy.shape, dy.shape.length - 1);
  const table = new Float64Array(rows * d);
  indices.values.forEach((index, i) => {
    const row = rowOf(index, rows);
    if (row === null) return;
    for (let c = 0; c < d; c++) table[row * d + c] = at(table, row * d + c) + at(dy.values, i * d + c);
  });
  return table;
}

/** Cut towards zero, negative from the end, null outside `[−rows, rows)` and for NaN. */
function rowOf(index: number, rows: number): number | null {
  const whole = Math.trunc(index);
  if (!(whole >= -rows && whole < rows)) return null;
  return whole < 0 ? whole + rows : whole + 0;
}
