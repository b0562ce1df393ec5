/**
 * Depthwise convolution of 1 to 3 channels at stride 1, as audio has: channels do not fill a vector, so the vector runs
 * along the flattened row, y[e] = act(bias[e mod c] + Σ_taps x[e + tap] · w[tap, e mod c]). Tile: 24 elements in 6
 * registers; 12 is a multiple of every c, so 3 vectors of weights repeat.
 */
import { BIAS, CHANNELS_OUT, HIGH, LOW, TAP_SIZE } from "./conv-box";
import { clamp, madd, storeUpTo } from "./vector";

/** `w[(4·part + lane) mod c]`. */
@inline
function repeat(c: i32, w: usize, part: i32): v128 {
  if (c == 1) return v128.load32_splat(w);
  if (c == 2) return v128.load64_splat(w);
  const v = v128.load(w);
  if (part == 0) return v128.shuffle<f32>(v, v, 0, 1, 2, 0);
  if (part == 1) return v128.shuffle<f32>(v, v, 1, 2, 0, 1);
  return v128.shuffle<f32>(v, v, 2, 0, 1, 2);
}

@inline
function tile24(c: i32, x: usize, y: usize, taps: usize, end: usize, w: usize, bias: usize, lo: v128, hi: v128): void {
  let a0 = repeat(c, bias, 0);
  let a1 = repeat(c, bias, 1);
  let a2 = repeat(c, bias, 2);
  let a3 = a0;
  let a4 = a1;
  let a5 = a2;
  for (; taps != end; taps += TAP_SIZE) {
    const at = x + load<usize>(taps);
    const k = w + load<usize>(taps, 4);
    const w0 = repeat(c, k, 0);
    const w1 = repeat(c, k, 1);
    const w2 = repeat(c, k, 2);
    a0 = madd(v128.load(at), w0, a0);
    a1 = madd(v128.load(at, 16), w1, a1);
    a2 = madd(v128.load(at, 32), w2, a2);
    a3 = madd(v128.load(at, 48), w0, a3);
    a4 = madd(v128.load(at, 64), w1, a4);
    a5 = madd(v128.load(at, 80), w2, a5);
  }
  v128.store(y, clamp(a0, lo, hi));
  v128.store(y, clamp(a1, lo, hi), 16);
  v128.store(y, clamp(a2, lo, hi), 32);
  v128.store(y, clamp(a3, lo, hi), 48);
  v128.store(y, clamp(a4, lo, hi), 64);
  v128.store(y, clamp(a5, lo, hi), 80);
}

/** The first `n` of 4 elements, of which the first is at `part` in the period of 12. */
@inline
function tile4(
  c: i32, part: i32, n: i32, x: usize, y: usize, taps: usize, end: usize, w: usize, bias: usize, lo: v128, hi: v128,
): void {
  let a = repeat(c, bias, part);
  for (; taps != end; taps += TAP_SIZE) {
    a = madd(v128.load(x + load<usize>(taps)), repeat(c, w + load<usize>(taps, 4), part), a);
  }
  storeUpTo(y, clamp(a, lo, hi), n);
}

@inline
function elements(c: i32, block: usize, x: usize, y: usize, n: i32, taps: usize, end: usize): void {
  const w = load<usize>(block, 4);
  const bias = w + load<usize>(block, BIAS);
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  for (; n >= 24; n -= 24) {
    tile24(c, x, y, taps, end, w, bias, lo, hi);
    x += 96;
    y += 96;
  }
  for (; n > 0; n -= 12) {
    tile4(c, 0, n, x, y, taps, end, w, bias, lo, hi);
    if (n > 4) tile4(c, 1, n - 4, x + 16, y + 16, taps, end, w, bias, lo, hi);
    if (n > 8) tile4(c, 2, n - 8, x + 32, y + 32, taps, end, w, bias, lo, hi);
    x += 48;
    y += 48;
  }
}

/** Whether `narrowRow` can do rows with these steps. */
@inline
export function isNarrow(block: usize, xStep: usize, yStep: usize): bool {
  const channels = load<i32>(block, CHANNELS_OUT);
  return channels < 4 && xStep == yStep && yStep == <usize>channels << 2;
}

/** `count` neighbouring positions. */
export function narrowRow(block: usize, x: usize, y: usize, count: i32, taps: usize, end: usize): void {
  const channels = load<i32>(block, CHANNELS_OUT);
  const n = count * channels;
  if (channels == 1) elements(1, block, x, y, n, taps, end);
  else if (channels == 2) elements(2, block, x, y, n, taps, end);
  else elements(3, block, x, y, n, taps, end);
}
