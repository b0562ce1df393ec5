/** The first place where two JSON values differ, order of keys included, in words; `null` where they are equal. */
import { isObject, type Json } from "../suite/manifest.ts";

export function firstDifference(actual: Json | undefined, expected: Json | undefined, path = ""): string | null {
  const at = path === "" ? "" : `${path}: `;
  if (Array.isArray(expected) || Array.isArray(actual)) {
    if (!Array.isArray(expected) || !Array.isArray(actual))
      return `${at}expected ${show(expected)}, got ${show(actual)}`;
    if (expected.length !== actual.length) return `${at}expected ${show(expected)}, got ${show(actual)}`;
    return first(expected.map((item: Json, i) => () => firstDifference(actual[i], item, `${path}[${i}]`)));
  }
  if (isObject(expected) && isObject(actual)) {
    const [mine, theirs] = [Object.keys(actual), Object.keys(expected)];
    const missing = theirs.filter((key) => !mine.includes(key));
    const extra = mine.filter((key) => !theirs.includes(key));
    if (missing.length > 0 || extra.length > 0) {
      return `${at}${missing.length > 0 ? `lacks ${missing.join(", ")}` : ""}${missing.length > 0 && extra.length > 0 ? "; " : ""}${extra.length > 0 ? `has ${extra.join(", ")} too many` : ""}`;
    }
    const inside = first(
      theirs.map((key) => () => firstDifference(actual[key], expected[key], path === "" ? key : `${path}.${key}`)),
    );
    if (inside !== null) return inside;
    return mine.join() === theirs.join()
      ? null
      : `${at}order of keys: expected ${theirs.join(", ")}, got ${mine.join(", ")}`;
  }
  return actual === expected ? null : `${at}expected ${show(expected)}, got ${show(actual)}`;
}

function first(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) return found;
  }
  return null;
}

function show(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
