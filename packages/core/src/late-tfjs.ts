/**
 * tfjs before anybody needs it. Our files for Node require tfjs at its first use, so that a program which only runs plans never reads it; what
 * tfjs must be told then waits here. Everywhere else tfjs comes with core, and nothing waits. See docs/decisions/0027-one-file-for-node.md.
 */

/** The parts of tfjs's engine that are used here. */
interface TfjsEngine {
  startScope(name: string): unknown;
}

/** A tensor's owner that has none yet. */
export interface Waiting {
  /** Called when there are tensors. */
  make(): void;
}

/** Where all copies of tfjs in a program keep the engine that they share: in `window` where there is one, else in `global`. */
const PLACE = "_tfengine";
/** What tfjs reads or writes of its engine before it uses a backend, variables or scopes, and not while its files are read. */
const FIELDS = ["backendName", "backendInstance", "registry", "state"] as const;
const SCOPE = "keras-ts";

let loaded = false;
let watching = false;
let settled = false;
let unopened = 0;
let attach: (() => void) | null = null;
const packages: (() => void)[] = [];
const waiting = new Set<Waiting>();

/** Whether there is an engine, ours or of a copy of the user's. True also where nobody could see it come: nothing may wait there. */
export function tfjsIsLoaded(): boolean {
  if (loaded) return true;
  const { window, global, [PLACE]: engine } = globalThis as Readonly<Record<string, unknown>>;
  loaded = (engine ?? null) !== null || window !== undefined || global !== globalThis;
  return loaded;
}

/**
 * Runs `act` before anything looks for a backend of tfjs; at once where tfjs is loaded. For packages that register one by importing it: where
 * that import is late, it happens here, whoever loaded tfjs.
 */
export function whenTfjsIsUsed(act: () => void): void {
  if (tfjsIsLoaded()) {
    act();
    return;
  }
  packages.push(act);
  watch();
}

/** Runs `act` after those of `whenTfjsIsUsed`, in the place of the last one given here. Only while tfjs is not loaded. */
export function attachWhenUsed(act: () => void): void {
  attach = act;
  watch();
}

/** Has something made when there are backends, in the order of these calls. Where tfjs is loaded its owner does it. */
export function makeWhenUsed(item: Waiting): void {
  if (tfjsIsLoaded()) return;
  waiting.add(item);
  watch();
}

/** Takes back `makeWhenUsed`. */
export function stopWaiting(item: Waiting): void {
  waiting.delete(item);
}

/** Opens a scope of the engine, at once or as soon as there is one. `engine` is called only where there is. */
export function openScope(engine: () => TfjsEngine): void {
  if (tfjsIsLoaded()) engine().startScope(SCOPE);
  else {
    unopened++;
    watch();
  }
}

/** Closes the scope that was opened last; `close` is called where the engine has it. */
export function closeScope(close: () => void): void {
  if (unopened > 0) unopened--;
  else close();
}

function watch(): void {
  if (watching) return;
  watching = true;
  Object.defineProperty(globalThis, PLACE, { configurable: true, enumerable: true, get: () => undefined, set: arrive });
}

/**
 * tfjs's files are being read, and nothing of it can be used yet. Who first wants its backend, we or the user, finds everything as if tfjs had been
 * there from the start, and so does who waits for the module.
 */
function arrive(engine: TfjsEngine): void {
  Object.defineProperty(globalThis, PLACE, { configurable: true, enumerable: true, writable: true, value: engine });
  for (; unopened > 0; unopened--) engine.startScope(SCOPE);
  const restore = interceptFields(engine, () => settle(restore));
  queueMicrotask(() => settle(restore));
}

function settle(restore: () => void): void {
  if (settled) return;
  settled = true;
  restore();
  const acts = attach ? [...packages, attach] : packages;
  for (const act of acts) act();
  if (acts.length === 0) return; // tensors need a backend
  for (const item of [...waiting]) item.make();
  waiting.clear();
}

/** Calls `before` at the first look at a field. Gives what makes them plain fields again. */
function interceptFields(engine: object, before: () => void): () => void {
  const plain = FIELDS.map((name) => [name, Object.getOwnPropertyDescriptor(engine, name)] as const);
  for (const [name] of plain) {
    Object.defineProperty(engine, name, {
      configurable: true,
      enumerable: true,
      get() {
        before();
        return Reflect.get(engine, name);
      },
      set(value: unknown) {
        before();
        Reflect.set(engine, name, value);
      },
    });
  }
  return () => {
    for (const [name, descriptor] of plain) {
      if (descriptor) Object.defineProperty(engine, name, descriptor);
      else Reflect.deleteProperty(engine, name);
    }
  };
}
