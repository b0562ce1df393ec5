/**
 * A headless Chromium with WebGL2 for the replay: `CHROMIUM_PATH` where it is set; on Linux x64 the one that the npm package
 * @sparticuz/chromium carries, unpacked once beside the installed packages; elsewhere an installed Chrome. Both npm packages
 * are optional peers: an error here is the reason why a backend is unavailable.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright";

/** No sandbox (containers), nothing fetched in the background; WebGL2 by SwiftShader: the same floats on every machine. */
const ARGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const SOFTWARE_GL = [
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
];
/** The machine's own GPU, for those who set `KERAS_TS_GPU=1`. */
const HARDWARE_GL = ["--use-gl=angle", "--enable-gpu", "--ignore-gpu-blocklist"];

export async function launchBrowser(): Promise<Browser> {
  const { chromium } = await importPeer<typeof import("playwright")>("playwright");
  const args = [...ARGS, ...(process.env["KERAS_TS_GPU"] === "1" ? HARDWARE_GL : SOFTWARE_GL)];
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen) return chromium.launch({ executablePath: chosen, args });
  if (process.platform !== "linux" || process.arch !== "x64") return chromium.launch({ channel: "chrome", args });
  const dir = await unpack();
  const env = { ...process.env, FONTCONFIG_PATH: pointToFonts(dir), LD_LIBRARY_PATH: join(dir, "al2023", "lib") };
  return chromium.launch({ executablePath: join(dir, "chromium"), args: [...args, "--no-zygote"], env });
}

/**
 * The package unpacks into the temporary folder that it sees when it is imported, without minding a second process that does
 * the same: a folder of our own, renamed when complete, bears both.
 */
async function unpack(): Promise<string> {
  const entry = resolvePeer("@sparticuz/chromium");
  const cache = join(entry.slice(0, entry.indexOf("node_modules")), "node_modules", ".cache");
  const dir = join(cache, `chromium-${versionOf(entry, "@sparticuz/chromium")}`);
  if (existsSync(join(dir, "chromium"))) return dir;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, "chromium-tmp-"));
  const wanted: Record<string, string> = { TMPDIR: fresh, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" }; // the latter: libnss3 and libexpat too
  const saved = [...Object.keys(wanted), "LD_LIBRARY_PATH", "FONTCONFIG_PATH"].map(
    (name) => [name, process.env[name]] as const,
  );
  try {
    Object.assign(process.env, wanted);
    const { default: npmChromium } = await importPeer<typeof import("@sparticuz/chromium")>("@sparticuz/chromium");
    await npmChromium.executablePath();
  } finally {
    for (const [name, value] of saved) {
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

/** The package's own font configuration names folders of another system; without a font, a page with a form field crashes. */
function pointToFonts(dir: string): string {
  const folder = join(dir, "fontconfig");
  const file = join(folder, "fonts.conf");
  if (existsSync(file)) return folder;
  mkdirSync(folder, { recursive: true });
  const folders = [join(dir, "fonts", "fonts"), "/usr/share/fonts"].map((path) => `<dir>${path}</dir>`).join("");
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}<cachedir>${join(dir, "font-cache")}</cachedir></fontconfig>\n`,
  );
  return folder;
}

/** Beside this package, or in the project that runs the tool. */
function resolvePeer(name: string): string {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "package.json")).href]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // The next place.
    }
  }
  throw new Error(
    `${name} is not installed. Install it (npm install --save-dev playwright @sparticuz/chromium), or leave out the backends that need a browser`,
  );
}

async function importPeer<T>(name: string): Promise<T> {
  const module: T & { default?: T } = await import(pathToFileURL(resolvePeer(name)).href);
  return "chromium" in (module as object) || !module.default || !("chromium" in (module.default as object))
    ? module
    : module.default;
}

/** Read beside the entry point: a package's `exports` may hide its `package.json`. */
function versionOf(entry: string, name: string): string {
  for (let dir = dirname(entry); dir !== dirname(dir); dir = dirname(dir)) {
    const file = join(dir, "package.json");
    if (!existsSync(file)) continue;
    const manifest: { name?: string; version?: string } = JSON.parse(readFileSync(file, "utf8"));
    if (manifest.name === name && manifest.version) return manifest.version;
  }
  throw new Error(`no package.json of ${name} above ${entry}`);
}
