/**
 * Several element-wise functions in a row over chunks that stay in L1: views of the inputs, then steps that read views and earlier results
 * and write to registers (chunks of the workspace) or, the last one, to the dense output. Loops: two of rows, one of columns.
 */
import { binaryRange } from "./binary";
import { unaryRange } from "./unary";

const OUTER: usize = 32;
const ROWS: usize = 36;
const COLUMNS: usize = 40;
/** Elements of a chunk. */
export const CHUNK: usize = 44;
/** How many, and where they lie. */
export const VIEWS: usize = 48;
const STEPS: usize = 56;
/** How many chunks of the workspace, and room for the pointers of views, registers and output, in this order. */
export const REGISTERS: usize = 64;
export const POINTERS: usize = 68;

/** A view: where the address of its input is, then bytes: offset, and from one element of each loop to the next. */
const VIEW_SIZE: usize = 20;
/** A step: 0 function, 4 its number of operands, 8 and 12 their pointers, 16 that of the result, 20 the mode of `binaryRange`, 24 parameters. */
const STEP_SIZE: usize = 36;

/** All steps of `n` elements. */
export function runSteps(block: usize, n: i32): void {
  let step = load<usize>(block, STEPS + 4);
  for (let left = load<i32>(block, STEPS); left > 0; left--) {
    const fn = load<i32>(step);
    const a = load<usize>(load<usize>(step, 8));
    const y = load<usize>(load<usize>(step, 16));
    if (load<i32>(step, 4) == 1) unaryRange(fn, a, y, n, step + 24);
    else binaryRange(fn, a, load<usize>(load<usize>(step, 12)), y, n, load<i32>(step, 20));
    step += STEP_SIZE;
  }
}

/** Where the views are at an element of the loops. */
function pointViews(block: usize, outer: i32, row: i32, column: i32): void {
  let view = load<usize>(block, VIEWS + 4);
  let to = load<usize>(block, POINTERS);
  for (let left = load<i32>(block, VIEWS); left > 0; left--) {
    const start = load<usize>(load<usize>(view)) + load<usize>(view, 4);
    store<usize>(
      to,
      start + outer * load<i32>(view, 8) + row * load<i32>(view, 12) + column * load<i32>(view, 16),
    );
    to += 4;
    view += VIEW_SIZE;
  }
}

export function elementwise(block: usize): void {
  const columns = load<i32>(block, COLUMNS);
  const chunk = load<i32>(block, CHUNK);
  let to = load<usize>(block, POINTERS) + (load<usize>(block, VIEWS) << 2);
  let register = load<usize>(block, 8);
  for (let left = load<i32>(block, REGISTERS); left > 0; left--) {
    store<usize>(to, register);
    register += <usize>chunk << 2;
    to += 4;
  }
  let y = load<usize>(block);
  for (let o = 0, outer = load<i32>(block, OUTER); o < outer; o++) {
    for (let r = 0, rows = load<i32>(block, ROWS); r < rows; r++) {
      for (let c = 0; c < columns; c += chunk) {
        const n = min(chunk, columns - c);
        pointViews(block, o, r, c);
        store<usize>(to, y);
        runSteps(block, n);
        y += <usize>n << 2;
      }
    }
  }
}
