/** Which methods of some objects a function calls: to show what is left alone, without a clock. */
import { vi } from "vitest";

/** `name.method` of every method that `fn` calls on `objects` from without or within, each once, sorted. */
export async function methodsCalled(
  objects: Readonly<Record<string, object>>,
  fn: () => unknown,
): Promise<readonly string[]> {
  const called = new Set<string>();
  const watched = Object.entries(objects).flatMap(([name, object]) =>
    methodsOf(object).map((method) => {
      const original = object[method as never] as (...args: unknown[]) => unknown;
      return vi.spyOn(object as Record<string, typeof original>, method).mockImplementation((...args) => {
        called.add(`${name}.${method}`);
        return original.apply(object, args);
      });
    }),
  );
  try {
    await fn();
  } finally {
    for (const spy of watched) spy.mockRestore();
  }
  return [...called].sort();
}

/** Own and inherited; accessors are not called to see what they hold. */
function methodsOf(object: object): string[] {
  const names = new Set<string>();
  for (let level: object | null = object; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === "function" && name !== "constructor" && !/^[A-Z]/.test(name)) names.add(name);
    }
  }
  return [...names];
}
