// The headless browser of every test, replay and benchmark: Chromium from an npm package, with WebGL2 on the CPU (SwiftShader),
// so that a fresh machine needs no browser of its own. See docs/decisions/0005-chromium-from-npm.md.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * What a launcher needs to start the browser; `env` is the whole environment of its process.
 * @typedef {{ executablePath: string, args: string[], env: Record<string, string> }} Browser
 */

const CACHE = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules", ".cache");

/** Arguments for any Chromium: no sandbox (containers), nothing fetched in the background. */
const ARGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGL2 computed by SwiftShader: the same floats on every machine, GPU or not. */
const SOFTWARE_GL = [
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
];

/** WebGL2 on the machine's own GPU, for those who set `KERAS_TS_GPU=1`. */
const HARDWARE_GL = ["--use-gl=angle", "--enable-gpu", "--ignore-gpu-blocklist"];

/** Where an installed Chrome or Chromium usually is, for the platforms that the npm package does not serve. */
const SYSTEM_BROWSERS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) =>
    process.env[name] ? [join(process.env[name], "Google", "Chrome", "Application", "chrome.exe")] : [],
  ),
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
];

/**
 * The browser to launch: `CHROMIUM_PATH` where it is set; on Linux x64 the one from npm, unpacked once into
 * `node_modules/.cache`; elsewhere an installed Chrome. Throws, with what to do, where there is none.
 * @returns {Promise<Browser>}
 */
export async function chromium() {
  const args = [...ARGS, ...(process.env.KERAS_TS_GPU === "1" ? HARDWARE_GL : SOFTWARE_GL)];
  const env = /** @type {Record<string, string>} */ ({ ...process.env });
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (!existsSync(chosen))
      throw new Error(
        `There is no browser at CHROMIUM_PATH. Received: CHROMIUM_PATH=${chosen}. Point it to a Chrome or Chromium.`,
      );
    return { executablePath: chosen, args, env };
  }
  if (process.platform === "linux" && process.arch === "x64") {
    const dir = await unpack();
    env.FONTCONFIG_PATH = fontsOf(dir);
    env.LD_LIBRARY_PATH = [join(dir, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
    return { executablePath: join(dir, "chromium"), args: [...args, "--no-zygote"], env };
  }
  const installed = SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (installed) return { executablePath: installed, args, env };
  throw new Error(
    `No browser found. Received: platform=${process.platform}, arch=${process.arch}. ` +
      "Install Google Chrome, or set CHROMIUM_PATH to the executable of a Chrome or Chromium.",
  );
}

/**
 * Unpacks the Chromium of @sparticuz/chromium, unless that version already is there, and returns its folder.
 * The package unpacks into the shared temporary folder; a folder of our own, renamed when complete, bears two processes at once.
 */
async function unpack() {
  const dir = join(CACHE, `chromium-${packageVersion("@sparticuz/chromium")}`);
  if (existsSync(join(dir, "chromium"))) return dir;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, "chromium-tmp-"));
  // The package looks at these when it is imported: TMPDIR is where it unpacks to, the other makes it unpack libnss3 and libexpat too.
  const wanted = { TMPDIR: fresh, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" };
  const saved = Object.fromEntries(
    [...Object.keys(wanted), "LD_LIBRARY_PATH", "FONTCONFIG_PATH"].map((name) => [name, process.env[name]]),
  );
  try {
    Object.assign(process.env, wanted);
    const { default: npmChromium } = await import("@sparticuz/chromium");
    await npmChromium.executablePath();
  } finally {
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  try {
    renameSync(fresh, dir);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(dir, "chromium"))) throw error;
  }
  return dir;
}

/**
 * Where fontconfig finds a configuration that names the fonts the package brings. Its own names folders of another system, and
 * without any font a page with a form control crashes.
 */
function fontsOf(/** @type {string} */ dir) {
  const folder = join(dir, "fontconfig");
  const file = join(folder, "fonts.conf");
  if (existsSync(file)) return folder;
  mkdirSync(folder, { recursive: true });
  const folders = [join(dir, "fonts", "fonts"), "/usr/share/fonts"].map((path) => `<dir>${path}</dir>`).join("");
  const cache = `<cachedir>${join(dir, "font-cache")}</cachedir>`;
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}${cache}</fontconfig>\n`,
  );
  return folder;
}

/** The installed version of a package, read beside its entry point (its `exports` may hide `package.json`). */
function packageVersion(/** @type {string} */ name) {
  let dir = dirname(createRequire(import.meta.url).resolve(name));
  while (!existsSync(join(dir, "package.json")) || readManifest(dir).name !== name) dir = dirname(dir);
  return readManifest(dir).version;
}

function readManifest(/** @type {string} */ dir) {
  return JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
}
