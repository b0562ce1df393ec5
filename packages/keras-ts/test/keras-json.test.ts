import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "keras-home-"));
  vi.stubEnv("KERAS_HOME", home);
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
  rmSync(home, { recursive: true });
});

/** The configuration as a process that starts with this file sees it. */
async function configWith(text: string | null) {
  if (text !== null) writeFileSync(join(home, "keras.json"), text);
  const { config } = await import("@keras-ts/core");
  return config;
}

test("the defaults where there is no file, and none is written", async () => {
  const config = await configWith(null);
  expect([config.floatx(), config.epsilon(), config.imageDataFormat()]).toEqual(["float32", 1e-7, "channels_last"]);
});

test("keys of the file, others ignored; read once", async () => {
  const config = await configWith(
    '{"floatx": "float64", "epsilon": 0.001, "image_data_format": "channels_first", "backend": "torch", "more": 1}',
  );
  expect([config.floatx(), config.epsilon(), config.imageDataFormat()]).toEqual(["float64", 0.001, "channels_first"]);
  writeFileSync(join(home, "keras.json"), "{}");
  expect(config.imageDataFormat()).toBe("channels_first");
  config.setImageDataFormat("channels_last");
  expect(config.imageDataFormat()).toBe("channels_last");
  expect(config.floatx()).toBe("float64");
});

test.each([
  ["", /cannot be read/],
  ["{", /cannot be read/],
  ["[]", /must hold an object/],
  ['{"floatx": "bfloat16"}', /floatx='bfloat16'/],
  ['{"epsilon": "1e-5"}', /epsilon='1e-5'/],
  ['{"image_data_format": "Channels_Last"}', /image_data_format='Channels_Last'/],
])("a broken file is refused at first use, by name: %s", async (text, message) => {
  const config = await configWith(text);
  for (const use of [() => config.floatx(), () => config.setEpsilon(1e-3), () => config.standardizeDataFormat(null)]) {
    expect(use).toThrow(message);
    expect(use).toThrow(join(home, "keras.json"));
  }
  expect(() => config.standardizeDataFormat("channels_last")).not.toThrow();
});
