// The public surface of every package as text, without comments: docs/surface/<package>.txt. A change of it shows up as a diff in review.
// `node tools/surface.mjs` compares with the built declarations, `--update` rewrites. See docs/decisions/0009-public-surface.md.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { publicPackages } from "./tarballs.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const snapshots = join(root, "docs", "surface");
const fresh = join(root, "node_modules", ".cache", "surface");
const update = process.argv.includes("--update");
const printer = ts.createPrinter({ removeComments: true });

mkdirSync(snapshots, { recursive: true });
mkdirSync(fresh, { recursive: true });
let changed = 0;
for (const { name, dir } of publicPackages()) {
  const entry = join(dir, "dist", "index.d.ts");
  if (!existsSync(entry)) throw new Error(`${name} is not built. Received: no ${entry}. Run npm run build.`);
  const file = `${basename(dir)}.txt`;
  const text = `${name}\n\n${describe(entry)}`;
  writeFileSync(join(update ? snapshots : fresh, file), text);
  if (!update) changed += compare(join(snapshots, file), join(fresh, file));
}
if (changed > 0) {
  console.error(
    "\nThe public surface changed. If that is meant: npm run surface -- --update, a changeset, and both in the commit.",
  );
  process.exitCode = 1;
} else console.log(update ? "docs/surface is written" : "the public surface is the reviewed one");

/**
 * What printing a declaration needs: `dir` is the package's folder, `top` what it exports by name.
 * @typedef {{ checker: ts.TypeChecker, dir: string, top: Map<string, ts.Symbol> }} Context
 */

/** Every export with its declaration, by name; then the classes and interfaces that those extend without being exported. */
function describe(/** @type {string} */ entry) {
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const program = ts.createProgram([entry], { ...options, skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) return "nothing\n";
  const context = { checker, dir: dirname(entry), top: exportsOf(checker, module) };
  const bases = new Map();
  const queue = [...context.top.values()];
  for (const symbol of queue)
    for (const base of basesOf(context, symbol)) {
      if (queue.includes(base)) continue;
      queue.push(base);
      bases.set(base.name, base);
    }
  const blocks = [section(context, context.top)];
  if (bases.size > 0) blocks.push(`// Extended by the above, not exported.\n\n${section(context, bases)}`);
  return blocks.join("\n");
}

/** @returns {Map<string, ts.Symbol>} */
function exportsOf(/** @type {ts.TypeChecker} */ checker, /** @type {ts.Symbol} */ module) {
  return new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, resolved(checker, symbol)]));
}

/** @returns {string} */
function section(/** @type {Context} */ context, /** @type {Map<string, ts.Symbol>} */ symbols) {
  const sorted = [...symbols].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, symbol]) => `${print(context, name, symbol)}\n`).join("\n");
}

function print(/** @type {Context} */ context, /** @type {string} */ name, /** @type {ts.Symbol} */ symbol) {
  const texts = (symbol.declarations ?? []).map((declaration) => {
    const file = declaration.getSourceFile();
    if (!file.fileName.startsWith(context.dir)) return `${name} of ${packageOf(file.fileName)}`;
    if (ts.isSourceFile(declaration)) return namespace(context, name, symbol);
    return `${symbol.name === name ? "" : `// exported as ${name}\n`}${publicText(declaration, file)}`;
  });
  return [...new Set(texts)].join("\n");
}

/** A module exported under a name, with what is in it; an export that stands at the top level too is only named. */
function namespace(/** @type {Context} */ context, /** @type {string} */ name, /** @type {ts.Symbol} */ module) {
  const members = exportsOf(context.checker, module);
  const known = [...members].filter(([member, symbol]) => context.top.get(member) === symbol).map(([member]) => member);
  for (const member of known) members.delete(member);
  const lines = known.length > 0 ? [`${known.sort().join(", ")}\n\n`] : [];
  const body = [...lines, section(context, members)]
    .join("")
    .trimEnd()
    .replace(/^(?=.)/gm, "    ");
  return `namespace ${name} {\n${body}\n}`;
}

/** A declaration without comments, private members and `declare`/`export`, one line a member. */
function publicText(/** @type {ts.Node} */ declaration, /** @type {ts.SourceFile} */ file) {
  const text = printer.printNode(ts.EmitHint.Unspecified, declaration, file);
  return text
    .split("\n")
    .filter((line) => !/^\s+(private |static private |#private)/.test(line))
    .map((line) => line.replace(/^(export )?(declare )?/, ""))
    .join("\n");
}

function basesOf(/** @type {Context} */ { checker, dir }, /** @type {ts.Symbol} */ symbol) {
  return (symbol.declarations ?? [])
    .flatMap((node) =>
      ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ? (node.heritageClauses ?? []) : [],
    )
    .flatMap(({ types }) => [...types])
    .map(({ expression }) => checker.getSymbolAtLocation(expression))
    .filter((base) => base !== undefined)
    .map((base) => resolved(checker, base))
    .filter((base) => base.declarations?.some((node) => node.getSourceFile().fileName.startsWith(dir)));
}

function resolved(/** @type {ts.TypeChecker} */ checker, /** @type {ts.Symbol} */ symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The package a file belongs to: one of ours by its folder, else by the last `node_modules` in its path. */
function packageOf(/** @type {string} */ path) {
  const own = publicPackages().find(({ dir }) => path.startsWith(`${dir}${sep}`));
  if (own) return own.name;
  const [first = "", second = ""] = (path.split(`${sep}node_modules${sep}`).at(-1) ?? "").split(sep);
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** 0 where both files are equal; else prints the difference and returns 1. */
function compare(/** @type {string} */ reviewed, /** @type {string} */ actual) {
  const before = existsSync(reviewed) ? reviewed : "/dev/null";
  const { status, stdout } = spawnSync("git", ["diff", "--no-index", "--no-color", "--", before, actual], {
    encoding: "utf8",
  });
  if (status === 0) return 0;
  console.error(stdout);
  return 1;
}
