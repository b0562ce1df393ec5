/** Known failures: each with a reason, each of use, each still failing. */

/** Tests that a backend is known to fail. They run all the same: one that passes is reported. */
export interface Skip {
  readonly reason: string;
  /** Names of tests, `group/case`; `*` stands for any characters. */
  readonly tests: readonly string[];
}

/** Which tests are skipped and why, and which skips were of use. */
export class Skips {
  readonly #rows: readonly { skip: Skip; patterns: { text: string; matches: RegExp; used: boolean }[] }[];

  /** A skip without a reason is refused here. */
  constructor(skips: readonly Skip[] = []) {
    for (const { reason, tests } of skips) {
      if (reason.trim() === "")
        throw new RangeError(`A skip needs a reason. Received: reason="", tests=[${tests.join(", ")}].`);
    }
    this.#rows = skips.map((skip) => ({
      skip,
      patterns: skip.tests.map((text) => ({ text, matches: patternOf(text), used: false })),
    }));
  }

  /** The reason for which `test` is skipped, or null. */
  reasonFor(test: string): string | null {
    for (const { skip, patterns } of this.#rows) {
      for (const pattern of patterns) {
        if (!pattern.matches.test(test)) continue;
        pattern.used = true;
        return skip.reason;
      }
    }
    return null;
  }

  /** A message for each pattern that no test had. To be asked after `reasonFor` of all tests. */
  unmatched(): string[] {
    return this.#rows.flatMap(({ skip, patterns }) =>
      patterns
        .filter(({ used }) => !used)
        .map(({ text }) => `The skip "${text}" (${skip.reason}) matches no test: remove it.`),
    );
  }
}

function patternOf(text: string): RegExp {
  const escaped = text.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`);
}
