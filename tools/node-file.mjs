// A package as one file for Node, written beside its build; run in the package's folder after tsc. Node takes much longer to find, read and link
// hundreds of modules than to compile one, and to look for the names that tfjs's CommonJS files export than to run them. So the file is
// CommonJS, which requires tfjs when it needs it; ECMAScript modules import it with the names written out. See docs/decisions/0027-one-file-for-node.md.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

/**
 * Writes `dist/node` of the package: `all.cjs` is the package, `index.mjs` the same for `import`. A module of the build that has another of the
 * same name with `.node` before its ending gives way to it; `beside` are files that those require.
 * @param {string} folder the package's
 * @param {Readonly<Record<string, string>>} [beside] contents by name
 */
export async function writeNodeFile(folder, beside = {}) {
  const out = join(folder, "dist", "node");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const options = /** @satisfies {esbuild.BuildOptions} */ ({
    absWorkingDir: folder,
    entryPoints: ["dist/index.js"],
    bundle: true,
    platform: "node",
    target: "node20.16",
    external: [...dependenciesOf(folder), ...Object.keys(beside).map((name) => `./${name}`)],
    plugins: [nodeVariants],
    // Names stay, for stacks and printed objects; lines are short enough to be told apart in one.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
  });
  const { outputFiles } = await esbuild.build({
    ...options,
    format: "cjs",
    outfile: "dist/node/all.cjs",
    write: false,
  });
  for (const { path, text } of outputFiles)
    writeFileSync(path, path.endsWith(".cjs") ? finish(requiredLate(text)) : text);
  const names = await exportedNames(options);
  // Node looks through a CommonJS file that is imported for the names of its exports. Here it finds one, and looks no further.
  writeFileSync(join(out, "bridge.cjs"), '"use strict";\nconst all = require("./all.cjs");\nexports.all = all;\n');
  writeFileSync(
    join(out, "index.mjs"),
    `import bridge from "./bridge.cjs";\n\nexport const {\n${names.map((name) => `  ${name},\n`).join("")}} = bridge.all;\n`,
  );
  for (const [name, contents] of Object.entries(beside)) writeFileSync(join(out, name), contents);
}

/** They stay packages: other packages and the user's program share their copies with this one. */
function dependenciesOf(/** @type {string} */ folder) {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.keys({ ...dependencies, ...peerDependencies });
}

/** @type {esbuild.Plugin} */
const nodeVariants = {
  name: "node-variants",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) => {
      const variant = join(resolveDir, path.replace(/\.js$/, ".node.js"));
      return existsSync(variant) ? { path: variant } : null;
    });
  },
};

/**
 * The file with all that it takes of tfjs required together when the first of it is used: until then each module of tfjs is an object whose
 * accessors do so. Nothing moves within the text, so that the source map holds.
 */
function requiredLate(/** @type {string} */ text) {
  /** @type {Map<string, string>} */
  const modules = new Map();
  const late = text.replace(
    /\b(import_\w+)(\s*=\s*)(require\(\s*"(@tensorflow\/[^"]+)"\s*\))/g,
    (_, name, equals, call, path) => {
      modules.set(name, path);
      const made = `late_${name}()`;
      const newLine = call.lastIndexOf("\n");
      const filled = newLine < 0 ? made.padEnd(call.length) : `${made}\n${" ".repeat(call.length - newLine - 1)}`;
      return `${name}${equals}${filled}`;
    },
  );
  if (late.includes('"@tensorflow/')) throw new Error("The bundler writes requires in another way.");
  if (modules.size === 0) return text;
  const functions = [...modules.keys()].map((name) => {
    const used = new Set(
      [...text.matchAll(new RegExp(`\\b${name}\\s*\\.\\s*(\\w+)`, "g"))].map(([, member]) => member),
    );
    const accessors = [...used].map((member) => `get ${member}(){requireTfjs();return ${name}.${member}}`);
    return `function late_${name}(){return{${accessors.join(",")}}}\n`;
  });
  const requires = [...modules].map(([name, path]) => `${name}=require("${path}");`);
  return beforeMap(late, `${functions.join("")}function requireTfjs(){${requires.join("")}}\n`);
}

/** The text with another behind it, in front of the comment that names the source map. */
function beforeMap(/** @type {string} */ text, /** @type {string} */ more) {
  return text.replace(/(?=\/\/# sourceMappingURL=)/, () => more);
}

function finish(/** @type {string} */ text) {
  // One letter beyond Latin-1 doubles what the engine reads and keeps. The bundler escapes them where it can, but not in regular expressions.
  const ascii = text.replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return beforeMap(plainExports(ascii), exportsAsValues(text) + namesGivenBack(text));
}

const EXPORTS =
  /__export\(\s*index_exports,\s*\{([^{}]*)\}\s*\);\s*module\.exports\s*=\s*__toCommonJS\(\s*index_exports\s*\)/;

/** Without the accessors on accessors that the bundler exports: two functions a name, which are made and compiled whenever the package is imported. */
function plainExports(/** @type {string} */ text) {
  if (!EXPORTS.test(text)) throw new Error("The bundler writes exports in another way.");
  return text.replace(EXPORTS, (accessors) => accessors.replace(/[^\n]/g, " "));
}

/** A statement for the end of the file that exports values themselves. */
function exportsAsValues(/** @type {string} */ text) {
  const [, accessors = ""] = EXPORTS.exec(text) ?? [];
  const values = [...accessors.matchAll(/(\w+):\s*\(\)\s*=>\s*([\w.]+)/g)].map(([, name, local]) => `${name}:${local}`);
  return `module.exports={${values.join(",")}};Object.defineProperty(module.exports,"__esModule",{value:!0});\n`;
}

/**
 * Modules that share a scope cannot share names, and the bundler renames: `Activation` the layer becomes `Activation2`, a class that speaks of
 * itself `_Conv`. This is a line that gives what is exported its own name again; `keepNames` does so for each of a thousand functions.
 */
function namesGivenBack(/** @type {string} */ text) {
  const pairs = new Set();
  for (const [, name = "", local = ""] of text.matchAll(/\b(\w+):\(\)=>(\w+)/g)) {
    const numbered = local.startsWith(name) && /^\d+$/.test(local.slice(name.length));
    const named = new RegExp(`\\b(function|class) ${local}\\b|\\b${local}=(class\\b|(async )?(\\(|\\w+=>))`);
    if ((numbered && named.test(text)) || text.includes(`${local}=class _${local}`)) pairs.add(`[${local},"${name}"]`);
  }
  return `for(const [value,name] of [${[...pairs].join(",")}])Object.defineProperty(value,"name",{value:name,configurable:!0});\n`;
}

/** What the package exports, as the bundler knows it of an ECMAScript module. */
async function exportedNames(/** @type {esbuild.BuildOptions} */ options) {
  const { metafile } = await esbuild.build({ ...options, format: "esm", outdir: "unwritten", write: false });
  const names = Object.values(metafile?.outputs ?? {}).flatMap(({ entryPoint, exports }) =>
    entryPoint ? exports : [],
  );
  if (names.length === 0) throw new Error(`${options.absWorkingDir} exports nothing.`);
  return names.sort();
}

if (argv[1] === fileURLToPath(import.meta.url)) await writeNodeFile(process.cwd());
