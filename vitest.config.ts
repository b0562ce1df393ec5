// Every test of the workspace, in two projects: `node` (*.test.ts) and `browser` (*.browser.test.ts, in headless Chromium).
// Tests import sources, no build needed. KERAS_TS_BUILT=1 runs the same files against `dist`, which is what gets published.

import { existsSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { chromium } from "./tools/browser.mjs";

const built = process.env.KERAS_TS_BUILT === "1";
const source = built ? [] : ["@keras-ts/source"];
const node = [...source, "module", "node", "development|production"];
const web = [...source, "module", "browser", "development|production"];

const places = ["packages/*/{src,test}", "tools/*/{src,test}", "examples/*"];
const include = ["tools/*.test.ts", ...places.map((place) => `${place}/**/*.test.ts`)];
const excluded = ["**/node_modules/**", "**/dist/**", "**/*.browser.test.ts"];
const testTimeout = 60_000; // the machine may be busy, and SwiftShader is slow; a hanging test still ends

// Relaxed SIMD is behind a flag on Node 20 (22 and later have it, and refuse the flag): the cpu backend's tests run once more with it.
const relaxedFlag = Number(process.versions.node.split(".")[0]) < 22 ? ["--experimental-wasm-relaxed-simd"] : null;

/** Sends a test's import of `packages/x/src/y.ts` to `packages/x/dist/y.js`, where the build has it. */
function distInsteadOfSource(): Plugin {
  return {
    name: "keras-ts:dist-instead-of-source",
    enforce: "pre",
    resolveId(id, importer) {
      if (!importer || !id.startsWith(".") || !id.endsWith(".ts")) return null;
      const file = resolve(dirname(importer), id);
      const compiled = file.replace(`${sep}src${sep}`, `${sep}dist${sep}`).replace(/\.ts$/, ".js");
      return file !== compiled && existsSync(compiled) ? compiled : null;
    },
  };
}
const plugins = built ? [distInsteadOfSource()] : [];

// The developer's own keras.json must not decide what tests see: this folder holds none.
const noKerasJson = { KERAS_HOME: resolve("tools") };

const { executablePath, args, env } = await chromium();

export default defineConfig({
  test: {
    // tfjs's cpu backend advertises its node backend at its first tensor in Node
    onConsoleLog: (log) => !log.includes("Hi, looks like you are running TensorFlow.js in Node.js"),
    coverage: {
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/generated/**"],
      reportsDirectory: "coverage",
    },
    projects: [
      {
        plugins,
        resolve: { conditions: node },
        ssr: { resolve: { conditions: node } },
        test: { name: "node", include, exclude: excluded, env: noKerasJson, testTimeout, hookTimeout: testTimeout },
      },
      ...(relaxedFlag
        ? [
            {
              plugins,
              resolve: { conditions: node },
              ssr: { resolve: { conditions: node } },
              test: {
                name: "relaxed-simd",
                include: ["packages/backend-cpu/{src,test}/**/*.test.ts"],
                exclude: excluded,
                execArgv: relaxedFlag,
                env: noKerasJson,
                testTimeout,
                hookTimeout: testTimeout,
              },
            },
          ]
        : []),
      {
        plugins,
        resolve: { conditions: web },
        // What is bundled in the middle of a run reloads the page, so it is named here; a devDependency of the root, to be found from it.
        optimizeDeps: {
          include: [
            "@tensorflow/tfjs-core",
            "@tensorflow/tfjs-backend-cpu",
            "@tensorflow/tfjs-backend-webgl",
            "fflate",
          ],
        },
        // crossOriginIsolated, for SharedArrayBuffer and with it threads
        server: {
          headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
        },
        test: {
          name: "browser",
          include: places.map((place) => `${place}/**/*.browser.test.ts`),
          testTimeout,
          hookTimeout: testTimeout,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath, args, env } }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
