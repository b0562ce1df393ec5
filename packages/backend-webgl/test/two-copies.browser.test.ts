/** Two real copies of tfjs in one page: one that script tags loaded, under another version, before the one that is imported. */
import { afterAll, expect, it, vi } from "vitest";

const OTHER_VERSION = "4.21.0";
const folder = new URL("../node_modules/@tensorflow", import.meta.url).pathname;

afterAll(() => vi.restoreAllMocks());

async function readText(path: string): Promise<string> {
  const { default: text } = (await import(/* @vite-ignore */ `${folder}/${path}?raw`)) as { default: string };
  return text;
}

/** Runs a package's file for script tags, which leaves the global `tf`. */
async function runScript(name: string, path: string): Promise<void> {
  const { version } = JSON.parse(await readText(`${name}/package.json`)) as { version: string };
  const source = (await readText(`${name}/${path}`)).replaceAll(`"${version}"`, `"${OTHER_VERSION}"`);
  const script = document.createElement("script");
  script.src = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

it("refuses a backend of another copy of tfjs, and names both versions", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined); // tfjs's: "webgl backend was already registered"
  await runScript("tfjs-core", "dist/tf-core.min.js");
  await runScript("tfjs-backend-webgl", "dist/tf-backend-webgl.min.js");
  const { webgl } = await import("../src/index.ts");
  const { version_core } = await import("@tensorflow/tfjs-core");
  expect(version_core).not.toBe(OTHER_VERSION);
  await expect(webgl().init()).rejects.toThrow(
    new RegExp(
      `^tfjs's backend 'webgl' was started by another copy of tfjs: @tensorflow/tfjs-core ${OTHER_VERSION} ` +
        `\\(blob:http://.*\\), while this package uses ${version_core}\\. Keep one copy`,
    ),
  );
});
