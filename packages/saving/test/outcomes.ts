// What became of damaged files: a whole result, or an error that a reader may throw and that names the file, in time; and how many of each.

import * as keras from "@keras-ts/core";
import { expect } from "vitest";

const SLOWEST_MS = 5000; // for one file, on a machine that is busy with other things

const counts = new Map<string, number>();
let slowest = { milliseconds: 0, what: "" };

/** The result or the error of `load`. Throws, with the words of `what`, for anything else: an error of another kind, or without the file's name, or late. */
export async function outcomeOf<T>(what: string, kind: string, load: () => Promise<T>): Promise<T | Error> {
  const start = performance.now();
  const outcome = await load().catch((error: unknown) => error as Error);
  const milliseconds = performance.now() - start;
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, what };
  expect(milliseconds, `${what}: milliseconds`).toBeLessThan(SLOWEST_MS);
  if (outcome instanceof Error) {
    const isOurs = outcome instanceof keras.ValueError || outcome instanceof keras.UnsupportedError;
    if (!isOurs) throw new Error(`${what}: an error of another kind: ${outcome.stack}`);
    expect(outcome.message, what).toMatch(/^"damaged|"\(bytes\)/); // the file, or the one of weights beside it
  }
  const name = `${kind}: ${outcome instanceof Error ? outcome.name : "whole"}`;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  return outcome;
}

/** How many of each, and the slowest. */
export function outcomes(): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const lines = [...counts].sort().map(([name, count]) => `  ${name} ${count}`);
  return `${total} files, the slowest ${slowest.milliseconds.toFixed(0)} ms (${slowest.what})\n${lines.join("\n")}`;
}
