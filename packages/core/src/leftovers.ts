/** Weights and tensors that are made while something is read that may turn out wrong half-way: they go with it then. */

/** What holds memory until it is told not to. */
interface Freed {
  dispose(): void;
}

let made: Freed[] | null = null;

/** Called for every weight when it is made, and for every tensor that is read from a config. */
export function noteMade(item: Freed): void {
  made?.push(item);
}

/** Runs `fn`; where it throws, all that it made is freed, of inner layers too. */
export function withoutLeftovers<T>(fn: () => T): T {
  const outer = made;
  const mine: Freed[] = [];
  made = mine;
  try {
    const result = fn();
    outer?.push(...mine);
    return result;
  } catch (error) {
    for (const item of mine) item.dispose();
    throw error;
  } finally {
    made = outer;
  }
}
