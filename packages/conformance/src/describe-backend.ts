/** The suite under vitest: a backend's test file is `describeBackend(() => new MyBackend())`. */
import type { Backend } from "@keras-ts/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Skips } from "./run/skips.ts";
import { DEFAULT_SEED, format, groupsOf, runGroup, type SuiteOptions } from "./run/suite.ts";
import { seedFromEnvironment } from "./seed.ts";
import { setBackend } from "./tf.ts";

const GROUP_TIMEOUT_MS = 120_000; // software WebGL compiles a shader in tens of milliseconds

/**
 * Registers the suite: one `it` a group of cases, whose failure names every case, worst index, both values and seed.
 * The backend's package must have registered its tfjs backend by then.
 */
export function describeBackend(makeBackend: () => Backend, options: SuiteOptions = {}): void {
  const seed = options.seed ?? seedFromEnvironment() ?? DEFAULT_SEED;
  const skips = new Skips(options.skip);
  describe(`backend conformance, seed ${seed}`, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = makeBackend();
      if (!(await setBackend(backend.tfjsBackend)))
        throw new Error(`tfjs could not start its backend "${backend.tfjsBackend}".`);
      await backend.init();
      backend.attachToTfjs?.();
    }, GROUP_TIMEOUT_MS);
    afterAll(() => backend?.dispose());

    for (const group of groupsOf({ ...options, seed })) {
      it(`${group.name} (${group.tests.length})`, { timeout: GROUP_TIMEOUT_MS }, async () => {
        const { failures } = await runGroup(backend, group, skips);
        if (failures.length > 0) throw new Error(format(failures));
      });
    }
    it("has a use for every skip", () => expect(skips.unmatched()).toEqual([]));
  });
}
