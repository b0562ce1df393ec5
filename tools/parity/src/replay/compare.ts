/** Compares one array with Keras's, element by element, and keeps what a report needs to say where and how far it is off. */
import { indexOf, type NdArray, showShape, sizeOf } from "../suite/nd-array.ts";
import { FLOAT64_FACTOR, float64Floor, tolerance, ulp } from "./agreement.ts";
import { drawPicture, type Picture } from "./picture.ts";

/** Upper bounds, in ulp, of the histogram's bins; the last bin holds what is beyond, and non-finite errors. */
export const ULP_BINS = [0, 1, 10, 100, 1e3, 1e4, 1e5, 1e6] as const;

export interface Comparison {
  /** `output`, `gradient of kernel`. */
  readonly what: string;
  readonly agrees: boolean;
  readonly maxAbs: number;
  /** Over elements that Keras does not give as zero. */
  readonly maxRel: number;
  /** In spacings of float32 at the larger of the two numbers. */
  readonly maxUlp: number;
  /** The element farthest from its tolerance; the largest error where all is equal. */
  readonly worstIndex: readonly number[];
  readonly expected: number;
  readonly actual: number;
  readonly tolerance: number;
  /** Error over tolerance at that element: above 1 differs. */
  readonly ratio: number;
  readonly error64?: number;
  readonly kerasError64?: number;
  /** Largest magnitude of the float64 result. */
  readonly largest64?: number;
  readonly histogram: readonly number[];
  readonly picture?: Picture;
  readonly message?: string;
}

export interface Expectation {
  readonly what: string;
  readonly expected: NdArray;
  /** Keras's float64 result. */
  readonly truth?: NdArray | undefined;
  /** From `noise/`: one number, or one an element. */
  readonly noise: number | Float64Array;
  /** Replaces the usual allowance: 0 asks for equal bits, another number is relative to Keras's value. */
  readonly relativeOnly?: number;
  readonly channelsFirst?: boolean;
}

export function compare(actual: NdArray, wanted: Expectation): Comparison {
  const { expected, what, noise } = wanted;
  if (showShape(actual.shape) !== showShape(expected.shape) || actual.data.length !== sizeOf(expected.shape)) {
    return unequalShapes(what, actual, expected);
  }
  const size = expected.data.length;
  const histogram = new Array<number>(ULP_BINS.length + 1).fill(0);
  const ratios = new Float32Array(size);
  let [maxAbs, maxRel, maxUlp, worst, worstRatio, over] = [0, 0, 0, 0, -1, 0];
  for (let i = 0; i < size; i++) {
    const y = actual.data[i] ?? Number.NaN;
    const k = expected.data[i] ?? Number.NaN;
    const error = distance(y, k);
    const inUlp = !(error < Infinity) ? Infinity : error === 0 ? 0 : error / ulp(Math.max(Math.abs(y), Math.abs(k))); // finite where zero was expected
    const allowed = allowance(wanted, k, typeof noise === "number" ? noise : (noise[i] ?? 0));
    const ratio = error === 0 ? 0 : error / allowed;
    maxAbs = Math.max(maxAbs, error);
    if (error > 0 && k !== 0) maxRel = Math.max(maxRel, error < Infinity ? error / Math.abs(k) : Infinity);
    maxUlp = Math.max(maxUlp, inUlp);
    const bin = ULP_BINS.findIndex((bound) => inUlp <= bound);
    histogram[bin < 0 ? ULP_BINS.length : bin] = (histogram[bin < 0 ? ULP_BINS.length : bin] ?? 0) + 1;
    ratios[i] = ratio;
    if (!(ratio <= 1)) over++;
    if (ratio > worstRatio) {
      worstRatio = ratio;
      worst = i;
    }
  }
  const k = expected.data[worst] ?? 0;
  const worstNoise = typeof noise === "number" ? noise : (noise[worst] ?? 0);
  const wide = size > 0 && wanted.truth ? againstTruth(actual, expected, wanted.truth, noise) : null;
  const index = indexOf(worst, expected.shape);
  const y = actual.data[worst] ?? 0;
  let message: string | undefined;
  if (over > 0) {
    message =
      `${what}: ${over} of ${size} elements differ; worst at [${index.join(", ")}]: expected ${show(k)}, got ${show(y)}` +
      ` (off by ${show(distance(y, k))}, allowed ${show(allowance(wanted, k, worstNoise))})`;
  } else if (wide && !wide.agrees) {
    message =
      `${what}: farther from the float64 result than Keras: our largest error ${show(wide.error64)}, ` +
      `Keras's ${show(wide.kerasError64)}, allowed ${show(wide.allowed)}`;
  }
  return {
    what,
    agrees: message === undefined,
    maxAbs,
    maxRel,
    maxUlp,
    worstIndex: size > 0 ? index : [],
    expected: k,
    actual: y,
    tolerance: allowance(wanted, k, worstNoise),
    ratio: Math.max(0, worstRatio),
    ...(wide ? { error64: wide.error64, kerasError64: wide.kerasError64, largest64: wide.largest } : {}),
    histogram,
    ...(message === undefined ? {} : { message }),
    ...(over > 0 ? { picture: drawPicture(ratios, expected.shape, worst, wanted.channelsFirst ?? false) } : {}),
  };
}

/** `|a − b|`: 0 for two NaN or equal infinities, infinite where only one of them is finite or a number. */
function distance(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const d = Math.abs(a - b);
  return Number.isNaN(d) ? Infinity : d;
}

function allowance(wanted: Expectation, k: number, noise: number): number {
  return wanted.relativeOnly === undefined
    ? tolerance(Number.isFinite(k) ? k : 0, noise)
    : wanted.relativeOnly * Math.abs(k);
}

function againstTruth(actual: NdArray, expected: NdArray, truth: NdArray, noise: number | Float64Array) {
  let [error64, kerasError64, largest, floor] = [0, 0, 0, 0];
  for (let i = 0; i < truth.data.length; i++) {
    const t = truth.data[i] ?? 0;
    const k = expected.data[i] ?? 0;
    // Beyond float32's range there is no error to measure: an overflow is right or wrong by the first rule.
    if (!Number.isFinite(t) || !Number.isFinite(k)) continue;
    error64 = Math.max(error64, distance(actual.data[i] ?? Number.NaN, t));
    kerasError64 = Math.max(kerasError64, distance(k, t));
    largest = Math.max(largest, Math.abs(t));
    floor = Math.max(floor, typeof noise === "number" ? noise : (noise[i] ?? 0));
  }
  const allowed = Math.max(FLOAT64_FACTOR * kerasError64, float64Floor(largest, floor));
  return { error64, kerasError64, largest, allowed, agrees: error64 <= allowed };
}

function unequalShapes(what: string, actual: NdArray, expected: NdArray): Comparison {
  return {
    what,
    agrees: false,
    maxAbs: Infinity,
    maxRel: Infinity,
    maxUlp: Infinity,
    worstIndex: [],
    expected: Number.NaN,
    actual: Number.NaN,
    tolerance: 0,
    ratio: Infinity,
    histogram: new Array<number>(ULP_BINS.length + 1).fill(0),
    message: `${what}: expected shape ${showShape(expected.shape)}, got ${showShape(actual.shape)} with ${actual.data.length} elements`,
  };
}

/** Nine digits tell float32 neighbours apart. */
function show(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value);
}
