/** Compares one array with Python Keras's, element by element, and says where and how far it is off. */
import type { SampleArray, SampleOutput } from "./samples.ts";

/** How one array of ours compares with Python Keras's. */
export interface OutputComparison {
  /** `layer "conv2d"`, `output 0`. */
  readonly what: string;
  readonly agrees: boolean;
  /** Largest difference of an element. */
  readonly maxError: number;
  /** The largest part that an element takes of what it is allowed: above 1 differs. */
  readonly ratio: number;
  /** What differs and where; empty where it agrees. */
  readonly message: string;
}

/** `ours` is null where the model has no such array. NaN agrees with NaN, an infinity with itself, zeros of either sign are equal. */
export function compareOutput(
  what: string,
  ours: SampleArray | null,
  theirs: SampleOutput,
  relative: number,
): OutputComparison {
  const refused = (message: string) => ({
    what,
    agrees: false,
    maxError: Number.POSITIVE_INFINITY,
    ratio: Number.POSITIVE_INFINITY,
    message: `${what}: ${message}`,
  });
  if (!ours) return refused("the model has none that is called once and gives one tensor.");
  const [found, wanted] = [ours, theirs].map(({ shape }) => `[${shape.join(", ")}]`);
  if (found !== wanted) return refused(`expected shape ${wanted}, got ${found}.`);
  let [maxError, ratio, worst, over] = [0, 0, 0, 0];
  for (let i = 0; i < theirs.data.length; i++) {
    const k = theirs.data[i] ?? Number.NaN;
    const error = distance(ours.data[i] ?? Number.NaN, k);
    const part = error === 0 ? 0 : error / allowance(theirs, k, relative);
    if (error > maxError) maxError = error;
    if (part > 1) over += 1;
    if (part > ratio) {
      ratio = part;
      worst = i;
    }
  }
  if (over === 0) return { what, agrees: true, maxError, ratio, message: "" };
  const [y, k] = [ours.data[worst] ?? Number.NaN, theirs.data[worst] ?? Number.NaN];
  const message =
    `${what}: ${over} of ${theirs.data.length} elements differ, worst at [${indexOf(worst, theirs.shape).join(", ")}]: ` +
    `expected ${show(k)}, got ${show(y)} (off by ${show(distance(y, k))}, allowed ${show(allowance(theirs, k, relative))}).`;
  return { what, agrees: false, maxError, ratio, message };
}

/** `|a − b|`: 0 for two NaN or equal infinities, infinite where only one of them is finite or a number. */
function distance(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

function allowance({ absolute }: SampleOutput, k: number, relative: number): number {
  return absolute + (Number.isFinite(k) ? relative * Math.abs(k) : 0);
}

function indexOf(at: number, shape: readonly number[]): number[] {
  let rest = at;
  return shape
    .map((size) => size)
    .reverse()
    .map((size) => {
      const index = rest % size;
      rest = (rest - index) / size;
      return index;
    })
    .reverse();
}

/** Nine digits tell float32 neighbours apart. */
function show(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value);
}
