/** Which backend is active. Chosen by `setBackend` (registry.ts), asked by everything that computes. */
import { BackendUnavailableError } from "../errors.ts";
import type { Backend } from "./backend.ts";

let active: Backend | null = null;

/** The active backend. Throws BackendUnavailableError when none was chosen. */
export function getBackend(): Backend {
  if (active) return active;
  throw new BackendUnavailableError(
    "No backend is active. Register one, `keras.registerBackend(cpu())`, and start it, `await keras.setBackend('cpu')`, before computing.",
  );
}

/** The active backend, or null. */
export function activeBackend(): Backend | null {
  return active;
}

export function setActiveBackend(backend: Backend | null): void {
  active = backend;
}
