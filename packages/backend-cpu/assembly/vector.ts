/**
 * Four float32 lanes: multiply-add, partial stores, selects. Kernels may load up to 64 bytes past the end of a tensor
 * (the heap pads every allocation), but never store past it.
 */

/** `a·b + c`: one rounding in the relaxed build, two in the plain one. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Stores the first `n` (1 to 3) lanes. */
@inline
export function storePart(y: usize, v: v128, n: i32): void {
  if (n >= 2) {
    v128.store64_lane(y, v, 0);
    if (n == 3) v128.store32_lane(y, v, 2, 8);
  } else {
    v128.store32_lane(y, v, 0);
  }
}

/** Stores the first `min(n, 4)` lanes of a value, n ≥ 1. */
@inline
export function storeUpTo(y: usize, v: v128, n: i32): void {
  if (n >= 4) v128.store(y, v);
  else storePart(y, v, n);
}

const LANE_MASKS: usize = memory.data<i32>([0, 0, 0, 0, -1, 0, 0, 0, -1, -1, 0, 0, -1, -1, -1, 0, -1, -1, -1, -1], 16);

/** `v` in the first `n` (0 to 4) lanes, `fill` in the others. */
@inline
export function keepLanes(v: v128, fill: v128, n: i32): v128 {
  return v128.bitselect(v, fill, v128.load(LANE_MASKS + (<usize>n << 4)));
}

/** `mask ? a : b` lane by lane, for masks that comparisons make. */
@inline
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** Raises to at least `lo` and lowers to at most `hi`; NaN stays NaN. */
@inline
export function clamp(v: v128, lo: v128, hi: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, lo), hi);
}

@inline
export function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** The inputs of four outputs; indices are in range, so the relaxed shuffle gives the same. */
@inline
export function spread(x: usize, indices: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(v128.load(x), indices);
  return i8x16.swizzle(v128.load(x), indices);
}
