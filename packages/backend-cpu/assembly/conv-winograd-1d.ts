/**
 * 1-D convolution without strides by Winograd's F(2, 3) and F(2, 2): a kernel is cut into runs of 3 and 2 taps, and a tile of two outputs takes 4 products
 * for 3 taps in place of 6, 3 for 2 in place of 4. With inputs d and taps g of a run,
 *   a = (d0 − d2)·g0   b = (d1 + d2)·(g0 + g1 + g2)/2   c = (d2 − d1)·(g0 − g1 + g2)/2   d = (d1 − d3)·g2
 *   a = (d0 − d1)·g0   b = d1·(g0 + g1)                                                  d = (d1 − d2)·g1
 * the outputs are a + b + c and b − c − d. All runs' a add up, and so do their b, c and d: four matrix products
 * M[4][tiles][8], each over the channels of all runs. Two outputs of a tile are a dilation apart.
 * Kernels come transformed: for each panel of 8 output channels the rows of a, b, c and d, [runs][inputs][8] each.
 */
import { BIAS, complete, HIGH, isIncomplete, LOW } from "./conv-box";
import { clamp, madd, storeUpTo } from "./vector";
import { products } from "./winograd-product";

// The block from byte 32 on: where tiles end, then as conv-box up to the activation, then these.
const TILES: usize = 32;
const LENGTH: usize = 64;
const OUT_LENGTH: usize = 68;
const PAD: usize = 72;
const DILATION: usize = 76;
const INPUTS: usize = 80;
const OUTPUTS: usize = 84;
const RUNS_OF_3: usize = 88;
const RUNS_OF_2: usize = 92;
/** Tiles an image. */
const IMAGE_TILES: usize = 96;
/** Tiles a block. */
const BLOCK: usize = 100;
/** Bytes between two of the four matrices of V, of which c may be narrower, and of M. */
const V_STEP: usize = 104;
const M_STEP: usize = 108;
const FIRST: usize = 112;

// The weights: the address of the panels that they were made from, then the rows, then the bias.
const PANELS: usize = 0;
const ROWS: usize = 64;

/** The first output of a tile within its image; the other is a dilation behind it. */
@inline
function firstOutput(tile: i32, dilation: i32): i32 {
  return (tile / dilation) * 2 * dilation + (tile % dilation);
}

/** One tile: inputs `column` bytes apart to the rows of V, whose matrices are `step` apart. */
function transformInput(x: usize, column: usize, to: usize, step: usize, channels: i32, threes: i32, twos: i32): void {
  const run = <usize>channels << 2;
  for (let c: usize = 0; c < run; c += 16) {
    let at = x + c;
    let a = to + c;
    for (let i = 0; i < threes; i++) {
      const d1 = v128.load(at + column);
      const d2 = v128.load(at + 2 * column);
      v128.store(a, f32x4.sub(v128.load(at), d2));
      v128.store(a + step, f32x4.add(d1, d2));
      v128.store(a + 2 * step, f32x4.sub(d2, d1));
      at += 3 * column;
      v128.store(a + 3 * step, f32x4.sub(d1, v128.load(at)));
      a += run;
    }
    for (let i = 0; i < twos; i++) {
      const d1 = v128.load(at + column);
      v128.store(a, f32x4.sub(v128.load(at), d1));
      v128.store(a + step, d1);
      at += 2 * column;
      v128.store(a + 3 * step, f32x4.sub(d1, v128.load(at)));
      a += run;
    }
  }
}

/** Transforms the tiles [begin, begin + n) into V. A tile over the border is copied to `patch`, between zeros. */
function transformBlock(block: usize, begin: i32, n: i32, v: usize, patch: usize): void {
  const inputs = load<i32>(block, INPUTS);
  const length = load<i32>(block, LENGTH);
  const dilation = load<i32>(block, DILATION);
  const threes = load<i32>(block, RUNS_OF_3);
  const twos = load<i32>(block, RUNS_OF_2);
  const taps = 3 * threes + 2 * twos;
  const channelBytes = <usize>inputs << 2;
  const stride = (threes + twos) * channelBytes;
  const step = load<usize>(block, V_STEP);
  for (let tile = begin; tile < begin + n; tile++) {
    const image = tile / load<i32>(block, IMAGE_TILES);
    const first = firstOutput(tile % load<i32>(block, IMAGE_TILES), dilation) - load<i32>(block, PAD);
    const x = load<usize>(block, 12) + <usize>image * length * channelBytes;
    if (first >= 0 && first + taps * dilation < length) {
      transformInput(x + first * channelBytes, dilation * channelBytes, v, step, inputs, threes, twos);
    } else {
      for (let j = 0; j <= taps; j++) {
        const at = first + j * dilation;
        if (at >= 0 && at < length) memory.copy(patch + j * channelBytes, x + at * channelBytes, channelBytes);
        else memory.fill(patch + j * channelBytes, 0, channelBytes);
      }
      transformInput(patch, channelBytes, v, step, inputs, threes, twos);
    }
    v += stride;
  }
}

/** Writes the outputs of one tile that exist, up to 4 channels of each. Returns whether all are finite numbers before the bias. */
@inline
function transformOutput(block: usize, m: usize, step: usize, bias: usize, y: usize, other: usize, channels: i32): bool {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const b = v128.load(m + step);
  const c = v128.load(m + 2 * step);
  const first = f32x4.add(f32x4.add(v128.load(m), b), c);
  const second = f32x4.sub(f32x4.sub(b, c), v128.load(m + 3 * step));
  storeUpTo(y, clamp(f32x4.add(first, v128.load(bias)), lo, hi), channels);
  if (other != 0) storeUpTo(other, clamp(f32x4.add(second, v128.load(bias)), lo, hi), channels);
  // 0 · x is not equal to 0 for infinities and NaN.
  const zero = f32x4.splat(0);
  return i32x4.all_true(f32x4.eq(f32x4.mul(f32x4.add(first, second), zero), zero));
}

/** Transforms one panel's products back, for the tiles [begin, begin + n). `f`: the first channel of the panel. */
function transformPanel(block: usize, begin: i32, n: i32, f: i32, bias: usize, m: usize): void {
  const outputs = load<i32>(block, OUTPUTS);
  const length = load<i32>(block, OUT_LENGTH);
  const dilation = load<i32>(block, DILATION);
  const step = load<usize>(block, M_STEP);
  const channels = outputs - f;
  for (let tile = begin; tile < begin + n; tile++) {
    const image = tile / load<i32>(block, IMAGE_TILES);
    const first = firstOutput(tile % load<i32>(block, IMAGE_TILES), dilation);
    const y = load<usize>(block) + (((<usize>image * length + first) * outputs + f) << 2);
    const other = first + dilation < length ? y + ((<usize>dilation * outputs) << 2) : 0;
    let finite = transformOutput(block, m, step, bias, y, other, channels);
    if (channels > 4) {
      const second = other == 0 ? other : other + 16;
      const rest = transformOutput(block, m + 16, step, bias + 16, y + 16, second, channels - 4);
      finite = finite && rest;
    }
    if (!finite) {
      direct(block, image, first, f, bias);
      if (other != 0) direct(block, image, first + dilation, f, bias);
    }
    m += 32;
  }
}

/** 8 channels of one output from its own window, as in conv-winograd. */
function direct(block: usize, image: i32, o: i32, f: i32, bias: usize): void {
  const inputs = load<i32>(block, INPUTS);
  const outputs = load<i32>(block, OUTPUTS);
  const length = load<i32>(block, LENGTH);
  const taps = 3 * load<i32>(block, RUNS_OF_3) + 2 * load<i32>(block, RUNS_OF_2);
  const tapBytes = <usize>inputs << 5;
  let w = load<usize>(load<usize>(block, 4), PANELS) + <usize>(f >> 3) * taps * tapBytes;
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  for (let j = 0; j < taps; j++) {
    const at = o - load<i32>(block, PAD) + j * load<i32>(block, DILATION);
    if (at >= 0 && at < length) {
      let from = load<usize>(block, 12) + ((<usize>(image * length + at) * inputs) << 2);
      for (let k: usize = 0; k < tapBytes; k += 32) {
        const s = v128.load32_splat(from);
        sum0 = madd(s, v128.load(w + k), sum0);
        sum1 = madd(s, v128.load(w + k, 16), sum1);
        from += 4;
      }
    }
    w += tapBytes;
  }
  const to = load<usize>(block) + ((<usize>(image * load<i32>(block, OUT_LENGTH) + o) * outputs + f) << 2);
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  storeUpTo(to, clamp(f32x4.add(sum0, v128.load(bias)), lo, hi), outputs - f);
  if (outputs - f > 4) storeUpTo(to + 16, clamp(f32x4.add(sum1, v128.load(bias, 16)), lo, hi), outputs - f - 4);
}

/** `complete` over the outputs of the tiles [begin, begin + n). */
function completeBlock(block: usize, begin: i32, n: i32): void {
  const outputs = load<i32>(block, OUTPUTS);
  const length = load<i32>(block, OUT_LENGTH);
  const dilation = load<i32>(block, DILATION);
  for (let tile = begin; tile < begin + n; tile++) {
    const image = tile / load<i32>(block, IMAGE_TILES);
    const first = firstOutput(tile % load<i32>(block, IMAGE_TILES), dilation);
    const y = load<usize>(block) + ((<usize>(image * length + first) * outputs) << 2);
    complete(block, y, outputs);
    if (first + dilation < length) complete(block, y + ((<usize>dilation * outputs) << 2), outputs);
  }
}

export function convWinograd1d(block: usize): void {
  const inputs = load<i32>(block, INPUTS);
  const outputs = load<i32>(block, OUTPUTS);
  const threes = load<i32>(block, RUNS_OF_3);
  const runs = threes + load<i32>(block, RUNS_OF_2);
  const tiles = load<i32>(block, TILES);
  const size = load<i32>(block, BLOCK);
  const vStep = load<usize>(block, V_STEP);
  const mStep = load<usize>(block, M_STEP);
  const v = load<usize>(block, 8);
  const m = v + 4 * vStep;
  const patch = m + 4 * mStep;
  const stride = <usize>(runs * inputs) << 2;
  for (let begin = load<i32>(block, FIRST); begin < tiles; begin += size) {
    const n = min(size, tiles - begin);
    transformBlock(block, begin, n, v, patch);
    let w = load<usize>(block, 4) + ROWS;
    let bias = w + load<usize>(block, BIAS);
    for (let f = 0; f < outputs; f += 8) {
      for (let e: usize = 0; e < 4; e++) {
        const terms = (e == 2 ? threes : runs) * inputs; // runs of 2 have no c; in V they come last
        // The last may be tiles of an earlier block: computed, and not transformed back.
        products(v + e * vStep, stride, w, terms, m + e * mStep, n);
        w += <usize>terms << 5;
      }
      transformPanel(block, begin, n, f, bias, m);
      bias += 32;
    }
    if (isIncomplete(block)) completeBlock(block, begin, n);
  }
}

/**
 * The rows of a, b, c and d from packed panels ([taps][inputs][8] each, see `pack`), which must stay where they are; in doubles, rounded once.
 * Block: 0 to, 4 from, 8 panels, 12 inputs, 16 runs of 3, 20 runs of 2.
 */
export function transformPanels1d(block: usize): void {
  let from = load<usize>(block, 4);
  store<usize>(load<usize>(block), from, PANELS);
  let to = load<usize>(block) + ROWS;
  const step = load<usize>(block, 12) << 5;
  const threes = load<usize>(block, 16);
  const twos = load<usize>(block, 20);
  for (let panel = load<i32>(block, 8); panel > 0; panel--) {
    let a = to;
    let b = a + (threes + twos) * step;
    let c = b + (threes + twos) * step;
    let d = c + threes * step;
    for (let i: usize = 0; i < threes; i++) {
      for (let k: usize = 0; k < step; k += 4) {
        const g0 = <f64>load<f32>(from + k);
        const g1 = <f64>load<f32>(from + step + k);
        const g2 = <f64>load<f32>(from + 2 * step + k);
        store<f32>(a + k, <f32>g0);
        store<f32>(b + k, <f32>(0.5 * (g0 + g1 + g2)));
        store<f32>(c + k, <f32>(0.5 * (g0 - g1 + g2)));
        store<f32>(d + k, <f32>g2);
      }
      from += 3 * step;
      a += step;
      b += step;
      c += step;
      d += step;
    }
    for (let i: usize = 0; i < twos; i++) {
      for (let k: usize = 0; k < step; k += 4) {
        const g0 = <f64>load<f32>(from + k);
        const g1 = <f64>load<f32>(from + step + k);
        store<f32>(a + k, <f32>g0);
        store<f32>(b + k, <f32>(g0 + g1));
        store<f32>(d + k, <f32>g1);
      }
      from += 2 * step;
      a += step;
      b += step;
      d += step;
    }
    to = d;
  }
}
