/** The trace that is being made now: ops on weights and constants alone belong to it too. */
import type { Trace } from "./traced-tensor.ts";

let active: Trace | null = null;

export function activeTrace(): Trace | null {
  return active;
}

/** Runs `fn` with its ops recorded in `trace`; with null they run at once, as the drawing of initial weights must. */
export function tracing<T>(trace: Trace | null, fn: () => T): T {
  const before = active;
  active = trace;
  try {
    return fn();
  } finally {
    active = before;
  }
}
