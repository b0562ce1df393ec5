/**
 * y[a, o, i] = Σ_t w[o][t] · x[a, start(o) + t, i] along one axis of dense [outer, n, inner]. A single weight of 1 copies;
 * else a tile of 16 or 4 neighbouring i takes all terms in registers, 16 terms a partial sum.
 *
 * Block: 32 outer, 36 outputs, 40 inner, 44 x outer stride in bytes, 48 the table: {x byte offset, terms, pointer to the
 * weights} an output, 12 bytes each.
 */
import { copyRun } from "./copy";
import { c4 } from "./math";
import { madd, storeUpTo } from "./vector";

/** Terms a partial sum. */
const RUN = 16;

/** 16 elements (`whole`) or up to 4. */
@inline
function sum(whole: bool, x: usize, y: usize, stride: usize, terms: i32, w: usize, n: i32): void {
  let s0 = c4(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  while (terms > 0) {
    const run = min(terms, RUN);
    let a0 = c4(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (let t = run; t > 0; t--) {
      const weight = v128.load32_splat(w);
      a0 = madd(v128.load(x), weight, a0);
      if (whole) {
        a1 = madd(v128.load(x, 16), weight, a1);
        a2 = madd(v128.load(x, 32), weight, a2);
        a3 = madd(v128.load(x, 48), weight, a3);
      }
      x += stride;
      w += 4;
    }
    s0 = f32x4.add(s0, a0);
    if (whole) {
      s1 = f32x4.add(s1, a1);
      s2 = f32x4.add(s2, a2);
      s3 = f32x4.add(s3, a3);
    }
    terms -= run;
  }
  storeUpTo(y, s0, n);
  if (whole) {
    v128.store(y, s1, 16);
    v128.store(y, s2, 32);
    v128.store(y, s3, 48);
  }
}

/** One output position: `inner` elements. */
@inline
function position(x: usize, y: usize, inner: i32, terms: i32, w: usize): void {
  const stride = <usize>inner << 2;
  if (terms == 1 && load<f32>(w) == 1) {
    copyRun(x, y, inner);
    return;
  }
  for (; inner >= 16; inner -= 16) {
    sum(true, x, y, stride, terms, w, 4);
    x += 64;
    y += 64;
  }
  for (; inner > 0; inner -= 4) {
    sum(false, x, y, stride, terms, w, inner);
    x += 16;
    y += 16;
  }
}

export function resample(block: usize): void {
  const outer = load<i32>(block, 32);
  const outputs = load<i32>(block, 36);
  const inner = load<i32>(block, 40);
  let x = load<usize>(block, 12);
  let y = load<usize>(block);
  for (let a = 0; a < outer; a++) {
    let entry = load<usize>(block, 48);
    for (let o = 0; o < outputs; o++) {
      position(x + load<usize>(entry), y, inner, load<i32>(entry, 4), load<usize>(entry, 8));
      y += <usize>inner << 2;
      entry += 12;
    }
    x += load<usize>(block, 44);
  }
}
