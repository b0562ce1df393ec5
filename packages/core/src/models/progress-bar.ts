/** The line that tells how far long work is (Keras: `keras.utils.Progbar`). */

const SHOWN_AFTER_MS = 1000; // "auto" stays silent for short work
const BAR_WIDTH = 20;

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Where there is one: a page has a console only, on which a line cannot be drawn again. */
function terminal(): Terminal | null {
  const { process } = globalThis as { readonly process?: { readonly stdout?: Terminal } };
  return process?.stdout ?? null;
}

/**
 * 0 silent, 1 a bar, 2 a line at the end, "auto" a bar on a terminal once the work has taken a second. Without a terminal 1 and 2
 * both print a line at the end.
 */
export class ProgressBar {
  readonly #verbose: "auto" | 0 | 1 | 2;
  readonly #began = performance.now();
  #drawn = false;

  constructor(verbose: "auto" | 0 | 1 | 2) {
    this.#verbose = verbose;
  }

  /** After `step` of `steps` batches; null where nobody knows how many there will be. */
  update(step: number, steps: number | null): void {
    const out = terminal();
    const elapsed = performance.now() - this.#began;
    const isWanted =
      this.#verbose === 1 || (this.#verbose === "auto" && out?.isTTY === true && elapsed > SHOWN_AFTER_MS);
    if (!out || !isWanted) return;
    this.#drawn = true;
    out.write(`\r${line(step, steps, elapsed)}`);
  }

  /** After the last batch. */
  finish(steps: number): void {
    const elapsed = performance.now() - this.#began;
    const out = terminal();
    const summary = `${line(steps, steps, elapsed).replace(/ ━* /, " - ")}`;
    if (this.#drawn) out?.write(`\r${line(steps, steps, elapsed)}\n`);
    else if (out && this.#verbose === 2) out.write(`${summary}\n`);
    // biome-ignore lint/suspicious/noConsole: asked for by name, where there is nothing else to write to.
    else if (!out && (this.#verbose === 1 || this.#verbose === 2)) console.log(summary);
  }
}

/** `3/10 ━━━━━━────────────── 2s 12ms/step`. */
function line(step: number, steps: number | null, elapsed: number): string {
  const done = steps === null ? 0 : Math.round((BAR_WIDTH * step) / steps);
  const bar = "━".repeat(done) + "─".repeat(BAR_WIDTH - done);
  const rate = elapsed / Math.max(step, 1);
  return `${step}/${steps ?? "?"} ${bar} ${Math.round(elapsed / 1000)}s ${rate < 1 ? rate.toFixed(2) : Math.round(rate)}ms/step`;
}
