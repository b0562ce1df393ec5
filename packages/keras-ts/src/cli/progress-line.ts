/** Progress on standard error: one line that is rewritten on a terminal, nothing elsewhere. */
import type { Screen } from "./terminal.ts";

const REDRAW_MS = 80;
const CELLS = 24;

/** A bar with a word before and a text behind it. */
export class ProgressLine {
  readonly #screen: Screen;
  #drawn = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Whether anybody sees it. */
  get isShown(): boolean {
    return this.#screen.isTTY === true;
  }

  /** `total` is null where the end is not known. */
  update(word: string, done: number, total: number | null, text: string): void {
    const now = Date.now();
    if (!this.isShown || (now - this.#drawn < REDRAW_MS && done !== total)) return;
    this.#drawn = now;
    const filled = total === null || total === 0 ? 0 : Math.round((done / total) * CELLS);
    const line = `${word} ${"█".repeat(filled)}${"░".repeat(CELLS - filled)} ${text}`;
    this.#screen.write(`\r\u001b[2K${line.slice(0, (this.#screen.columns ?? 80) - 1)}`);
  }

  /** Leaves the line empty for what comes next. */
  end(): void {
    if (this.isShown) this.#screen.write("\r\u001b[2K");
  }
}
