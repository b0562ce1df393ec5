/** Python's `random` generator, MT19937 (Matsumoto & Nishimura 1998), seeded as `random.seed(int)` seeds it. */

const N = 624;
const M = 397;

/** The part of Python's `random.Random` that Keras uses: integers from a range. */
export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #index = N;

  /** `seed` is an integer; its sign is ignored, as in Python. */
  constructor(seed: number) {
    this.#seedByArray(wordsOf(Math.abs(seed)));
  }

  /** An integer in [low, high], both included (`random.randint`). The range must have fewer than 2³² numbers. */
  randint(low: number, high: number): number {
    const count = high - low + 1;
    const shift = Math.clz32(count);
    let draw = this.#next() >>> shift;
    while (draw >= count) draw = this.#next() >>> shift;
    return low + draw;
  }

  #seedByArray(key: Uint32Array): void {
    const s = this.#state;
    s[0] = 19650218;
    for (let i = 1; i < N; i++) s[i] = Math.imul(1812433253, mixed(s, i)) + i;
    let i = 1;
    for (let k = 0, j = 0; k < Math.max(N, key.length); k++) {
      s[i] = ((s[i] ?? 0) ^ Math.imul(mixed(s, i), 1664525)) + (key[j] ?? 0) + j;
      i = this.#advance(i);
      j = (j + 1) % key.length;
    }
    for (let k = 0; k < N - 1; k++) {
      s[i] = ((s[i] ?? 0) ^ Math.imul(mixed(s, i), 1566083941)) - i;
      i = this.#advance(i);
    }
    s[0] = 0x80000000;
  }

  #advance(i: number): number {
    if (i + 1 < N) return i + 1;
    this.#state[0] = this.#state[N - 1] ?? 0;
    return 1;
  }

  #next(): number {
    if (this.#index === N) this.#refill();
    let y = this.#state[this.#index++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #refill(): void {
    const s = this.#state;
    for (let i = 0; i < N; i++) {
      const y = ((s[i] ?? 0) & 0x80000000) | ((s[(i + 1) % N] ?? 0) & 0x7fffffff);
      s[i] = (s[(i + M) % N] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }
}

/** The previous word, mixed with its own upper bits. */
function mixed(state: Uint32Array, i: number): number {
  const previous = state[i - 1] ?? 0;
  return previous ^ (previous >>> 30);
}

function wordsOf(value: number): Uint32Array {
  const high = Math.floor(value / 2 ** 32);
  return high === 0 ? Uint32Array.of(value) : Uint32Array.of(value, high);
}
