/**
 * Filter gradient: dw[tap, c, f] = Σ_p x[p + tap, c] · dy[p, f], dense [taps, inC/groups, outC].
 * Tile: 4 input channels × 8 output channels in 8 registers over a block of at most 128 positions of a row, then added
 * to dw, so that no float sum runs over more than a block. Depthwise: vectors of 4 outputs instead.
 *
 * Block: 32 batch, 36 x and 40 dy batch stride, 44 taps, 48 tap list, 52 groups, 56 and 60 channels of a group in and
 * out, 64 outC, 68 x steps d h w, 80 dy steps d h w, 92 spread table, 96 multiplier, 100 elements of dw.
 * Tap list: {positions d h w, x byte offset, dy byte offset}, 20 bytes each.
 */
import { madd, spread, storeUpTo } from "./vector";

const BLOCK = 128;

@inline
function addTo(y: usize, a: v128, b: v128, columns: i32): void {
  storeUpTo(y, f32x4.add(v128.load(y), a), columns);
  if (columns > 4) storeUpTo(y + 16, f32x4.add(v128.load(y, 16), b), columns - 4);
}

/** `rows` × `columns` of dw over `n` positions. */
function tile4x8(
  x: usize, xStep: usize, dy: usize, dyStep: usize, n: i32, dw: usize, stride: usize, rows: i32, columns: i32,
): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  for (; n > 0; n--) {
    const p = v128.load(dy);
    const q = v128.load(dy, 16);
    let s = v128.load32_splat(x);
    a0 = madd(s, p, a0);
    b0 = madd(s, q, b0);
    s = v128.load32_splat(x, 4);
    a1 = madd(s, p, a1);
    b1 = madd(s, q, b1);
    s = v128.load32_splat(x, 8);
    a2 = madd(s, p, a2);
    b2 = madd(s, q, b2);
    s = v128.load32_splat(x, 12);
    a3 = madd(s, p, a3);
    b3 = madd(s, q, b3);
    x += xStep;
    dy += dyStep;
  }
  addTo(dw, a0, b0, columns);
  if (rows > 1) addTo(dw + stride, a1, b1, columns);
  if (rows > 2) addTo(dw + 2 * stride, a2, b2, columns);
  if (rows > 3) addTo(dw + 3 * stride, a3, b3, columns);
}

/** A block of positions: all of one tap's dw. */
function dense(block: usize, x: usize, dy: usize, n: i32, dw: usize): void {
  const xStep = load<usize>(block, 76);
  const dyStep = load<usize>(block, 88);
  const groups = load<i32>(block, 52);
  const inputs = load<i32>(block, 56);
  const outputs = load<i32>(block, 60);
  const stride = load<usize>(block, 64) << 2;
  for (let g = 0; g < groups; g++) {
    for (let c = 0; c < inputs; c += 4) {
      const from = x + (<usize>c << 2);
      const to = dw + <usize>c * stride;
      for (let f = 0; f < outputs; f += 8) {
        const at = <usize>f << 2;
        tile4x8(from, xStep, dy + at, dyStep, n, to + at, stride, inputs - c, outputs - f);
      }
    }
    x += <usize>inputs << 2;
    dy += <usize>outputs << 2;
    dw += <usize>outputs << 2;
  }
}

/** A block of positions: one tap's dw, outputs in vectors of 4, with each output's own input channel. */
function depthwise(block: usize, x: usize, dy: usize, n: i32, dw: usize): void {
  const xStep = load<usize>(block, 76);
  const dyStep = load<usize>(block, 88);
  const outputs = load<i32>(block, 64);
  let indices = load<usize>(block, 92);
  let first = indices + (<usize>((outputs + 3) >> 2) << 4);
  const one = load<i32>(block, 96) == 1;
  for (let left = outputs; left > 0; left -= 4) {
    let a = f32x4.splat(0);
    let b = a;
    let to = dy;
    let from = x;
    let i = n;
    if (one) {
      for (; i >= 2; i -= 2) {
        a = madd(v128.load(from), v128.load(to), a);
        b = madd(v128.load(from + xStep), v128.load(to + dyStep), b);
        from += 2 * xStep;
        to += 2 * dyStep;
      }
      if (i > 0) a = madd(v128.load(from), v128.load(to), a);
      x += 16;
    } else {
      const shuffle = v128.load(indices);
      from += load<usize>(first);
      for (; i > 0; i--) {
        a = madd(spread(from, shuffle), v128.load(to), a);
        from += xStep;
        to += dyStep;
      }
      indices += 16;
      first += 4;
    }
    storeUpTo(dw, f32x4.add(v128.load(dw), f32x4.add(a, b)), left);
    dy += 16;
    dw += 16;
  }
}

/** One image, one tap. */
@inline
function tapRows(block: usize, tap: usize, x: usize, dy: usize, dw: usize, isDepthwise: bool): void {
  x += load<usize>(tap, 12);
  dy += load<usize>(tap, 16);
  const width = load<i32>(tap, 8);
  for (let d = 0, depth = load<i32>(tap); d < depth; d++) {
    for (let h = 0, height = load<i32>(tap, 4); h < height; h++) {
      let px = x + d * load<i32>(block, 68) + h * load<i32>(block, 72);
      let py = dy + d * load<i32>(block, 80) + h * load<i32>(block, 84);
      for (let w = 0; w < width; w += BLOCK) {
        const n = min(BLOCK, width - w);
        if (isDepthwise) depthwise(block, px, py, n, dw);
        else dense(block, px, py, n, dw);
        px += <usize>BLOCK * load<usize>(block, 76);
        py += <usize>BLOCK * load<usize>(block, 88);
      }
    }
  }
}

@inline
function allTaps(block: usize, isDepthwise: bool): void {
  const dw = load<usize>(block);
  memory.fill(dw, 0, load<usize>(block, 100) << 2);
  const batch = load<i32>(block, 32);
  const taps = load<i32>(block, 44);
  const tapBytes = (load<usize>(block, 56) * load<usize>(block, 64)) << 2;
  for (let n = 0; n < batch; n++) {
    const x = load<usize>(block, 12) + n * load<i32>(block, 36);
    const dy = load<usize>(block, 16) + n * load<i32>(block, 40);
    let tap = load<usize>(block, 48);
    for (let t = 0; t < taps; t++) {
      tapRows(block, tap, x, dy, dw + <usize>t * tapBytes, isDepthwise);
      tap += 20;
    }
  }
}

export function filterGradDense(block: usize): void {
  allTaps(block, false);
}

export function filterGradDepthwise(block: usize): void {
  allTaps(block, true);
}
