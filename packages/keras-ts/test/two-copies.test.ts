/**
 * Two real copies of tfjs in one process: the installed one, and before it the same files in another folder under another version,
 * as an application's own copy would be. The tests follow one another: an engine is made once.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Tfjs from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

const OTHER_VERSION = "4.20.0";
const folder = realpathSync(mkdtempSync(join(tmpdir(), "keras-ts-two-copies-")));
let other: typeof Tfjs;

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined); // tfjs's: "cpu backend was already registered"
  for (const name of ["tfjs-core", "tfjs-backend-cpu"]) copyPackage(name);
  const load = createRequire(pathToFileURL(join(folder, "application.js")));
  other = load("@tensorflow/tfjs-core");
  load("@tensorflow/tfjs-backend-cpu");
});

afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** The package's main file and description under the other version, beside links to what it needs. */
function copyPackage(name: string): void {
  const main = createRequire(import.meta.url).resolve(`@tensorflow/${name}`);
  const source = dirname(dirname(main));
  const target = join(folder, "node_modules/@tensorflow", name);
  const description = readFileSync(join(source, "package.json"), "utf8");
  const { version } = JSON.parse(description) as { version: string };
  mkdirSync(join(target, "dist"), { recursive: true });
  writeFileSync(join(target, "package.json"), description.replaceAll(version, OTHER_VERSION));
  writeFileSync(
    join(target, main.slice(source.length)),
    readFileSync(main, "utf8").replace(`'${version}'`, `'${OTHER_VERSION}'`),
  );
  const neighbours = dirname(dirname(source));
  for (const needed of readdirSync(neighbours).filter((entry) => !entry.startsWith("@"))) {
    const link = join(folder, "node_modules", needed);
    rmSync(link, { force: true });
    symlinkSync(realpathSync(join(neighbours, needed)), link);
  }
}

it("refuses a backend of another copy of tfjs, and names both versions and the other's file", async () => {
  const { cpu } = await import("@keras-ts/backend-cpu");
  const keras = await import("@keras-ts/core");
  const tf = await import("@tensorflow/tfjs-core");
  expect(other.version_core).toBe(OTHER_VERSION);
  expect(tf.version_core).not.toBe(OTHER_VERSION);
  expect(tf.engine()).toBe(other.engine());
  keras.registerBackend(cpu());
  const refused = keras.setBackend("cpu");
  await expect(refused).rejects.toBeInstanceOf(keras.BackendUnavailableError);
  await expect(refused).rejects.toThrow(
    `tfjs's backend 'cpu' was started by another copy of tfjs: @tensorflow/tfjs-core ${OTHER_VERSION} ` +
      `(${join(folder, "node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js")}), while this package uses ${tf.version_core}.`,
  );
});

it("says that the backend was removed", async () => {
  const { cpu } = await import("@keras-ts/backend-cpu");
  const keras = await import("@keras-ts/core");
  other.removeBackend("cpu");
  keras.registerBackend(cpu());
  await expect(keras.setBackend("cpu")).rejects.toThrow("tfjs has no backend 'cpu': it was removed.");
});

it("computes on tensors of another copy where the backend is its own", async () => {
  const { cpu } = await import("@keras-ts/backend-cpu");
  const keras = await import("@keras-ts/core");
  const tf = await import("@tensorflow/tfjs-core");
  const { MathBackendCPU } = await import("@tensorflow/tfjs-backend-cpu");
  tf.registerBackend("cpu", () => new MathBackendCPU());
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
  const layer = keras.layers.dense({ units: 2, kernelInitializer: "ones" });
  const output = layer.apply<Tfjs.Tensor>(other.tensor([[1, 2, 3]]) as never);
  expect([...(await output.data())]).toEqual([6, 6]);
});
