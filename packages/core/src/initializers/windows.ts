/** SciPy's window functions that need no parameter, by name (`scipy.signal.get_window`), in float64. */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";

/** A symmetric window of M ≥ 2 points. */
type Window = (m: number) => number[];

const cosines =
  (...a: number[]): Window =>
  (m) =>
    // Σ aₖ·cos(k·t), t from −π to π
    points(m, (i) => a.reduce((sum, ak, k) => sum + ak * Math.cos(k * (-Math.PI + (2 * Math.PI * i) / (m - 1))), 0));

/** x runs over the points as −1 … 1. */
const centred =
  (fn: (x: number) => number): Window =>
  (m) =>
    points(m, (i) => fn((2 * i) / (m - 1) - 1));

const hann = cosines(0.5, 0.5);
const boxcar: Window = (m) => points(m, () => 1);
const bartlett = centred((x) => 1 - Math.abs(x));
const blackmanHarris = cosines(0.35875, 0.48829, 0.14128, 0.01168);
const lanczos = centred((x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)));
const cosine: Window = (m) => points(m, (i) => Math.sin((Math.PI / m) * (i + 0.5)));

const WINDOWS: Readonly<Record<string, Window>> = {
  barthann: (m) =>
    points(m, (i) => {
      const f = Math.abs(i / (m - 1) - 0.5);
      return 0.62 - 0.48 * f + 0.38 * Math.cos(2 * Math.PI * f);
    }),
  bartlett,
  blackman: cosines(0.42, 0.5, 0.08),
  blackmanharris: blackmanHarris,
  bohman: (m) =>
    points(m, (i) => {
      const f = Math.abs((2 * i) / (m - 1) - 1);
      return i === 0 || i === m - 1 ? 0 : (1 - f) * Math.cos(Math.PI * f) + Math.sin(Math.PI * f) / Math.PI;
    }),
  boxcar,
  cosine,
  flattop: cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
  hamming: cosines(0.54, 0.46),
  hann,
  lanczos,
  nuttall: cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
  triang: (m) =>
    points(
      m,
      (i) =>
        (m % 2 === 0 ? 2 * Math.min(i, m - 1 - i) + 1 : 2 * Math.min(i, m - 1 - i) + 2) / (m % 2 === 0 ? m : m + 1),
    ),
};

const ALIASES: Readonly<Record<string, string>> = {
  black: "blackman",
  blk: "blackman",
  blackharr: "blackmanharris",
  bkh: "blackmanharris",
  bth: "barthann",
  brthan: "barthann",
  bart: "bartlett",
  brt: "bartlett",
  bman: "bohman",
  bmn: "bohman",
  box: "boxcar",
  ones: "boxcar",
  rect: "boxcar",
  rectangular: "boxcar",
  flat: "flattop",
  flt: "flattop",
  hamm: "hamming",
  ham: "hamming",
  hanning: "hann",
  han: "hann",
  halfcosine: "cosine",
  nutl: "nuttall",
  nut: "nuttall",
  sinc: "lanczos",
  triangle: "triang",
  tri: "triang",
};

// Windows that SciPy knows besides; those in the second row need parameters and are no valid `window` for Keras either.
const OTHERS = ["parzen", "par", "taylor", "taylorwin", "tukey", "tuk", "exponential", "poisson"];

/** Refuses what SciPy does not know, and names what is not offered here. */
export function checkWindowName(name: string): void {
  const canonical = ALIASES[name] ?? name;
  if (Object.hasOwn(WINDOWS, canonical)) return;
  const known = Object.keys(WINDOWS).join(", ");
  if (OTHERS.includes(name))
    throw new UnsupportedError(
      `The window '${name}' is not offered. Received: window=${formatValue(name)}. Use one of ${known}, or its values.`,
    );
  throw new ValueError(`Unknown window type. Received: window=${formatValue(name)}. Known: ${known}.`);
}

/** `scipy.signal.get_window(name, length, fftbins=periodic)`: a periodic window is a symmetric one, one longer, cut. */
export function windowValues(name: string, length: number, periodic: boolean): number[] {
  checkWindowName(name);
  const window = WINDOWS[ALIASES[name] ?? name] ?? boxcar;
  if (length <= 1) return points(length, () => 1);
  return window(periodic ? length + 1 : length).slice(0, length);
}

function points(m: number, value: (i: number) => number): number[] {
  return Array.from({ length: m }, (_, i) => value(i));
}
