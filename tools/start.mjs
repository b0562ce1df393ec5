// The entry of `npm start`, `npm test` and `npm run <tool>` on a fresh machine: needs Node alone, brings the pinned pnpm by npx,
// installs, and hands over to what was installed. See docs/decisions/0001-pnpm-through-npx.md.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** The benchmark's peers are hundreds of megabytes that `npm start` has no use for. */
const WITHOUT_BENCH = ["--filter=!@keras-ts/bench"];
const [mode, ...rest] = process.argv.slice(2);

refuseOldNode();
if (mode === "--run") runTool(rest);
else if (mode === "--pnpm") process.exit(pnpm(rest, "inherit"));
else runSteps(mode === "--test" ? "test" : "start", rest);

/** Installs, then runs the steps of `npm start` or `npm test`; the count of what passed and failed is the last line printed. */
function runSteps(/** @type {"start" | "test"} */ plan, /** @type {string[]} */ args) {
  const summary = join(root, "reports", "steps.json");
  rmSync(summary, { force: true });
  console.log("\n── install");
  const installed = install(plan === "start" ? WITHOUT_BENCH : [], "inherit");
  const status = installed === 0 ? pnpm(["exec", "node", "tools/steps.mjs", plan, ...args], "inherit") : installed;
  const {
    passed,
    failed,
    skipped = 0,
  } = existsSync(summary) ? JSON.parse(readFileSync(summary, "utf8")) : { passed: 0, failed: 1 };
  if (plan === "test") console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exit(status);
}

/** Runs the command line of a tool, built from the present sources, with the arguments it was given. */
function runTool(/** @type {string[]} */ [tool, ...args]) {
  const folder = join(root, "tools", `${tool}`);
  for (const prepare of [
    () => (existsSync(join(folder, "node_modules")) ? 0 : install(tool === "bench" ? [] : WITHOUT_BENCH, "quiet")),
    () => pnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only", `--filter=./tools/${tool}...`], "quiet"),
  ]) {
    const status = prepare();
    if (status !== 0) process.exit(status);
  }
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const cli = join(folder, `${Object.values(bin)[0]}`);
  const forwarded = args[0] === "--" ? args.slice(1) : args; // pnpm hands the separator on, npm does not
  process.exit(
    spawnSync(process.execPath, [cli, ...forwarded], { stdio: "inherit", cwd: process.env.INIT_CWD ?? root }).status ??
      1,
  );
}

function install(/** @type {string[]} */ filter, /** @type {"inherit" | "quiet"} */ output) {
  return pnpm(["install", "--frozen-lockfile", "--reporter=append-only", ...filter], output);
}

/** Runs the pinned pnpm and returns its exit status; a quiet run shows its output only when it failed. */
function pnpm(/** @type {string[]} */ args, /** @type {"inherit" | "quiet"} */ output) {
  const { status, stdout, stderr, error } = spawnSync("npx", ["-y", packageManager, ...args], {
    cwd: root,
    stdio: output === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 1 << 28,
    shell: process.platform === "win32", // npx is a .cmd there
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
  if (error) console.error(`npx could not be started: ${error.message}. It comes with Node.js and npm.`);
  if (status !== 0 && output === "quiet") console.error(`${stdout ?? ""}${stderr ?? ""}`);
  return status ?? 1;
}

function refuseOldNode() {
  const wanted = engines.node.replace(">=", "").split(".").map(Number);
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  console.error(`Node.js ${engines.node} is needed. Received: ${process.versions.node}.`);
  process.exit(1);
}
