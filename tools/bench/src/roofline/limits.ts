/** What the machine gives WebAssembly on one thread: floating-point operations a second, and bytes a second by working set. */
import { LIMITS_RELAXED_SIMD } from "../generated/limits-relaxed-simd.ts";
import { LIMITS_SIMD } from "../generated/limits-simd.ts";

export interface Bandwidth {
  /** What the loop runs over, all arrays together. */
  readonly workingSetBytes: number;
  /** 10⁹ bytes a second, loads and stores. */
  readonly gigabytes: number;
}

export interface Limits {
  /** 10⁹ floating-point operations a second with plain SIMD; a multiply-add counts as two. */
  readonly gflops: number;
  /** The same with relaxed SIMD; null where the engine has none. */
  readonly relaxedGflops: number | null;
  /** The faster of copy and triad, from small working sets to large. */
  readonly bandwidths: readonly Bandwidth[];
}

/** In the first-level cache, in the second, about the third, and beyond all. */
const WORKING_SETS = [24 * 2 ** 10, 384 * 2 ** 10, 2 * 2 ** 20, 8 * 2 ** 20, 192 * 2 ** 20];
const OPERATIONS_A_ROUND = 96;
/** The best of so many samples of at least this long: limits are what is possible. */
const SAMPLES = 7;
const SAMPLE_MS = 20;

interface Loops {
  multiplyAdds(rounds: number): number;
  tiles(rounds: number): number;
  copy(to: number, from: number, bytes: number, times: number): void;
  triad(a: number, b: number, c: number, bytes: number, times: number): void;
  firstByte(): number;
}

/** Takes two to three seconds. */
export async function measureLimits(samples = SAMPLES): Promise<Limits> {
  const plain = await start(LIMITS_SIMD);
  if (!plain) throw new Error("This JavaScript engine has no WebAssembly SIMD.");
  const relaxed = await start(LIMITS_RELAXED_SIMD);
  return {
    gflops: peak(plain, samples),
    relaxedGflops: relaxed && peak(relaxed, samples),
    bandwidths: WORKING_SETS.map((bytes) => ({ workingSetBytes: bytes, gigabytes: bandwidth(plain, bytes, samples) })),
  };
}

/** Of two measurements, what is possible. */
export function larger(a: Limits, b: Limits): Limits {
  const relaxed = [a.relaxedGflops, b.relaxedGflops].filter((gflops) => gflops !== null);
  return {
    gflops: Math.max(a.gflops, b.gflops),
    relaxedGflops: relaxed.length > 0 ? Math.max(...relaxed) : null,
    bandwidths: a.bandwidths.map(({ workingSetBytes, gigabytes }, i) => ({
      workingSetBytes,
      gigabytes: Math.max(gigabytes, b.bandwidths[i]?.gigabytes ?? 0),
    })),
  };
}

/** Whether this engine takes relaxed SIMD. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(decode(LIMITS_RELAXED_SIMD));
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

async function start(base64: string): Promise<Loops | null> {
  const bytes = decode(base64);
  if (!WebAssembly.validate(bytes)) return null;
  const pages = Math.ceil((Math.max(...WORKING_SETS) + 2 ** 20) / 2 ** 16);
  const memory = new WebAssembly.Memory({ initial: pages });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const { multiplyAdds, tiles, copy, triad, firstByte } = instance.exports as Record<
    string,
    (...numbers: number[]) => number
  >;
  if (!multiplyAdds || !tiles || !copy || !triad || !firstByte) throw new Error("The module of limits lacks a loop.");
  return { multiplyAdds, tiles, copy, triad, firstByte };
}

function peak(loops: Loops, samples: number): number {
  const chains = perSecond((times) => void loops.multiplyAdds(1000 * times), samples);
  const tiles = perSecond((times) => void loops.tiles(1000 * times), samples);
  return (OPERATIONS_A_ROUND * 1000 * Math.max(chains, tiles)) / 1e9;
}

function bandwidth({ copy, triad, firstByte }: Loops, workingSet: number, samples: number): number {
  const at = Math.ceil(firstByte() / 64) * 64;
  const half = Math.floor(workingSet / 2 / 64) * 64;
  const third = Math.floor(workingSet / 3 / 64) * 64;
  const copies = perSecond((times) => copy(at, at + half, half, times), samples);
  const triads = perSecond((times) => triad(at, at + third, at + 2 * third, third, times), samples);
  return Math.max(2 * half * copies, 3 * third * triads) / 1e9;
}

/** The most often that `run(1)` goes into a second. */
function perSecond(run: (times: number) => void, samples: number): number {
  let times = 1;
  let best = 0;
  for (let sample = 0; sample < samples; ) {
    const begin = performance.now();
    run(times);
    const ms = performance.now() - begin;
    if (ms < SAMPLE_MS) times = Math.ceil(times * Math.min(10, (1.2 * SAMPLE_MS) / Math.max(ms, 0.01)));
    else {
      best = Math.max(best, (1000 * times) / ms);
      sample++;
    }
  }
  return best;
}
