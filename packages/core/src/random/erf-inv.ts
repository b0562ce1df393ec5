/**
 * The inverse error function in float32, rounding where XLA's CPU code rounds, so that normal draws equal JAX's bit for
 * bit: Giles, "Approximating the erfinv function" (2010) over Cephes' log1p and log. Read off the LLVM code that JAX
 * 0.10.2 generates (`XLA_FLAGS=--xla_dump_to=DIR`); products that are added once become fused multiply-adds.
 */
import { fma32 } from "./fma32.ts";

const fround = Math.fround;

/** erf⁻¹(x) for float32 x in [−1, 1]; ±Infinity at ±1. */
export function erfInv(x: number): number {
  if (Math.abs(x) === 1) return x * Number.POSITIVE_INFINITY;
  const w = -log1p(fround(x * -x));
  const central = w < 5;
  const t = fround(central ? w - 2.5 : fround(Math.sqrt(w)) - 3);
  return fround(x * horner(t, central ? CENTRAL : TAIL));
}

/** log(1 + y) for −1 < y ≤ 0. */
function log1p(y: number): number {
  if (Math.abs(y) >= SERIES_BOUND) return log(fround(y + 1));
  const y2 = fround(y * y);
  const ratio = fround(horner(y, LOG1P_NUMERATOR) / horner(y, LOG1P_DENOMINATOR));
  const cubic = fround(fround(y * y2) * ratio);
  return fround(y + fma32(y2, -0.5, cubic));
}

/** Natural logarithm of a positive, normal float32 number. */
function log(x: number): number {
  const [mantissa, exponent] = split(x); // mantissa in [√½, √2)
  const m = fround(mantissa - 1);
  const m2 = fround(m * m);
  const m3 = fround(m2 * m);
  const [p0, p1, p2] = LOG_POLYNOMIALS;
  const tail = fma32(fma32(horner(m, p0), m3, horner(m, p1)), m3, horner(m, p2));
  const low = fma32(tail, m3, fround(exponent * LN2_LOW));
  return fma32(exponent, LN2_HIGH, fround(fma32(m2, -0.5, m) + low));
}

function split(x: number): [number, number] {
  let exponent = Math.floor(Math.log2(x)) + 1;
  let mantissa = x / 2 ** exponent; // exact: a power of two
  if (mantissa < 0.5) {
    mantissa *= 2;
    exponent -= 1;
  } else if (mantissa >= 1) {
    mantissa /= 2;
    exponent += 1;
  }
  return mantissa < SQRT_HALF ? [mantissa * 2, exponent - 1] : [mantissa, exponent];
}

/** c₀xⁿ + … + cₙ with one rounding a step. */
function horner(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (const c of coefficients) sum = fma32(x, sum, c);
  return sum;
}

/** The float32 numbers with these bits. */
function floats(...bits: number[]): number[] {
  return [...new Float32Array(Uint32Array.from(bits).buffer)];
}

const one = (bits: number): number => floats(bits)[0] ?? 0;

const SQRT_HALF = /* @__PURE__ */ one(0x3f3504f3);
const SERIES_BOUND = /* @__PURE__ */ one(0x3ed413cd); // √2 − 1
const LN2_LOW = /* @__PURE__ */ one(0xb95e8083);
const LN2_HIGH = /* @__PURE__ */ one(0x3f318000);
// Cephes logf, its polynomial of degree 8 evaluated as three of degree 2.
const LOG_POLYNOMIALS = /* @__PURE__ */ [
  floats(0x3d9021bb, 0xbdebd1b8, 0x3def251a),
  floats(0xbdfe5d4f, 0x3e11e9bf, 0xbe2aae50),
  floats(0x3e4cceac, 0xbe7ffffc, 0x3eaaaaaa),
] as const;
// Cephes log1p.
const LOG1P_NUMERATOR = /* @__PURE__ */ floats(
  0x383de04b,
  0x3eff40c5,
  0x40d284fa,
  0x41ef4b9c,
  0x4273cc76,
  0x426473ad,
  0x41a05101,
);
const LOG1P_DENOMINATOR = /* @__PURE__ */ floats(
  0x3f800000,
  0x417101ad,
  0x42a6185b,
  0x435dc32d,
  0x439a8ca3,
  0x43586d8a,
  0x42707982,
);
// Giles' polynomials in w − 2.5 (w < 5) and √w − 3.
const CENTRAL = /* @__PURE__ */ floats(
  0x32f16588,
  0x34b84b36,
  0xb66c7357,
  0xb6935ac1,
  0x396532db,
  0xbaa45408,
  0xbb88e4ef,
  0x3e7c8f63,
  0x3fc02e2f,
);
const TAIL = /* @__PURE__ */ floats(
  0xb951f09b,
  0x38d3b56b,
  0x3ab0dc72,
  0xbb70bde7,
  0x3bbc127b,
  0xbbf9c5d7,
  0x3c1aa57e,
  0x3f8036db,
  0x40354f7e,
);
