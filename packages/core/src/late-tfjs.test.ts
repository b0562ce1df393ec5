import { beforeEach, expect, test, vi } from "vitest";

/** The module anew, with no engine in the program; what arrives later is a stub. */
let late: typeof import("./late-tfjs.ts");

beforeEach(async () => {
  Reflect.deleteProperty(globalThis, "_tfengine");
  vi.resetModules();
  late = await import("./late-tfjs.ts");
});

/** What tfjs's engine is when its files put it into the global scope. */
class Engine {
  backendName?: string;
  backendInstance?: object;
  registry = {};
  state = {};
  readonly scopes: string[] = [];

  startScope(name: string): void {
    this.scopes.push(name);
  }
}

function load(): Engine {
  const engine = new Engine();
  Reflect.deleteProperty(engine, "backendName");
  Reflect.deleteProperty(engine, "backendInstance");
  expect(Reflect.get(globalThis, "_tfengine")).toBeUndefined();
  Reflect.set(globalThis, "_tfengine", engine);
  expect(Reflect.get(globalThis, "_tfengine")).toBe(engine);
  return engine;
}

/** Enters every act in a list when it happens. */
function wait(): string[] {
  const done: string[] = [];
  late.makeWhenUsed({ make: () => done.push("weight") });
  late.attachWhenUsed(() => done.push("backend"));
  late.whenTfjsIsUsed(() => done.push("package"));
  return done;
}

test.each(["backendName", "backendInstance", "registry", "state"] as const)(
  "what waits is done before the first look at %s",
  (field) => {
    const done = wait();
    expect(late.tfjsIsLoaded()).toBe(false);
    const engine = load();
    expect(late.tfjsIsLoaded()).toBe(true);
    expect(done).toEqual([]);
    expect(engine[field]).toEqual(field.startsWith("backend") ? undefined : {});
    expect(done).toEqual(["package", "backend", "weight"]);
    Reflect.set(engine, field, "another");
    expect(Reflect.get(engine, field)).toBe("another");
    expect(Object.keys(engine).sort()).toEqual([...new Set(["registry", "scopes", "state", field])].sort());
    expect(done).toHaveLength(3);
  },
);

test("it is done before what is set, and by itself when the module was read", async () => {
  const done = wait();
  const engine = load();
  engine.backendName = "another";
  expect(engine.backendName).toBe("another");
  expect(done).toHaveLength(3);

  vi.resetModules();
  Reflect.deleteProperty(globalThis, "_tfengine");
  late = await import("./late-tfjs.ts");
  const later = wait();
  load();
  expect(later).toEqual([]);
  await Promise.resolve();
  expect(later).toHaveLength(3);
});

test("without a backend nothing is made, and what was taken back is not either", async () => {
  const make = vi.fn();
  const item = { make };
  late.makeWhenUsed(item);
  load();
  await Promise.resolve();
  expect(make).not.toHaveBeenCalled();

  vi.resetModules();
  Reflect.deleteProperty(globalThis, "_tfengine");
  late = await import("./late-tfjs.ts");
  late.attachWhenUsed(() => undefined);
  late.makeWhenUsed(item);
  late.stopWaiting(item);
  load();
  await Promise.resolve();
  expect(make).not.toHaveBeenCalled();
});

test("scopes that are open when tfjs comes are scopes of its engine", () => {
  const engine = () => {
    throw new Error("unused");
  };
  const close = vi.fn();
  late.openScope(engine);
  late.openScope(engine);
  late.closeScope(close);
  late.openScope(engine);
  expect(close).not.toHaveBeenCalled();
  const arrived = load();
  expect(arrived.scopes).toEqual(["keras-ts", "keras-ts"]);
  late.openScope(() => arrived);
  expect(arrived.scopes).toHaveLength(3);
  for (let i = 0; i < 3; i++) late.closeScope(close);
  expect(close).toHaveBeenCalledTimes(3);
});

test("where there is an engine, or one would come unseen, nothing waits", async () => {
  Reflect.set(globalThis, "_tfengine", new Engine());
  const done: string[] = [];
  late.makeWhenUsed({ make: () => done.push("weight") });
  late.whenTfjsIsUsed(() => done.push("package"));
  expect(done).toEqual(["package"]);

  vi.resetModules();
  Reflect.deleteProperty(globalThis, "_tfengine");
  late = await import("./late-tfjs.ts");
  vi.stubGlobal("window", {});
  expect(late.tfjsIsLoaded()).toBe(true);
  vi.unstubAllGlobals();
});
