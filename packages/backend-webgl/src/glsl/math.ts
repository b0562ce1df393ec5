/**
 * exp, log and their kin for float32, with a relative error of about two units in the last place, because GLSL allows its
 * own `exp`, `log` and `tanh` many more and drivers use that freedom. Polynomials are those of Cephes (Moshier,
 * `single/*.c`), which XLA uses too. NaN is tested on bits: compilers may assume that floats are never NaN.
 */

const NAN = "uintBitsToFloat(0x7fc00000u)";
const INF = "uintBitsToFloat(0x7f800000u)";

const BASIC = `
#define NAN ${NAN}
#define INF ${INF}
bool isNaN(float x) { return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u; }
bool isFinite(float x) { return (floatBitsToUint(x) & 0x7fffffffu) < 0x7f800000u; }
// 2^k for -126 ≤ k ≤ 127, from its bits.
float pow2(int k) { return uintBitsToFloat(uint(k + 127) << 23); }
// v·2^k in two steps, so that neither factor leaves the range of a float.
float scale(float v, int k) { int h = k >> 1; return v * pow2(h) * pow2(k - h); }
`;

// x = k·ln 2 + r, |r| ≤ ln 2 / 2; then e^r − 1 by its series to r⁷ (next term < 2⁻²⁷ of the sum).
const EXP = `
float expm1Reduced(float r) {
  float p = 1.9841270e-4;
  p = p * r + 1.3888889e-3;
  p = p * r + 8.3333333e-3;
  p = p * r + 4.1666667e-2;
  p = p * r + 1.6666667e-1;
  p = p * r + 0.5;
  return p * r * r + r;
}
float reduce(float x, out int k) {
  float n = floor(x * 1.44269504 + 0.5);
  k = int(n);
  return (x - n * 0.693359375) + n * 2.12194440e-4;
}
float exp_(float x) {
  if (isNaN(x)) return x;
  if (x > 88.72284) return INF;
  if (x < -103.97) return 0.0;
  int k;
  float r = reduce(x, k);
  return scale(1.0 + expm1Reduced(r), k);
}
float expm1_(float x) {
  if (isNaN(x)) return x;
  if (x > 88.72284) return INF;
  if (x < -20.0) return -1.0;
  int k;
  float r = reduce(x, k);
  float p = expm1Reduced(r);
  if (k == 0) return p;
  float half_ = pow2(k - 1);
  return 2.0 * (p * half_ + (half_ - 0.5));
}
`;

// log(1 + f) for √½ − 1 ≤ f < √2 − 1, minus f: Cephes logf.
const LOG = `
float logTail(float f) {
  float z = f * f;
  float p = 7.0376836292e-2;
  p = p * f - 1.1514610310e-1;
  p = p * f + 1.1676998740e-1;
  p = p * f - 1.2420140846e-1;
  p = p * f + 1.4249322787e-1;
  p = p * f - 1.6668057665e-1;
  p = p * f + 2.0000714765e-1;
  p = p * f - 2.4999993993e-1;
  p = p * f + 3.3333331174e-1;
  return p * f * z - 0.5 * z;
}
float log_(float x) {
  if (isNaN(x) || x < 0.0) return NAN;
  if (x == 0.0) return -INF;
  if (floatBitsToUint(x) == 0x7f800000u) return x;
  float tiny = 0.0;
  if (x < 1.1754944e-38) { x *= 8388608.0; tiny = 23.0; }
  uint bits = floatBitsToUint(x) - 0x3f3504f3u; // √½
  float e = float(int(bits) >> 23) - tiny;
  float f = uintBitsToFloat((bits & 0x7fffffu) + 0x3f3504f3u) - 1.0;
  return (logTail(f) - 2.12194440e-4 * e + f) + 0.693359375 * e;
}
// log(1 + x) for x > −1.
float log1p_(float x) {
  if (abs(x) < 0.29) return x + logTail(x);
  float u = 1.0 + x;
  float c = floatBitsToUint(u) == 0x7f800000u ? 0.0 : (x - (u - 1.0)) / u;
  return log_(u) + c;
}
`;

const TANH = `
float tanh_(float x) {
  if (isNaN(x)) return x;
  float a = abs(x);
  if (a > 9.1) return x < 0.0 ? -1.0 : 1.0;
  if (a >= 0.625) { float t = 1.0 - 2.0 / (exp_(2.0 * a) + 1.0); return x < 0.0 ? -t : t; }
  float z = x * x;
  float p = -5.70498872745e-3;
  p = p * z + 2.06390887954e-2;
  p = p * z - 5.37397155531e-2;
  p = p * z + 1.33314422036e-1;
  p = p * z - 3.33332819422e-1;
  return p * z * x + x;
}
// 1 − tanh²x = 4e/(1 + e)², e = exp(−2|x|): no cancellation.
float sech2(float x) { float e = exp_(-2.0 * abs(x)); float d = 1.0 + e; return 4.0 * e / (d * d); }
float sigmoid_(float x) {
  if (x < 0.0) { float e = exp_(x); return e / (1.0 + e); }
  return 1.0 / (1.0 + exp_(-x));
}
float softplus_(float x) { return (x > 0.0 ? x : 0.0) + log1p_(exp_(-abs(x))); }
`;

// Cephes ndtrf.c. exp(−x²) takes the square in two exact parts, or its error would grow with x².
const ERF = `
float expMinusSquare(float x) {
  float h = uintBitsToFloat(floatBitsToUint(x) & 0xfffff000u);
  return exp_(-h * h) * exp_(-(x - h) * (x + h));
}
float erfcTail(float a) {
  if (a > 10.06) return 0.0;
  float q = 1.0 / a;
  float z = q * q;
  float p;
  if (a < 2.0) {
    p = 2.326819970068386e-2;
    p = p * z - 1.387039388740657e-1;
    p = p * z + 3.687424674597105e-1;
    p = p * z - 5.824733027278666e-1;
    p = p * z + 6.210004621745983e-1;
    p = p * z - 4.944515323274145e-1;
    p = p * z + 3.404879937665872e-1;
    p = p * z - 2.741127028184656e-1;
    p = p * z + 5.638259427386472e-1;
  } else {
    p = -1.047766399936249e+1;
    p = p * z + 1.297719955372516e+1;
    p = p * z - 7.495518717768503e+0;
    p = p * z + 2.921019019210786e+0;
    p = p * z - 1.015265279202700e+0;
    p = p * z + 4.218463358204948e-1;
    p = p * z - 2.820767439740514e-1;
    p = p * z + 5.641895067754075e-1;
  }
  return expMinusSquare(a) * q * p;
}
float erfc_(float x) {
  if (isNaN(x)) return x;
  float a = abs(x);
  if (a < 1.0) {
    float z = x * x;
    float p = 7.853861353153693e-5;
    p = p * z - 8.010193625184903e-4;
    p = p * z + 5.188327685732524e-3;
    p = p * z - 2.685381193529856e-2;
    p = p * z + 1.128358514861418e-1;
    p = p * z - 3.761262582423300e-1;
    p = p * z + 1.128379165726710e+0;
    return 1.0 - p * x;
  }
  float y = erfcTail(a);
  return x < 0.0 ? 2.0 - y : y;
}
`;

// The larger lanes; a NaN on either side stays, whatever the driver's max makes of it.
const LARGER = `
vec4 larger(vec4 a, vec4 b) {
  uvec4 top = max(floatBitsToUint(a) & 0x7fffffffu, floatBitsToUint(b) & 0x7fffffffu);
  vec4 m = max(a, b);
  const uint inf = 0x7f800000u;
  return vec4(top.x > inf ? NAN : m.x, top.y > inf ? NAN : m.y, top.z > inf ? NAN : m.z, top.w > inf ? NAN : m.w);
}
`;

/** Groups of GLSL functions; each needs those before it. */
export type MathGroup = "basic" | "larger" | "exp" | "log" | "tanh" | "erf";

const GROUPS: Readonly<Record<MathGroup, string>> = {
  basic: BASIC,
  larger: LARGER,
  exp: EXP,
  log: LOG,
  tanh: TANH,
  erf: ERF,
};

const NEEDS: Readonly<Record<MathGroup, readonly MathGroup[]>> = {
  basic: ["basic"],
  larger: ["basic", "larger"],
  exp: ["basic", "exp"],
  log: ["basic", "log"],
  tanh: ["basic", "exp", "log", "tanh"],
  erf: ["basic", "exp", "erf"],
};

/** Source of a group and of what it needs. */
export function mathSource(...groups: MathGroup[]): string {
  const wanted = new Set(groups.flatMap((group) => NEEDS[group]));
  return (Object.keys(GROUPS) as MathGroup[])
    .filter((group) => wanted.has(group))
    .map((group) => GROUPS[group])
    .join("");
}
