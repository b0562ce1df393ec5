/**
 * 3×3 convolution without strides by Winograd's F(2×2, 3×3): y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A on tiles of 2×2 outputs, 16 products
 * in place of 36 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; the matrices are theirs).
 * A block of tiles is transformed, V[16][tiles][channels], and multiplied panel by panel of 8 output channels: 16 matrix
 * products whose results, M[16][tiles][8], stay in L1 until they are transformed back.
 * Kernels come transformed: [panels][16][inputs][8], see `transformPanels`. Rounding is relative to the largest terms of a tile,
 * not of an output; infinities and NaN are put right afterwards (`direct`).
 */
import { BIAS, complete, isIncomplete, HIGH, LOW } from "./conv-box";
import { clamp, madd, storeUpTo } from "./vector";
import { products } from "./winograd-product";

// The block from byte 32 on: tiles, then as conv-box up to the activation, then these.
const TILES: usize = 32;
const HEIGHT: usize = 64;
const WIDTH: usize = 68;
const OUT_HEIGHT: usize = 72;
const OUT_WIDTH: usize = 76;
const PAD_TOP: usize = 80;
const PAD_LEFT: usize = 84;
const INPUTS: usize = 88;
const OUTPUTS: usize = 92;
const TILE_ROWS: usize = 96;
const TILE_COLUMNS: usize = 100;
/** Tiles a block. */
const BLOCK: usize = 104;
/** Bytes between the 16 matrices of V and of M. Odd numbers of cache lines: a tile touches all 16 at once. */
const V_STEP: usize = 108;
const M_STEP: usize = 112;
/** The first tile of this part; `TILES` is where it ends. */
const FIRST: usize = 116;

// The weights: the address of the panels that they were made from, then the products, then the bias.
const PANELS: usize = 0;
const PRODUCTS: usize = 64;

/** Bᵀ d B of one tile for `channels` channels, rounded up to 4. `step`: bytes between the 16 results. */
function transformInput(x: usize, row: usize, column: usize, to: usize, step: usize, channels: i32): void {
  for (; channels > 0; channels -= 4) {
    const x2 = x + 2 * row;
    const x1 = x + row;
    inputRow(x, x2, column, to, step, false);
    inputRow(x1, x2, column, to + 4 * step, step, true);
    inputRow(x2, x1, column, to + 8 * step, step, false);
    inputRow(x1, x + 3 * row, column, to + 12 * step, step, false);
    x += 16;
    to += 16;
  }
}

/** The row a − b (or a + b) of the tile, then the same along the row. */
@inline
function inputRow(a: usize, b: usize, column: usize, to: usize, step: usize, plus: bool): void {
  const r0 = combine(v128.load(a), v128.load(b), plus);
  const r1 = combine(v128.load(a + column), v128.load(b + column), plus);
  const r2 = combine(v128.load(a + 2 * column), v128.load(b + 2 * column), plus);
  const r3 = combine(v128.load(a + 3 * column), v128.load(b + 3 * column), plus);
  v128.store(to, f32x4.sub(r0, r2));
  v128.store(to + step, f32x4.add(r1, r2));
  v128.store(to + 2 * step, f32x4.sub(r2, r1));
  v128.store(to + 3 * step, f32x4.sub(r1, r3));
}

@inline
function combine(a: v128, b: v128, plus: bool): v128 {
  return plus ? f32x4.add(a, b) : f32x4.sub(a, b);
}

/** Transforms the tiles [begin, begin + n) into V. A tile over the border is copied to `patch`, between zeros. */
function transformBlock(block: usize, begin: i32, n: i32, v: usize, patch: usize): void {
  const inputs = load<i32>(block, INPUTS);
  const padded = (<usize>inputs + 3) & ~3;
  const height = load<i32>(block, HEIGHT);
  const width = load<i32>(block, WIDTH);
  const columns = load<i32>(block, TILE_COLUMNS);
  const rows = load<i32>(block, TILE_ROWS);
  const column = <usize>inputs << 2;
  const row = column * width;
  const step = load<usize>(block, V_STEP);
  for (let i = 0; i < n; i++) {
    const tile = begin + i;
    const left = 2 * (tile % columns) - load<i32>(block, PAD_LEFT);
    const rest = tile / columns;
    const top = 2 * (rest % rows) - load<i32>(block, PAD_TOP);
    const image = load<usize>(block, 12) + <usize>(rest / rows) * height * row;
    if (top >= 0 && left >= 0 && top + 4 <= height && left + 4 <= width) {
      transformInput(image + top * row + left * column, row, column, v, step, inputs);
    } else {
      for (let r = 0; r < 4; r++) {
        for (let c = 0; c < 4; c++) {
          const y = top + r;
          const x = left + c;
          const to = patch + <usize>(4 * r + c) * (padded << 2);
          if (y >= 0 && y < height && x >= 0 && x < width) memory.copy(to, image + y * row + x * column, column);
          else memory.fill(to, 0, column);
        }
      }
      transformInput(patch, padded << 4, padded << 2, v, step, inputs);
    }
    v += padded << 2;
  }
}

/** Row 0 of Aᵀ, 1 1 1 0, times a column of the products. */
@inline
function upper(m: usize, step: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m), v128.load(m + 4 * step)), v128.load(m + 8 * step));
}

/** Row 1 of Aᵀ: 0 1 −1 −1. */
@inline
function lower(m: usize, step: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m + 4 * step), v128.load(m + 8 * step)), v128.load(m + 12 * step));
}

/** Writes the outputs of one tile that exist, 4 channels of each. Returns whether all of them are finite numbers before the bias. */
@inline
function transformOutput(
  block: usize, m: usize, step: usize, bias: usize, y: usize, row: usize, column: usize, right: bool, below: bool,
  channels: i32,
): bool {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const b = v128.load(bias);
  let c1 = upper(m + step, step);
  let c2 = upper(m + 2 * step, step);
  let first = f32x4.add(f32x4.add(upper(m, step), c1), c2);
  let second = f32x4.sub(f32x4.sub(c1, c2), upper(m + 3 * step, step));
  let total = f32x4.add(first, second);
  storeUpTo(y, clamp(f32x4.add(first, b), lo, hi), channels);
  if (right) storeUpTo(y + column, clamp(f32x4.add(second, b), lo, hi), channels);
  c1 = lower(m + step, step);
  c2 = lower(m + 2 * step, step);
  first = f32x4.add(f32x4.add(lower(m, step), c1), c2);
  second = f32x4.sub(f32x4.sub(c1, c2), lower(m + 3 * step, step));
  total = f32x4.add(total, f32x4.add(first, second));
  if (below) {
    storeUpTo(y + row, clamp(f32x4.add(first, b), lo, hi), channels);
    if (right) storeUpTo(y + row + column, clamp(f32x4.add(second, b), lo, hi), channels);
  }
  // 0 · x is not equal to 0 for infinities and NaN.
  return i32x4.all_true(f32x4.eq(f32x4.mul(total, f32x4.splat(0)), f32x4.splat(0)));
}

/** Transforms one panel's products back, for the tiles [begin, begin + n). `f`: the first channel of the panel. */
function transformPanel(block: usize, begin: i32, n: i32, f: i32, bias: usize, m: usize): void {
  const outputs = load<i32>(block, OUTPUTS);
  const columns = load<i32>(block, TILE_COLUMNS);
  const rows = load<i32>(block, TILE_ROWS);
  const height = load<i32>(block, OUT_HEIGHT);
  const width = load<i32>(block, OUT_WIDTH);
  const column = <usize>outputs << 2;
  const row = column * width;
  const step = load<usize>(block, M_STEP);
  const channels = outputs - f;
  for (let tile = begin; tile < begin + n; tile++) {
    const left = 2 * (tile % columns);
    const rest = tile / columns;
    const top = 2 * (rest % rows);
    const image = rest / rows;
    const y = load<usize>(block) + (<usize>image * height + top) * row + left * column + (<usize>f << 2);
    const right = left + 1 < width;
    const below = top + 1 < height;
    let finite = transformOutput(block, m, step, bias, y, row, column, right, below, channels);
    if (channels > 4) {
      const other = transformOutput(block, m + 16, step, bias + 16, y + 16, row, column, right, below, channels - 4);
      finite = finite && other;
    }
    if (!finite) {
      for (let r = top; r < min(top + 2, height); r++) {
        for (let c = left; c < min(left + 2, width); c++) direct(block, image, r, c, f, bias);
      }
    }
    m += 32;
  }
}

/**
 * 8 channels of one output from its own 3×3 window: an infinity or NaN, or a sum too large for a float, has spread over a whole
 * tile, and belongs to those outputs only whose windows hold it.
 */
function direct(block: usize, image: i32, r: i32, c: i32, f: i32, bias: usize): void {
  const inputs = load<i32>(block, INPUTS);
  const outputs = load<i32>(block, OUTPUTS);
  const height = load<i32>(block, HEIGHT);
  const width = load<i32>(block, WIDTH);
  let w = load<usize>(load<usize>(block, 4), PANELS) + <usize>(f >> 3) * 9 * (<usize>inputs << 5);
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  for (let i = 0; i < 9; i++) {
    const y = r - load<i32>(block, PAD_TOP) + i / 3;
    const x = c - load<i32>(block, PAD_LEFT) + i % 3;
    if (y >= 0 && y < height && x >= 0 && x < width) {
      let from = load<usize>(block, 12) + (((<usize>(image * height + y) * width + x) * inputs) << 2);
      for (let k: usize = 0; k < <usize>inputs << 5; k += 32) {
        const s = v128.load32_splat(from);
        sum0 = madd(s, v128.load(w + k), sum0);
        sum1 = madd(s, v128.load(w + k, 16), sum1);
        from += 4;
      }
    }
    w += <usize>inputs << 5;
  }
  const to = load<usize>(block) + (((<usize>(image * load<i32>(block, OUT_HEIGHT) + r) * load<i32>(block, OUT_WIDTH) + c) * outputs + f) << 2);
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  storeUpTo(to, clamp(f32x4.add(sum0, v128.load(bias)), lo, hi), outputs - f);
  if (outputs - f > 4) storeUpTo(to + 16, clamp(f32x4.add(sum1, v128.load(bias, 16)), lo, hi), outputs - f - 4);
}

/** `complete` over the outputs of the tiles [begin, begin + n). */
function completeBlock(block: usize, begin: i32, n: i32): void {
  const outputs = load<i32>(block, OUTPUTS);
  const columns = load<i32>(block, TILE_COLUMNS);
  const rows = load<i32>(block, TILE_ROWS);
  const height = load<i32>(block, OUT_HEIGHT);
  const width = load<i32>(block, OUT_WIDTH);
  for (let tile = begin; tile < begin + n; tile++) {
    const left = 2 * (tile % columns);
    const rest = tile / columns;
    const top = 2 * (rest % rows);
    const count = min(2, width - left) * outputs;
    const bottom = min(top + 2, height);
    for (let r = top; r < bottom; r++) {
      const position = (<usize>(rest / rows) * height + r) * width + left;
      complete(block, load<usize>(block) + ((position * outputs) << 2), count);
    }
  }
}

export function convWinograd(block: usize): void {
  const inputs = load<i32>(block, INPUTS);
  const outputs = load<i32>(block, OUTPUTS);
  const tiles = load<i32>(block, TILES);
  const size = load<i32>(block, BLOCK);
  const stride = ((<usize>inputs + 3) & ~3) << 2;
  const v = load<usize>(block, 8);
  const vStep = load<usize>(block, V_STEP);
  const mStep = load<usize>(block, M_STEP);
  const m = v + 16 * vStep;
  const patch = m + 16 * mStep;
  const product = <usize>inputs << 5; // bytes of one of the 16 kernels of a panel
  for (let begin = load<i32>(block, FIRST); begin < tiles; begin += size) {
    const n = min(size, tiles - begin);
    transformBlock(block, begin, n, v, patch);
    let w = load<usize>(block, 4) + PRODUCTS;
    let bias = w + load<usize>(block, BIAS);
    for (let f = 0; f < outputs; f += 8) {
      for (let e: usize = 0; e < 16; e++) {
        // The last may be tiles of an earlier block: computed, and not transformed back.
        products(v + e * vStep, stride, w, inputs, m + e * mStep, n);
        w += product;
      }
      transformPanel(block, begin, n, f, bias, m);
      bias += 32;
    }
    if (isIncomplete(block)) completeBlock(block, begin, n);
  }
}

/**
 * G g Gᵀ of packed panels ([9][inputs][8] each, see `pack`), which must stay where they are; in doubles, rounded once.
 * Block: 0 to, 4 from, 8 panels, 12 inputs.
 */
export function transformPanels(block: usize): void {
  let from = load<usize>(block, 4);
  store<usize>(load<usize>(block), from, PANELS);
  let to = load<usize>(block) + PRODUCTS;
  const inputs = load<usize>(block, 12);
  const step = inputs << 5;
  for (let panel = load<i32>(block, 8); panel > 0; panel--) {
    for (let i: usize = 0; i < step; i += 4) transformKernel(from + i, to + i, step);
    from += 9 * step;
    to += 16 * step;
  }
}

/** One 3×3 kernel, its numbers `step` bytes apart, as are the 16 results. */
function transformKernel(from: usize, to: usize, step: usize): void {
  for (let r: usize = 0; r < 4; r++) {
    const g0 = kernelRow(from, 3 * step, r);
    const g1 = kernelRow(from + step, 3 * step, r);
    const g2 = kernelRow(from + 2 * step, 3 * step, r);
    for (let c: usize = 0; c < 4; c++) store<f32>(to + (4 * r + c) * step, <f32>weighted(g0, g1, g2, c));
  }
}

/** Row `r` of G times a column of the kernel. */
@inline
function kernelRow(from: usize, row: usize, r: usize): f64 {
  return weighted(<f64>load<f32>(from), <f64>load<f32>(from + row), <f64>load<f32>(from + 2 * row), r);
}

/** Row `r` of G: 1 0 0, ½ ½ ½, ½ −½ ½, 0 0 1. */
@inline
function weighted(a: f64, b: f64, c: f64, r: usize): f64 {
  if (r == 0) return a;
  if (r == 3) return c;
  return r == 1 ? 0.5 * (a + b + c) : 0.5 * (a - b + c);
}
