/** The backends that were registered, which one is active, and why others could not start. */
import { BackendUnavailableError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { attachWhenUsed, tfjsIsLoaded } from "../late-tfjs.ts";
import { setTfjsBackend, tfjsReady } from "../tf.ts";
import { activeBackend, setActiveBackend } from "./active.ts";
import type { Backend } from "./backend.ts";
import { bindToTfjs } from "./bind.ts";

/** What is known about a registered backend. `reason` says why the last attempt to start it failed. */
export interface BackendStatus {
  readonly name: string;
  readonly status: "registered" | "available" | "active" | "unavailable";
  readonly detail?: string;
  readonly reason?: string;
}

interface Entry {
  readonly backend: Backend;
  started: boolean;
  reason?: string;
}

const entries = new Map<string, Entry>();

/** Makes a backend known under its name. Registering the same name again replaces it and frees the old one. */
export function registerBackend(backend: Backend): void {
  if (typeof backend !== "object" || backend === null || typeof backend.init !== "function") {
    throw new ValueError(`registerBackend takes a backend, such as cpu(). Received: ${formatValue(backend)}`);
  }
  if (!/^[a-z][a-z0-9-]*$/.test(backend.name)) {
    throw new ValueError(
      `A backend's name must be lower-case letters, digits and hyphens (tfjs splits names at underscores). Received: name='${backend.name}'`,
    );
  }
  const previous = entries.get(backend.name);
  if (previous?.backend === backend) return;
  if (previous?.started) previous.backend.dispose();
  if (previous && activeBackend() === previous.backend) setActiveBackend(null);
  entries.set(backend.name, { backend, started: false });
}

/**
 * Starts the first of the named backends that can start and makes it the active one; returns its name.
 * Throws BackendUnavailableError with every reason when none starts; the backend active before stays active then.
 */
export async function setBackend(names: string | readonly string[]): Promise<string> {
  const wanted = typeof names === "string" ? [names] : names;
  if (!Array.isArray(wanted) || wanted.some((name) => typeof name !== "string")) {
    throw new ValueError(`setBackend takes a name or a list of names. Received: names=${formatValue(names)}`);
  }
  if (wanted.length === 0) throw new ValueError("setBackend needs at least one backend name. Received: names=[]");
  const reasons: string[] = [];
  for (const name of wanted) {
    const reason = await start(name);
    if (reason === null) return name;
    reasons.push(`${name}: ${reason}`);
  }
  throw new BackendUnavailableError(`No backend could start. ${reasons.join(" · ")}`);
}

async function start(name: string): Promise<string | null> {
  const entry = entries.get(name);
  if (!entry) {
    const known = [...entries.keys()].join(", ") || "none";
    return `not registered. Registered: ${known}. Call keras.registerBackend() first`;
  }
  try {
    await entry.backend.init();
    if (entry.backend.attachToTfjs && !tfjsIsLoaded()) attachWhenUsed(attachActive);
    else await attach(entry.backend);
    entry.started = true;
    delete entry.reason;
    setActiveBackend(entry.backend);
    return null;
  } catch (error) {
    entry.started = false;
    entry.reason = error instanceof Error ? error.message : String(error);
    if (activeBackend() === entry.backend) setActiveBackend(null);
    return entry.reason;
  }
}

async function attach(backend: Backend): Promise<void> {
  const { tfjsBackend } = backend;
  backend.attachToTfjs?.();
  if (!(await setTfjsBackend(tfjsBackend)))
    throw new BackendUnavailableError(`the tfjs backend '${tfjsBackend}' did not start`);
  await tfjsReady();
  bindToTfjs(tfjsBackend);
}

/** For the first who uses tfjs, and cannot wait. A backend of tfjs that starts at once is set before `setTfjsBackend` returns. */
function attachActive(): void {
  const backend = activeBackend();
  if (!backend) return;
  backend.attachToTfjs?.();
  void setTfjsBackend(backend.tfjsBackend);
  bindToTfjs(backend.tfjsBackend);
}

/** One entry a registered backend, in the order of registration. */
export function backendStatus(): BackendStatus[] {
  return [...entries.values()].map(({ backend, started, reason }) => {
    if (reason !== undefined) return { name: backend.name, status: "unavailable", reason };
    if (!started) return { name: backend.name, status: "registered" };
    return {
      name: backend.name,
      status: backend === activeBackend() ? "active" : "available",
      detail: backend.describe(),
    };
  });
}
