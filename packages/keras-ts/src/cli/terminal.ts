/** Where a command prints: results on `out`, progress and errors on `err`. */

/** A stream of text, as `process.stdout` is one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** The two streams of a program. */
export interface Terminal {
  readonly out: Screen;
  readonly err: Screen;
}
