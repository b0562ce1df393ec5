/** The seed of random cases that a run was asked to repeat. */

/** `KERAS_TS_SEED`, in Node; undefined where it is not set. RangeError where it is no integer. */
export function seedFromEnvironment(): number | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const text = process?.env?.["KERAS_TS_SEED"];
  if (text === undefined || text === "") return undefined;
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`KERAS_TS_SEED must be an integer. Received: ${text}`);
  return seed;
}
