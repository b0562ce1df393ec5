// How much memory loadModel takes at its peak, in sizes of the file: five fresh processes that load it, five that load nothing, in turns.
//
//   node packages/saving/scripts/peak-memory.mjs MODEL.keras        (after npm run build)

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cpu } from "@keras-ts/backend-cpu";
import { registerBackend, setBackend } from "@keras-ts/core";
import { loadModel } from "@keras-ts/saving";

const RUNS = 5;
const [path, task] = process.argv.slice(2);
if (path === undefined) throw new Error("Give the path of a model.");

if (task === undefined) report();
else {
  registerBackend(cpu());
  await setBackend("cpu");
  const model = task === "load" ? await loadModel(path) : null;
  console.log(process.resourceUsage().maxRSS * 1024);
  model?.dispose();
}

function report() {
  const pairs = Array.from({ length: RUNS }, () => [peakOf("load"), peakOf("nothing")]);
  const [loaded, nothing] = [0, 1].map((i) => median(pairs.map((pair) => pair[i])));
  const { size } = statSync(path);
  console.log(
    `${path}: ${mb(size)} MB; peak ${mb(loaded)} MB, ${mb(nothing)} without: ${((loaded - nothing) / size).toFixed(2)} files`,
  );
}

function peakOf(/** @type {string} */ what) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), path, what],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function median(/** @type {number[]} */ values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function mb(/** @type {number} */ bytes) {
  return (bytes / 1e6).toFixed(1);
}
