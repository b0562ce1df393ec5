// Installs the packed packages the way users do (npm, a folder of its own, no workspace) and uses them from Node ESM, Node require,
// a program bundled for Node, TypeScript, and pages bundled by Vite, webpack and esbuild in a headless browser; and looks that each package
// arrived once.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { unzipSync } from "fflate";
import { parse } from "npyjs";
import { chromium as playwright } from "playwright";
import { build as viteBuild } from "vite";
import webpack from "webpack";
import { chromium } from "../browser.mjs";
import { packAll } from "../tarballs.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const app = mkdtempSync(join(tmpdir(), "keras-ts-consumer-"));
const CLASSIC_PAGE = '<!doctype html><link rel="icon" href="data:,"><script src="./page.js"></script>\n';
/** tfjs's cpu backend advertises its node backend at its first tensor in Node. */
const TFJS_GREETING = /=+\s+Hi, looks like you are running TensorFlow\.js in Node\.js\.[^=]*=+/;
let failed = 0;
/** One browser for all pages, started with the first; each page has a context of its own. */
const shared = { browser: /** @type {import("playwright").Browser | null} */ (null) };

try {
  install();
  await step("each package once", singleCopies);
  await step("Node ESM", () => node("node-esm.mjs"));
  await step("Node ESM, one install", () => node("node-one-install.mjs"));
  await step("Node require", () => node("node-require.cjs"));
  await step("Node import and require, one copy", () => node("node-one-copy.mjs"));
  await step("Node, tfjs read when it is used", () => node("node-late-tfjs.cjs"));
  await step("Node, bundled by esbuild", () => bundledForNode({}));
  await step("Node, bundled by esbuild with a condition of its own", () =>
    bundledForNode({ conditions: ["production"] }),
  );
  await step("command line", commandLine);
  await step("TypeScript, nodenext", () => typescript("nodenext", "nodenext"));
  await step("TypeScript, bundler", () => typescript("esnext", "bundler"));
  await step("Vite, build", () => bundleWithVite(join(app, "out-vite")));
  await step("Vite, page", () => page(join(app, "out-vite"), {}));
  await step("Vite, page with COOP and COEP", () => page(join(app, "out-vite"), isolated));
  await step("webpack, build", () => bundleWithWebpack(join(app, "out-webpack")));
  await step("webpack, page", () => page(join(app, "out-webpack"), isolated));
  await step("esbuild, build", () => bundleWithEsbuild(join(app, "out-esbuild")));
  await step("esbuild, page", () => page(join(app, "out-esbuild"), {}));
} finally {
  await shared.browser?.close();
  rmSync(app, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function step(/** @type {string} */ name, /** @type {() => unknown} */ run) {
  try {
    const said = await run();
    console.log(`ok      ${name}${said ? `: ${said}` : ""}`);
  } catch (error) {
    failed += 1;
    console.error(`FAILED  ${name}: ${error instanceof Error ? error.message : JSON.stringify(error)}`);
  }
}

/** The program in one file, run where there are no packages: all that it needs must have been found and gone in. */
async function bundledForNode(/** @type {esbuild.BuildOptions} */ options) {
  const alone = mkdtempSync(join(tmpdir(), "keras-ts-bundled-"));
  try {
    const outfile = join(alone, "program.cjs");
    const { warnings } = await esbuild.build({
      absWorkingDir: app,
      entryPoints: ["node-bundled.mjs"],
      bundle: true,
      platform: "node",
      format: "cjs",
      outfile,
      logLevel: "silent",
      ...options,
    });
    if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
    return output(process.execPath, [outfile], alone);
  } finally {
    rmSync(alone, { recursive: true, force: true });
  }
}

/** A package.json that names every tarball, tfjs beside them as users have it, and the fixture as a module. */
function install() {
  cpSync(join(here, "app"), app, { recursive: true });
  const packed = packAll();
  const manifests = packed.map(({ dir }) => JSON.parse(readFileSync(join(dir, "package.json"), "utf8")));
  const tfjs = manifests.find(({ name }) => name === "@keras-ts/core").dependencies["@tensorflow/tfjs-core"];
  const dependencies = {
    ...Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`])),
    "@tensorflow/tfjs-core": tfjs,
  };
  writeFileSync(
    join(app, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module", dependencies }, null, 2),
  );
  writeFileSync(join(app, "fixture.mjs"), `export default ${JSON.stringify(fixture())};\n`);
  writeFileSync(
    join(app, "index.html"),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./page.mjs"></script>\n',
  );
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--loglevel=error"];
  execFileSync("npm", args, { cwd: app, stdio: "inherit", shell: process.platform === "win32" });
}

/** The first DepthwiseConv1D of the fixtures with a wide kernel, a depth multiplier and a bias, as plain numbers. */
function fixture() {
  const suite = join(root, "fixtures", "depthwise-conv1d");
  const { archive, cases } = JSON.parse(readFileSync(join(suite, "manifest.json"), "utf8"));
  const members = unzipSync(readFileSync(join(suite, archive)));
  const chosen = cases.find((/** @type {any} */ { layer }) => {
    const { kernel_size, depth_multiplier, use_bias, data_format } = layer.config;
    return kernel_size[0] > 1 && depth_multiplier > 1 && use_bias && data_format === "channels_last";
  });
  const values = (/** @type {{ file: string }} */ { file }) => {
    const member = members[file];
    if (!member) throw new Error(`${archive} has no member ${file}.`);
    const { data, shape } = parse(member.slice().buffer);
    return { data: Array.from(/** @type {Float32Array} */ (data)), shape };
  };
  return {
    config: chosen.layer.config,
    input: values(chosen.inputs[0]),
    weights: chosen.weights.map(values),
    output: values(chosen.outputs[0]),
  };
}

/** Two copies of core are two backend registries, two of tfjs-core two engines: neither may arrive. */
function singleCopies() {
  const copies = new Map();
  for (const path of readdirSync(join(app, "node_modules"), { recursive: true, encoding: "utf8" })) {
    const name = /(?:^|[\\/]node_modules[\\/])((?:@keras-ts|@tensorflow)[\\/][^\\/]+|keras-ts)[\\/]package\.json$/.exec(
      `${sep}node_modules${sep}${path}`,
    )?.[1];
    if (name) copies.set(name, [...(copies.get(name) ?? []), path]);
  }
  if (!copies.has(join("@keras-ts", "core"))) throw new Error("@keras-ts/core did not arrive at all");
  const twice = [...copies.values()].filter((paths) => paths.length > 1);
  if (twice.length > 0) throw new Error(`more than once: ${twice.join("; ")}`);
  return [...copies.keys()].join(", ");
}

function node(/** @type {string} */ file) {
  return output(process.execPath, [file]);
}

/** What `npx keras-ts` runs, on a file with samples of Python's. */
function commandLine() {
  const bin = join(app, "node_modules", ".bin", process.platform === "win32" ? "keras-ts.cmd" : "keras-ts");
  return output(bin, ["verify", join(root, "packages/saving/test/data/verify/two-inputs.keras")]);
}

function typescript(/** @type {string} */ module, /** @type {string} */ moduleResolution) {
  const lib = ["es2023", "dom", "esnext.disposable"];
  const compilerOptions = { noEmit: true, strict: true, target: "es2022", lib, types: [], module, moduleResolution };
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["types.ts"] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.json"], {
    cwd: app,
    encoding: "utf8",
  });
  // Library checks are on for our declarations; tfjs's (by way of @webgpu/types) contradict the DOM library of TypeScript 6.
  const ours = stdout.split("\n").filter((line) => /^(types\.ts|node_modules\/(@keras-ts|keras-ts)\/)/.test(line));
  if (ours.length > 0 || (status !== 0 && !stdout.includes("error TS"))) throw new Error([...ours, stderr].join("\n"));
}

/** What a command printed; its whole output is the error when it failed. */
function output(/** @type {string} */ command, /** @type {string[]} */ args, cwd = app) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`exit ${status}\n${stdout}${stderr}`);
  const warnings = stderr.replace(TFJS_GREETING, "").trim();
  if (warnings) throw new Error(`wrote to stderr\n${warnings}`);
  return stdout.trim();
}

async function bundleWithVite(/** @type {string} */ outDir) {
  await viteBuild({
    root: app,
    configFile: false,
    logLevel: "error",
    base: "./",
    build: { outDir, emptyOutDir: true, target: "es2022" },
  });
}

async function bundleWithWebpack(/** @type {string} */ outDir) {
  const compiler = webpack({
    mode: "production",
    context: app,
    entry: "./page.mjs",
    output: { path: outDir, filename: "page.js" },
    performance: { hints: false },
  });
  const stats = await new Promise((resolve, reject) =>
    compiler?.run((error, result) => (error ? reject(error) : resolve(result))),
  );
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString({ preset: "errors-warnings" }));
  writeFileSync(join(outDir, "index.html"), CLASSIC_PAGE);
}

async function bundleWithEsbuild(/** @type {string} */ outDir) {
  const { warnings } = await esbuild.build({
    absWorkingDir: app,
    entryPoints: ["page.mjs"],
    bundle: true,
    minify: true,
    target: "es2022",
    outdir: outDir,
    logLevel: "silent",
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
  writeFileSync(join(outDir, "index.html"), CLASSIC_PAGE);
}

/** Serves a folder, opens it in the headless browser and returns what the page found. */
async function page(/** @type {string} */ dir, /** @type {Record<string, string>} */ headers) {
  if (!existsSync(dir)) throw new Error("the bundle is missing");
  const types = /** @type {Record<string, string>} */ ({ ".html": "text/html", ".js": "text/javascript" });
  const server = createServer((request, response) => {
    const path = join(
      dir,
      request.url === "/" ? "index.html" : new URL(request.url ?? "", "http://localhost").pathname,
    );
    if (!existsSync(path)) return void response.writeHead(404).end();
    response
      .writeHead(200, { ...headers, "Content-Type": types[extname(path)] ?? "application/octet-stream" })
      .end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  shared.browser ??= await playwright.launch(await chromium());
  const context = await shared.browser.newContext();
  try {
    const opened = await context.newPage();
    /** @type {string[]} */
    const errors = [];
    opened.on("pageerror", (error) => errors.push(String(error)));
    opened.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    await opened.goto(`http://127.0.0.1:${port}/`);
    await opened
      .waitForFunction(() => "result" in globalThis, null, { timeout: 60_000 })
      .catch(() => errors.push("no result after 60 s"));
    const result = await opened.evaluate(() => /** @type {any} */ (globalThis).result);
    const isolation = await opened.evaluate(() => globalThis.crossOriginIsolated);
    if (isolation !== "Cross-Origin-Opener-Policy" in headers) errors.push(`crossOriginIsolated is ${isolation}`);
    if (errors.length > 0 || result?.error) throw new Error([...errors, result?.error].filter(Boolean).join("\n"));
    return JSON.stringify(result.differences);
  } finally {
    await context.close();
    server.close();
  }
}
