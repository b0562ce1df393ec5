/**
 * Moves runs of elements: reshape (one run), slice, broadcast and concat (runs at byte strides). Runs either copy or
 * repeat one element.
 */
import { offset0, offset1, start, step } from "./odometer";
import { storeUpTo } from "./vector";

@inline
export function copyRun(x: usize, y: usize, n: i32): void {
  if (n >= 32) {
    memory.copy(y, x, <usize>n << 2);
    return;
  }
  for (; n > 0; n -= 4) {
    storeUpTo(y, v128.load(x), n);
    x += 16;
    y += 16;
  }
}

@inline
function fillRun(x: usize, y: usize, n: i32): void {
  const v = v128.load32_splat(x);
  for (; n > 0; n -= 4) {
    storeUpTo(y, v, n);
    y += 16;
  }
}

/** Block: 32 rows, 36 run, 40 1 to copy or 0 to repeat, 44 x byte offset, 48 y byte offset, 52 rank, 56 axes. */
export function copy(block: usize): void {
  const x = load<usize>(block, 12) + load<usize>(block, 44);
  const y = load<usize>(block, 0) + load<usize>(block, 48);
  const rows = load<i32>(block, 32);
  const n = load<i32>(block, 36);
  const advances = load<i32>(block, 40);
  const rank = load<i32>(block, 52);
  start();
  for (let r = 0; r < rows; r++) {
    if (advances) copyRun(x + offset0, y + offset1, n);
    else fillRun(x + offset0, y + offset1, n);
    step(block + 56, rank);
  }
}

/** Block: 12 the input pointers, then at 32 count, 36 pointer to that many {copy block, input pointer} pairs. */
export function concat(block: usize): void {
  const count = load<i32>(block, 32);
  let entry = load<usize>(block, 36);
  for (let i = 0; i < count; i++) {
    const part = load<usize>(entry);
    store<usize>(part, load<usize>(block));
    store<usize>(part, load<usize>(entry, 4), 12);
    copy(part);
    entry += 8;
  }
}
