/**
 * sparsemax and its gradient over rows of the last axis, by Keras's own rule (core's `op.ts`). Each row's indices are
 * merge-sorted by value, descending and stable, in the workspace; sums and τ are doubles.
 */
import { storeUpTo } from "./vector";

/** Sorts the indices 0…n−1 by x descending, NaN last; returns where they are: `order` or `spare`, n words each. */
function sortDescending(x: usize, order: usize, spare: usize, n: i32): usize {
  for (let i = 0; i < n; i++) store<i32>(order + (<usize>i << 2), i);
  let from = order;
  let to = spare;
  for (let width = 1; width < n; width <<= 1) {
    for (let begin = 0; begin < n; begin += 2 * width) {
      const middle = min(begin + width, n);
      const end = min(begin + 2 * width, n);
      let i = begin;
      let j = middle;
      for (let k = begin; k < end; k++) {
        let left = i < middle;
        if (left && j < end) left = !isAfter(valueAt(x, from, i), valueAt(x, from, j));
        store<i32>(to + (<usize>k << 2), load<i32>(from + (<usize>(left ? i++ : j++) << 2)));
      }
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

@inline
function valueAt(x: usize, order: usize, i: i32): f32 {
  return load<f32>(x + (<usize>load<i32>(order + (<usize>i << 2)) << 2));
}

/** Whether a comes after b in descending order, NaN last. */
@inline
function isAfter(a: f32, b: f32): bool {
  return a < b || (isNaN(a) && !isNaN(b));
}

@inline
function inSupport(z: f64, sum: f64, r: i32): bool {
  return z - (sum - 1) / <f64>r > 0;
}

let support: i32 = 0;

/** τ; leaves |support| in `support`. */
function threshold(x: usize, order: usize, n: i32): f64 {
  let sum: f64 = 0;
  let inside: f64 = 0;
  support = 0;
  for (let i = 0; i < n; i++) {
    const z = <f64>valueAt(x, order, i);
    sum += z;
    if (inSupport(z, sum, i + 1)) {
      support++;
      inside += sum; // Keras adds the cumulative sums themselves
    }
  }
  return (inside - 1) / <f64>support;
}

/** Block: 32 rows, 36 row length. Workspace 2n words. */
export function sparsemax(block: usize): void {
  let x = load<usize>(block, 12);
  let y = load<usize>(block);
  const workspace = load<usize>(block, 8);
  const rows = load<i32>(block, 32);
  const n = load<i32>(block, 36);
  for (let r = 0; r < rows; r++) {
    const order = sortDescending(x, workspace, workspace + (<usize>n << 2), n);
    const tau = f64x2.splat(threshold(x, order, n));
    for (let i = 0; i < n; i += 4) {
      const v = v128.load(x + (<usize>i << 2));
      const low = f64x2.sub(f64x2.promote_low_f32x4(v), tau);
      const high = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3)), tau);
      const shifted = v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
      storeUpTo(y + (<usize>i << 2), f32x4.pmax(shifted, f32x4.splat(0)), n - i);
    }
    x += <usize>n << 2;
    y += <usize>n << 2;
  }
}

function gradRow(x: usize, dy: usize, dx: usize, order: usize, n: i32): void {
  const tau = threshold(x, order, n);
  const size = <f64>support;
  let total: f64 = 0;
  for (let i = 0; i < n; i++) {
    const xi = <f64>load<f32>(x + (<usize>i << 2));
    total += membership(xi - tau) * <f64>load<f32>(dy + (<usize>i << 2));
  }
  const share = support > 0 ? total / size : 0; // no support: τ is −inf and does not depend on x
  // From the last rank to the first, counting the support at or after it.
  let after = 0;
  for (let r = n - 1; r >= 0; r--) {
    const at = <usize>load<i32>(order + (<usize>r << 2)) << 2;
    const z = <f64>load<f32>(x + at);
    if (r < support) after++;
    store<f32>(dx + at, <f32>(membership(z - tau) * <f64>load<f32>(dy + at) - share * <f64>after));
  }
}

@inline
function membership(shifted: f64): f64 {
  return shifted > 0 ? 1 : shifted == 0 ? 0.5 : 0;
}

/** Block: 32 rows, 36 row length. Inputs x, dy. Workspace 2n words. */
export function sparsemaxGrad(block: usize): void {
  let x = load<usize>(block, 12);
  let dy = load<usize>(block, 16);
  let dx = load<usize>(block);
  const workspace = load<usize>(block, 8);
  const rows = load<i32>(block, 32);
  const n = load<i32>(block, 36);
  for (let r = 0; r < rows; r++) {
    gradRow(x, dy, dx, sortDescending(x, workspace, workspace + (<usize>n << 2), n), n);
    x += <usize>n << 2;
    dy += <usize>n << 2;
    dx += <usize>n << 2;
  }
}
