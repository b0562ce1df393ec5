// docs/layers.md: layers × options × backends, from what a parity run of fixtures/ wrote (reports/parity.json) and the arguments in
// its suites. `node tools/layer-table.mjs` compares, `--update` rewrites. No cell is written by hand, none depends on the machine.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const fixtures = join(root, "fixtures");
const page = join(root, "docs", "layers.md");
const MODES = ["eager", "gradient", "plan"];
/** Values of an option that are named before the rest is only counted. */
const NAMED_VALUES = 8;
/** Arguments of a call that change what a layer does. */
const CALL_FIELDS = ["training", "mask", "initial_state", "calls"];
/** Options that every layer has: a table of their own instead of rows in each. */
const COMMON_OPTIONS = ["activity_regularizer", "dtype", "name", "trainable"];
/** Config keys of every layer that are no options of its own. */
const COMMON_KEYS = [...COMMON_OPTIONS, "batch_input_shape"];

/**
 * @typedef {{ mode: string, backends: string[] }} Column a mode, in whose cells the backends stand side by side
 * @typedef {{ suite: string, id: string, kind: string, group: string, backend: string, mode: string, status: string }} Result
 * @typedef {{ id: string, kind: string, layer?: any, arguments?: Record<string, unknown> } & Record<string, unknown>} Case
 * @typedef {{ option: string, value: string, results: Result[] }} Use an option's value in one case, and how its replays went
 * @typedef {{ group: string, uses: Use[], keys: Set<string> }} Layer
 */

const [report = join(root, "reports", "parity.json")] = process.argv.slice(2).filter((word) => word !== "--update");
const text = tableOf(report);
if (process.argv.includes("--update")) {
  writeFileSync(page, text);
  console.log("docs/layers.md is written");
} else if (existsSync(page) && readFileSync(page, "utf8") === text) {
  console.log("docs/layers.md is what the parity run says");
} else {
  console.error(
    `docs/layers.md is not what the parity run says; the first line that differs:\n${firstDifference(text)}\nIf that is meant: npm run layers -- --update, after npm start or npm test.`,
  );
  process.exitCode = 1;
}

function tableOf(/** @type {string} */ file) {
  if (!existsSync(file)) throw new Error(`There is no parity run to read. Received: no ${file}. Run npm start.`);
  /** @type {{ cases: Result[], suites: { name: string, cases: number }[] }} */
  const run = JSON.parse(readFileSync(file, "utf8"));
  const cases = readCases(run.suites);
  const backends = [...new Set(run.cases.map(({ backend }) => backend))].filter((name) => name !== "-").sort();
  const columns = MODES.map((mode) => ({ mode, backends }));
  const groups = [...groupBy(run.cases, ({ group }) => group)].sort(([a], [b]) => compareText(a, b));
  const layers = groups
    .filter(([, results]) => results.some(({ kind }) => kind === "layer"))
    .map(([group, results]) => ({ group, uses: usesOf(results, cases), keys: keysOf(results, cases) }));
  const sections = new Set(layers.map(({ group }) => group));
  const isClass = (/** @type {string} */ group) => /^[A-Z]/.test(group);
  const overview = (/** @type {[string, Result[]][]} */ rows) =>
    table(
      ["", "shapes", "refusals", ...MODES],
      rows.map(([group, results]) => [
        sections.has(group) ? `[${group}](#${group.toLowerCase()})` : group,
        agreeing(results.filter(({ kind, backend }) => kind === "geometry" || (kind === "model" && backend === "-"))),
        agreeing(results.filter(({ kind }) => kind === "error")),
        ...cellsOf(
          results.filter(({ kind }) => kind !== "error"),
          columns,
        ),
      ]),
    );
  return [
    `# Layers, options, backends

Written by \`npm run layers -- --update\` from a replay of \`fixtures/\`, what Python Keras recorded, on every backend. A cell counts
the cases that agree, on ${backends.join(" · on ")}; \`9 of 12\` means that three do not, \`–\` that there is none. Agreeing means
every output, derivative, weight, mask, loss and config of a case, and an error against float64 of at most four times Keras's own, or
one rounding of the largest term (\`tools/parity/README.md\`). Eager: op by op; gradient: on the tape of tfjs; plan: compiled, which
layers that draw, carry state or are given masks are not. \`call:\` is an argument of a call.

[Overview](#overview) · [Values and models](#values-and-models) · [Options of every layer](#options-of-every-layer) · then the options of
each layer, from A to Z.

## Overview

${overview([...groups.filter(([group]) => isClass(group)), ["**all of these**", groups.flatMap(([group, own]) => (isClass(group) ? own : []))]])}

## Values and models

Activations, constraints, initializers and regularizers by themselves; whole models; refusals of these.

${overview(groups.filter(([group]) => !isClass(group)))}

## Options of every layer

${commonOptions(layers, columns)}
`,
    ...layers.map((layer) => section(layer, columns)),
  ].join("\n");
}

/** What the cases of a layer set, and how their replays went. */
function usesOf(/** @type {Result[]} */ results, /** @type {Map<string, Case>} */ cases) {
  /** @type {Use[]} */
  const uses = [];
  for (const [item, own] of layerCases(results, cases)) {
    for (const [option, value] of Object.entries(item.arguments ?? {}))
      uses.push({ option, value: option === "name" ? "given" : show(value), results: own });
    for (const field of CALL_FIELDS)
      if (item[field] !== undefined && item[field] !== null)
        uses.push({ option: `call: ${field}`, value: showCall(item[field]), results: own });
  }
  return uses;
}

/** The keys of a layer's config. */
function keysOf(/** @type {Result[]} */ results, /** @type {Map<string, Case>} */ cases) {
  return new Set(layerCases(results, cases).flatMap(([item]) => Object.keys(item.layer?.config ?? {})));
}

/** @returns {[Case, Result[]][]} the cases of kind `layer` behind results, each with its own */
function layerCases(/** @type {Result[]} */ results, /** @type {Map<string, Case>} */ cases) {
  const ofLayers = results.filter(({ kind }) => kind === "layer");
  return [...groupBy(ofLayers, ({ suite, id }) => `${suite}/${id}`)].map(([name, own]) => {
    const item = cases.get(name);
    if (!item) throw new Error(`The parity run has a case that fixtures/ has not. Received: case=${name}`);
    return [item, own];
  });
}

function commonOptions(/** @type {Layer[]} */ layers, /** @type {Column[]} */ columns) {
  return table(
    ["option", "values", "layers", ...MODES],
    COMMON_OPTIONS.map((option) => {
      const using = layers.filter(({ uses }) => uses.some((use) => use.option === option));
      const uses = using.flatMap((layer) => layer.uses.filter((use) => use.option === option));
      return [`\`${option}\``, valuesOf(uses), String(using.length), ...cellsOf(resultsOf(uses), columns)];
    }),
  );
}

/** One layer: a row an option, with the values that its cases gave it. */
function section(/** @type {Layer} */ { group, uses, keys }, /** @type {Column[]} */ columns) {
  const own = uses.filter(({ option }) => !COMMON_OPTIONS.includes(option));
  const options = [...groupBy(own, ({ option }) => option)].sort(([a], [b]) => optionOrder(a, b));
  const rest = [...keys].filter((key) => !COMMON_KEYS.includes(key) && options.every(([option]) => option !== key));
  const rows = options.map(([option, given]) => [
    `\`${option}\``,
    valuesOf(given),
    ...cellsOf(resultsOf(given), columns),
  ]);
  const text = [
    `## ${group}`,
    rows.length > 0 ? table(["option", "values", ...MODES], rows) : "No options of its own.",
    ...(rest.length > 0 ? [`Always at its default: ${rest.map((key) => `\`${key}\``).join(", ")}.`] : []),
  ];
  return `${text.join("\n\n")}\n`;
}

/** The cases of the suites that were replayed, by `suite/id`; a run of less than all of fixtures/ is refused. */
function readCases(/** @type {{ name: string, cases: number }[]} */ suites) {
  /** @type {Map<string, Case>} */
  const cases = new Map();
  for (const name of readdirSync(fixtures)) {
    const manifest = join(fixtures, name, "manifest.json");
    if (!existsSync(manifest)) continue;
    /** @type {{ cases: Case[] }} */
    const suite = JSON.parse(readFileSync(manifest, "utf8"));
    const replayed = suites.find((other) => other.name === name)?.cases ?? 0;
    if (replayed !== suite.cases.length)
      throw new Error(
        `The parity run is not of all of fixtures/: ${replayed} of ${suite.cases.length} cases of ${name}. Run npm start.`,
      );
    for (const item of suite.cases) cases.set(`${name}/${item.id}`, item);
  }
  return cases;
}

/** For each mode how many agree: `41 · 41` on two backends, `–` where neither has a case. */
function cellsOf(/** @type {Result[]} */ results, /** @type {Column[]} */ columns) {
  return columns.map(({ mode, backends }) => {
    const own = results.filter((result) => result.mode === mode && backends.includes(result.backend));
    if (own.length === 0) return "–";
    return backends
      .map((backend) => agreeing(own.filter((result) => result.backend === backend)))
      .join("\u00a0·\u00a0"); // one line in a narrow column
  });
}

function resultsOf(/** @type {Use[]} */ uses) {
  return uses.flatMap(({ results }) => results);
}

function agreeing(/** @type {Result[]} */ results) {
  const agree = results.filter(({ status }) => status === "agree").length;
  if (results.length === 0) return "–";
  return agree === results.length ? String(agree) : `${agree} of ${results.length}`;
}

/** The values of an option, those of most cases first. */
function valuesOf(/** @type {Use[]} */ uses) {
  const counted = [...groupBy(uses, ({ value }) => value)].sort(
    ([a, x], [b, y]) => y.length - x.length || compareText(a, b),
  );
  const isShort = counted.length <= NAMED_VALUES + 1; // "and 1 more" says less than that one
  const named = (isShort ? counted : counted.slice(0, NAMED_VALUES)).map(
    ([value]) => `\`${value.replaceAll("|", "\\|")}\``,
  );
  const rest = counted.length - named.length;
  return `${named.join(" ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** As short as it can be told: an object by its class. */
function show(/** @type {any} */ value) {
  if (value !== null && typeof value === "object" && !Array.isArray(value))
    return String(value.class_name ?? `{${Object.keys(value).join(", ")}}`);
  const json = JSON.stringify(value);
  return json.length > 24 ? `${json.slice(0, 23)}…` : json;
}

function showCall(/** @type {unknown} */ value) {
  return Array.isArray(value) ? "given" : String(value);
}

/** Arguments of the constructor first. */
function optionOrder(/** @type {string} */ a, /** @type {string} */ b) {
  return Number(a.startsWith("call: ")) - Number(b.startsWith("call: ")) || compareText(a, b);
}

function compareText(/** @type {string} */ a, /** @type {string} */ b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @returns {Map<string, T[]>}
 */
function groupBy(items, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function table(/** @type {string[]} */ head, /** @type {string[][]} */ rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function firstDifference(/** @type {string} */ wanted) {
  const before = existsSync(page) ? readFileSync(page, "utf8").split("\n") : [];
  const after = wanted.split("\n");
  const at = after.findIndex((line, i) => line !== before[i]);
  return at < 0 ? `- ${before[after.length]}` : `- ${before[at] ?? ""}\n+ ${after[at]}`;
}
