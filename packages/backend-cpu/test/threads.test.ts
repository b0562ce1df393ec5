/** Threads: the same bits whatever their number, workers that help, and that leave the processor alone when there is nothing to do. */
import { expect, it } from "vitest";
import { cpu } from "../src/index.ts";
import { ThreadPool } from "../src/threads/thread-pool.ts";
import { compileKernels, startKernels } from "../src/wasm.ts";
import { DIVIDED, outputOf, untilWorkersHelp } from "./divided-ops.ts";

/** Node's, which the sources of this package do without. */
declare const process: { cpuUsage(previous?: object): { readonly user: number; readonly system: number } };

it.each([2, 3, 4])("%i threads compute the same bits as one", async (threads) => {
  const [one, several] = [cpu({ threads: 1, leastWork: 1 }), cpu({ threads, leastWork: 1 })];
  await Promise.all([one.init(), several.init()]);
  expect(several.describe()).toContain(`${threads} threads`);
  for (const call of DIVIDED) expect(outputOf(several, call), JSON.stringify(call)).toEqual(outputOf(one, call));
  one.dispose();
  several.dispose();
});

it("workers do parts, and sleep when there is nothing to do", async () => {
  const module = await startKernels(await compileKernels(true, true), 256, true);
  const pool = new ThreadPool(module, 3);
  await untilWorkersHelp(module, pool);
  expect(pool.failure).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(400); // milliseconds; two that looked for work all the time would take 1,000
  pool.stop();
});

it("starts no worker before a call that is worth several threads", async () => {
  const module = await startKernels(await compileKernels(true, true), 256, true);
  const pool = new ThreadPool(module, 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(pool.ready).toBe(0);
  pool.stop();
});
