// What `npm start` and `npm test` do after the install: a list of steps, each a command and the way to count what it checked.
// All steps run even when one failed (but for the build, which the others need); the summary says which did not pass.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = join(root, "reports");

/**
 * `report` is the file with counts that the command writes; without one the step itself counts as one.
 * @typedef {{ name: string, command: string, env?: Record<string, string>, report?: { file: string, count: (json: any) => Count }, needed?: boolean }} Step
 * `skipped`: the titles of tests that did not run, which say why.
 * @typedef {{ passed: number, failed: number, skipped?: string[] }} Count
 */

/** @type {Step} */
const build = { name: "build", command: "turbo run build --output-logs=errors-only", needed: true };
/** @type {Step} */
const parity = {
  name: "parity with Python Keras",
  command: `node tools/parity/bin/keras-parity.js --backend cpu,webgl --json ${join("reports", "parity.json")} --html ${join("reports", "parity.html")}`,
  report: { file: "parity.json", count: countParity },
};

/** What cpu may be started with: its results are to be right on each, whichever this machine's Node would choose. */
const variants = ["plain", "relaxed"].flatMap((build) => [1, 2, 4].map((n) => `cpu:${build}:threads=${n}`));
/** @type {Step} */
const parityOfVariants = {
  name: "parity of cpu on both builds and 1, 2 and 4 threads",
  command: `node tools/parity/bin/keras-parity.js --backend ${variants.join()} --json ${join("reports", "parity-cpu.json")}`,
  report: { file: "parity-cpu.json", count: countParity },
};

/** @type {Record<string, Step[]>} */
const PLANS = {
  start: [{ ...build, command: `${build.command} --filter=./packages/* --filter=./tools/parity` }, parity],
  test: [
    build,
    { name: "lint: biome", command: "biome check --error-on-warnings ." },
    { name: "lint: promises", command: "eslint --max-warnings 0 ." },
    { name: "lint: unused files, exports and dependencies", command: "knip --no-config-hints" },
    { name: "lint: hygiene of tracked files", command: "node tools/hygiene.mjs" },
    { name: "types: packages", command: "turbo run types --output-logs=errors-only" },
    { name: "types: tools and examples", command: "tsc -p tsconfig.json" },
    vitest("unit and conformance on cpu, in Node", "node", ["--project", "node"]),
    ...(Number(process.versions.node.split(".")[0]) < 22
      ? [vitest("cpu backend with relaxed SIMD", "relaxed", ["--project", "relaxed-simd"])]
      : []),
    vitest("conformance on webgl, in a browser", "browser", ["--project", "browser"]),
    vitest(
      "the same suite on the built packages",
      "built",
      ["--project", "node", "packages/core", "packages/backend-cpu"],
      {
        KERAS_TS_BUILT: "1",
      },
    ),
    parity,
    parityOfVariants,
    { name: "docs: the table of layers is that of this parity run", command: "node tools/layer-table.mjs" },
    { name: "packages: contents, types, size", command: "node tools/packages.mjs" },
    { name: "public surface", command: "node tools/surface.mjs" },
    {
      name: "consumers: Node ESM, Node require, TypeScript, Vite, webpack, esbuild",
      command: "node tools/consumers/run.mjs",
    },
  ],
};

const [plan = "test", ...only] = process.argv.slice(2);
const steps = PLANS[plan]?.filter((step) => only.length === 0 || only.some((word) => step.name.includes(word)));
if (!steps?.length) {
  console.error(
    `Nothing to run. Received: ${[plan, ...only].join(" ")}. Plans: ${Object.keys(PLANS).join(", ")}; then words of step names.`,
  );
  process.exit(2);
}

/** @type {{ step: Step, ok: boolean, count: Count, seconds: number }[]} */
const results = [];
mkdirSync(reports, { recursive: true });
for (const step of steps) {
  console.log(`\n── ${step.name}\n   ${step.command}`);
  const result = run(step);
  results.push(result);
  if (!result.ok && step.needed) {
    console.log(`\n${step.name} failed, and the steps after it need it.`);
    break;
  }
}
summarise();

function run(/** @type {Step} */ step) {
  const started = performance.now();
  const file = step.report && join(reports, step.report.file);
  if (file) rmSync(file, { force: true });
  const { status } = spawnSync(step.command, {
    cwd: root,
    shell: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      ...step.env,
      PATH: `${join(root, "node_modules", ".bin")}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`,
    },
  });
  /** @type {Count} */
  const count = { passed: 0, failed: 0 };
  if (file && step.report && existsSync(file))
    Object.assign(count, step.report.count(JSON.parse(readFileSync(file, "utf8"))));
  else if (status === 0 && !file) count.passed = 1;
  // A step that failed counts, also where it counted no failure of its own; one that was to count and counted nothing has failed.
  if ((status !== 0 && count.failed === 0) || count.passed + count.failed === 0) count.failed += 1;
  return { step, ok: count.failed === 0, count, seconds: (performance.now() - started) / 1000 };
}

function summarise() {
  console.log("\n── summary");
  for (const { step, ok, count, seconds } of results) {
    const counted = step.report ? `${count.passed} passed, ${count.failed} failed` : ok ? "passed" : "failed";
    console.log(`${ok ? "ok    " : "FAILED"}  ${seconds.toFixed(1).padStart(6)} s  ${step.name}: ${counted}`);
    for (const title of count.skipped ?? []) console.log(`                  not run: ${title}`);
  }
  const passed = results.reduce((sum, { count }) => sum + count.passed, 0);
  const failed = results.reduce((sum, { count }) => sum + count.failed, 0);
  const skipped = results.reduce((sum, { count }) => sum + (count.skipped?.length ?? 0), 0);
  writeFileSync(join(reports, "steps.json"), `${JSON.stringify({ passed, failed, skipped }, null, 2)}\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** A vitest run that also writes `reports/vitest-<id>.json`, which is counted. */
function vitest(
  /** @type {string} */ name,
  /** @type {string} */ id,
  /** @type {string[]} */ args,
  /** @type {Record<string, string>} */ env = {},
) {
  const file = `vitest-${id}.json`;
  const command = `vitest run --reporter=default --reporter=json --outputFile.json=${join("reports", file)} ${args.join(" ")}`;
  return { name, command, env, report: { file, count: countTests } };
}

/** vitest's own counts; a test file that could not be loaded has no tests and counts as one failure. */
function countTests(
  /** @type {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: { status: string, fullName: string }[] }[] }} */ json,
) {
  const broken = json.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const skipped = json.testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ status, fullName }) => (status === "passed" || status === "failed" ? [] : [fullName])),
  );
  return { passed: json.numPassedTests, failed: json.numFailedTests + broken, skipped };
}

/** A case that was refused has not passed. */
function countParity(/** @type {{ cases: { status: string }[] }} */ { cases }) {
  const passed = cases.filter(({ status }) => status === "agree").length;
  return { passed, failed: cases.length - passed };
}
