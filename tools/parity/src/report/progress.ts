/** Progress on standard error: one line that is rewritten on a terminal, a line a suite elsewhere. */
import type { Progress } from "../run.ts";

const REDRAW_MS = 80;

export interface Screen {
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export class ProgressLine {
  readonly #screen: Screen;
  #drawn = 0;
  #announced = "";
  #bad = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  update({ backend, suite, done, of, result }: Progress): void {
    if (result && result.status !== "agree") this.#bad++;
    const where = backend === "-" ? "shapes and refusals" : backend;
    if (!this.#screen.isTTY) {
      if (this.#announced === `${backend} ${suite}`) return;
      this.#announced = `${backend} ${suite}`;
      this.#screen.write(`${where}: ${suite} (${done} of ${of} cases done)\n`);
      return;
    }
    const now = Date.now();
    if (now - this.#drawn < REDRAW_MS && done < of) return;
    this.#drawn = now;
    const filled = of === 0 ? 0 : Math.round((done / of) * 20);
    const text = `${"█".repeat(filled)}${"░".repeat(20 - filled)} ${done}/${of} ${where}${this.#bad > 0 ? ` · ${this.#bad} not agreeing` : ""} · ${result?.id ?? suite}`;
    this.#screen.write(`\r\u001b[2K${text.slice(0, (this.#screen.columns ?? 80) - 1)}`);
  }

  /** Leaves the line empty for what comes next. */
  end(): void {
    if (this.#screen.isTTY) this.#screen.write("\r\u001b[2K");
  }
}
