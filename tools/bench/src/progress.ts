/** What is being done, on stderr: one line that is rewritten on a terminal, one line a workload elsewhere. */

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #current = "";

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** A remark that stays. */
  line(text: string): void {
    this.end();
    this.#stream.write(`${text}\n`);
  }

  start(text: string): void {
    this.#current = text;
    if (this.#stream.isTTY) this.#rewrite(text);
    else this.#stream.write(`${text}\n`);
  }

  /** What of the current step is being done; shown on terminals. */
  detail(text: string): void {
    if (this.#stream.isTTY) this.#rewrite(`${this.#current}: ${text}`);
  }

  end(): void {
    if (this.#stream.isTTY) this.#rewrite("");
  }

  #rewrite(text: string): void {
    this.#stream.write(`\r\x1b[2K${text.slice(0, this.#stream.columns - 1)}`);
  }
}
