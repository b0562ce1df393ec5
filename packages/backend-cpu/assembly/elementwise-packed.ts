/**
 * `elementwise` where rows are short: so many of them are packed into a chunk that steps have long runs. Views that do not lie as the output
 * does are copied to a chunk of their own before the steps: once, where they repeat, else each time.
 */
import { CHUNK, POINTERS, REGISTERS, runSteps, VIEWS } from "./elementwise";

/** Loops from the outermost: what is not packed, what is, rows inside of that, columns. */
const OUTSIDE: usize = 32;
const COUNT: usize = 36;
const INNER: usize = 40;
const COLUMNS: usize = 72;
/** How much of `COUNT` fits in a chunk. */
const TOGETHER: usize = 76;

/** A view: 0 where the address of its input is; bytes: 4 offset, 8 to 20 steps of the four loops, 28 where its chunk is; 24 how it is read. */
const VIEW_SIZE: usize = 32;
const IN_PLACE = 0;
const FILLED_ONCE = 2;

/** Copies `count` iterations of the packed loop. Whole vectors are stored: what is too much is written over, or beyond the chunk's elements. */
function fill(block: usize, view: usize, from: usize, to: usize, count: i32): void {
  const columns = load<i32>(block, COLUMNS);
  const advances = load<i32>(view, 20) != 0;
  for (let i = 0; i < count; i++) {
    let row = from + i * load<i32>(view, 12);
    for (let j = load<i32>(block, INNER); j > 0; j--) {
      const splat = v128.load32_splat(row);
      for (let c = 0; c < columns; c += 4) {
        const at = <usize>c << 2;
        v128.store(to + at, advances ? v128.load(row + at) : splat);
      }
      to += <usize>columns << 2;
      row += load<usize>(view, 16);
    }
  }
}

/** Makes the views ready for `count` iterations from an element of the loops on. */
function pointViews(block: usize, outside: i32, packed: i32, count: i32): void {
  const first = outside == 0 && packed == 0;
  let view = load<usize>(block, VIEWS + 4);
  let to = load<usize>(block, POINTERS);
  for (let left = load<i32>(block, VIEWS); left > 0; left--) {
    const start = load<usize>(load<usize>(view)) + load<usize>(view, 4);
    const from = start + outside * load<i32>(view, 8) + packed * load<i32>(view, 12);
    const form = load<i32>(view, 24);
    if (form == IN_PLACE) {
      store<usize>(to, from);
    } else {
      const chunk = load<usize>(block, 8) + load<usize>(view, 28);
      if (first || form != FILLED_ONCE) fill(block, view, from, chunk, count);
      store<usize>(to, chunk);
    }
    to += 4;
    view += VIEW_SIZE;
  }
}

export function elementwisePacked(block: usize): void {
  const total = load<i32>(block, COUNT);
  const together = load<i32>(block, TOGETHER);
  const size = load<i32>(block, INNER) * load<i32>(block, COLUMNS);
  let to = load<usize>(block, POINTERS) + (load<usize>(block, VIEWS) << 2);
  let register = load<usize>(block, 8);
  for (let left = load<i32>(block, REGISTERS); left > 0; left--) {
    store<usize>(to, register);
    register += load<usize>(block, CHUNK) << 2;
    to += 4;
  }
  let y = load<usize>(block);
  for (let o = 0, outside = load<i32>(block, OUTSIDE); o < outside; o++) {
    for (let p = 0; p < total; p += together) {
      const count = min(together, total - p);
      pointViews(block, o, p, count);
      store<usize>(to, y);
      runSteps(block, count * size);
      y += <usize>(count * size) << 2;
    }
  }
}
