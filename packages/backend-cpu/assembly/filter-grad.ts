/**
 * Filter gradient: dw[tap, c, f] = Σ_p x[p + tap, c] · dy[p, f], dense [taps, inC/groups, outC].
 * Tile: 4 input channels (5 with fused multiply-add) × 8 output channels in registers over a block of at most 128 positions of a row, then added
 * to dw, so that no float sum runs over more than a block. Depthwise: 3 neighbouring taps × 8 outputs, whose inputs are
 * loaded once and handed from tap to tap, or one tap × 4 outputs.
 *
 * Block: 32 batch, 36 x and 40 dy batch stride, 44 pieces, 48 their list, 52 groups, 56 and 60 channels of a group in and
 * out, 64 outC, 68 x steps d h w, 80 dy steps d h w, 92 spread table, 96 multiplier, 100 rows of dw, 104 elements of one, 108 from row
 * to row. A part has some groups, or some input channels of the only one, or some taps; the steps stay those of the whole.
 * A piece: {positions d h w, byte offsets of x, dy, dw, taps (1, or 3 where a step of x leads from tap to tap)}, 28 bytes.
 */
import { goesByFives } from "./gemm-tiles";
import { madd, spread, storeUpTo } from "./vector";

const BLOCK = 128;

@inline
function addTo(y: usize, a: v128, b: v128, columns: i32): void {
  storeUpTo(y, f32x4.add(v128.load(y), a), columns);
  if (columns > 4) storeUpTo(y + 16, f32x4.add(v128.load(y, 16), b), columns - 4);
}

/** `rows` × `columns` of dw over `n` positions, 4 or 5 rows at most. */
@inline
function tile(
  fifth: bool, x: usize, xStep: usize, dy: usize, dyStep: usize, n: i32, dw: usize, stride: usize, rows: i32, columns: i32,
): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let a4 = a0;
  let b4 = a0;
  for (; n > 0; n--) {
    const p = v128.load(dy);
    const q = v128.load(dy, 16);
    let s = v128.load32_splat(x);
    a0 = madd(s, p, a0);
    b0 = madd(s, q, b0);
    s = v128.load32_splat(x, 4);
    a1 = madd(s, p, a1);
    b1 = madd(s, q, b1);
    if (fifth && x == dy) break; // never: see gemm-tiles
    s = v128.load32_splat(x, 8);
    a2 = madd(s, p, a2);
    b2 = madd(s, q, b2);
    s = v128.load32_splat(x, 12);
    a3 = madd(s, p, a3);
    b3 = madd(s, q, b3);
    if (fifth) {
      s = v128.load32_splat(x, 16);
      a4 = madd(s, p, a4);
      b4 = madd(s, q, b4);
    }
    x += xStep;
    dy += dyStep;
  }
  addTo(dw, a0, b0, columns);
  if (rows > 1) addTo(dw + stride, a1, b1, columns);
  if (rows > 2) addTo(dw + 2 * stride, a2, b2, columns);
  if (rows > 3) addTo(dw + 3 * stride, a3, b3, columns);
  if (fifth && rows > 4) addTo(dw + 4 * stride, a4, b4, columns);
}

function tile4x8(
  x: usize, xStep: usize, dy: usize, dyStep: usize, n: i32, dw: usize, stride: usize, rows: i32, columns: i32,
): void {
  tile(false, x, xStep, dy, dyStep, n, dw, stride, rows, columns);
}

function tile5x8(
  x: usize, xStep: usize, dy: usize, dyStep: usize, n: i32, dw: usize, stride: usize, rows: i32, columns: i32,
): void {
  tile(true, x, xStep, dy, dyStep, n, dw, stride, rows, columns);
}

/** A block of positions: all of one tap's dw. */
function dense(block: usize, x: usize, dy: usize, n: i32, dw: usize): void {
  const xStep = load<usize>(block, 76);
  const dyStep = load<usize>(block, 88);
  const groups = load<i32>(block, 52);
  const inputs = load<i32>(block, 56);
  const outputs = load<i32>(block, 60);
  const stride = load<usize>(block, 64) << 2;
  const byFives = goesByFives(inputs);
  for (let g = 0; g < groups; g++) {
    for (let c = 0; c < inputs; c += byFives ? 5 : 4) {
      const from = x + (<usize>c << 2);
      const to = dw + <usize>c * stride;
      for (let f = 0; f < outputs; f += 8) {
        const at = <usize>f << 2;
        if (byFives) tile5x8(from, xStep, dy + at, dyStep, n, to + at, stride, inputs - c, outputs - f);
        else tile4x8(from, xStep, dy + at, dyStep, n, to + at, stride, inputs - c, outputs - f);
      }
    }
    x += <usize>inputs << 2;
    dy += <usize>outputs << 2;
    dw += <usize>outputs << 2;
  }
}

/** A block of positions: one tap's dw from output `begin` on, outputs in vectors of 4, each with its own input. */
function depthwise(block: usize, begin: i32, x: usize, dy: usize, n: i32, dw: usize): void {
  const xStep = load<usize>(block, 76);
  const dyStep = load<usize>(block, 88);
  const outputs = load<i32>(block, 52) * load<i32>(block, 60);
  const one = load<i32>(block, 96) == 1;
  const at = <usize>begin << 2;
  let indices = load<usize>(block, 92) + at;
  let first = load<usize>(block, 92) + (<usize>((outputs + 3) >> 2) << 4) + <usize>begin;
  dy += at;
  dw += at;
  for (let left = outputs - begin; left > 0; left -= 4) {
    const from = x + load<usize>(first);
    const sum = one
      ? products(from, xStep, dy, dyStep, n)
      : spreadProducts(from, xStep, dy, dyStep, n, v128.load(indices));
    storeUpTo(dw, f32x4.add(v128.load(dw), sum), left);
    indices += 16;
    first += 4;
    dy += 16;
    dw += 16;
  }
}

/** Σ x·dy of 4 channels, in two sums. */
@inline
function products(x: usize, xStep: usize, dy: usize, dyStep: usize, n: i32): v128 {
  let a = f32x4.splat(0);
  let b = a;
  for (; n >= 2; n -= 2) {
    a = madd(v128.load(x), v128.load(dy), a);
    b = madd(v128.load(x + xStep), v128.load(dy + dyStep), b);
    x += 2 * xStep;
    dy += 2 * dyStep;
  }
  if (n > 0) a = madd(v128.load(x), v128.load(dy), a);
  return f32x4.add(a, b);
}

@inline
function spreadProducts(x: usize, xStep: usize, dy: usize, dyStep: usize, n: i32, indices: v128): v128 {
  let a = f32x4.splat(0);
  for (; n > 0; n--) {
    a = madd(spread(x, indices), v128.load(dy), a);
    x += xStep;
    dy += dyStep;
  }
  return a;
}

/** 3 taps × 8 outputs over `n` positions: tap t + 1 reads at a position what tap t reads at the next. */
function tile3x8(x: usize, xStep: usize, dy: usize, dyStep: usize, n: i32, dw: usize, tapBytes: usize): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let p0 = v128.load(x);
  let q0 = v128.load(x, 16);
  x += xStep;
  let p1 = v128.load(x);
  let q1 = v128.load(x, 16);
  for (; n > 0; n--) {
    x += xStep;
    const p2 = v128.load(x);
    const q2 = v128.load(x, 16);
    const d = v128.load(dy);
    const e = v128.load(dy, 16);
    dy += dyStep;
    a0 = madd(p0, d, a0);
    b0 = madd(q0, e, b0);
    a1 = madd(p1, d, a1);
    b1 = madd(q1, e, b1);
    a2 = madd(p2, d, a2);
    b2 = madd(q2, e, b2);
    p0 = p1;
    q0 = q1;
    p1 = p2;
    q1 = q2;
  }
  addTo(dw, a0, b0, 8);
  addTo(dw + tapBytes, a1, b1, 8);
  addTo(dw + 2 * tapBytes, a2, b2, 8);
}

/** A block of positions: the dw of three neighbouring taps without multiplier. */
function depthwise3(block: usize, x: usize, dy: usize, n: i32, dw: usize): void {
  const xStep = load<usize>(block, 76);
  const dyStep = load<usize>(block, 88);
  const outputs = load<i32>(block, 52);
  const tapBytes = load<usize>(block, 64) << 2;
  const whole = outputs & ~7;
  for (let c = 0; c < whole; c += 8) {
    const at = <usize>c << 2;
    tile3x8(x + at, xStep, dy + at, dyStep, n, dw + at, tapBytes);
  }
  if (whole == outputs) return;
  for (let t = 0; t < 3; t++) {
    depthwise(block, whole, x, dy, n, dw);
    x += xStep;
    dw += tapBytes;
  }
}

/** One image, one piece. */
@inline
function pieceRows(block: usize, piece: usize, x: usize, dy: usize, dw: usize, isDepthwise: bool): void {
  x += load<usize>(piece, 12);
  dy += load<usize>(piece, 16);
  dw += load<usize>(piece, 20);
  const width = load<i32>(piece, 8);
  const taps = load<i32>(piece, 24);
  for (let d = 0, depth = load<i32>(piece); d < depth; d++) {
    for (let h = 0, height = load<i32>(piece, 4); h < height; h++) {
      let px = x + d * load<i32>(block, 68) + h * load<i32>(block, 72);
      let py = dy + d * load<i32>(block, 80) + h * load<i32>(block, 84);
      for (let w = 0; w < width; w += BLOCK) {
        const n = min(BLOCK, width - w);
        if (!isDepthwise) dense(block, px, py, n, dw);
        else if (taps == 3) depthwise3(block, px, py, n, dw);
        else depthwise(block, 0, px, py, n, dw);
        px += <usize>BLOCK * load<usize>(block, 76);
        py += <usize>BLOCK * load<usize>(block, 88);
      }
    }
  }
}

@inline
function clear(block: usize, dw: usize): void {
  const bytes = load<usize>(block, 104) << 2;
  const step = load<usize>(block, 108) << 2;
  for (let rows = load<i32>(block, 100); rows > 0; rows--) {
    memory.fill(dw, 0, bytes);
    dw += step;
  }
}

@inline
function allPieces(block: usize, isDepthwise: bool): void {
  const dw = load<usize>(block);
  clear(block, dw);
  const batch = load<i32>(block, 32);
  const pieces = load<i32>(block, 44);
  for (let n = 0; n < batch; n++) {
    const x = load<usize>(block, 12) + n * load<i32>(block, 36);
    const dy = load<usize>(block, 16) + n * load<i32>(block, 40);
    let piece = load<usize>(block, 48);
    for (let i = 0; i < pieces; i++) {
      pieceRows(block, piece, x, dy, dw, isDepthwise);
      piece += 28;
    }
  }
}

export function filterGradDense(block: usize): void {
  allPieces(block, false);
}

export function filterGradDepthwise(block: usize): void {
  allPieces(block, true);
}
