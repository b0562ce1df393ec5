/** Suites for tests: the repository's own, and broken or changed copies of them in temporary folders. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync, zipSync } from "fflate";
import { dump } from "npyjs";
import { afterAll } from "vitest";
import { main } from "../src/cli.ts";
import type { Host } from "../src/host.ts";
import { LocalHost } from "../src/host.ts";
import { loadSuites, type Suite } from "../src/suite/load.ts";
import { readNpy } from "../src/suite/npy.ts";
import { type Alterations, RecallingEngine } from "./recalling-engine.ts";

export const FIXTURES = fileURLToPath(new URL("../../../fixtures", import.meta.url));

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Cases of a copy: some of every suite, so that a test takes milliseconds. */
const KEPT = 8;

/**
 * A temporary copy of a suite of the repository: its manifest with the first cases and those of `pairwise`, and their
 * arrays as loose files, which are easier to break than an archive's members.
 */
export function copySuite(name: string): string {
  const root = mkdtempSync(join(tmpdir(), "keras-parity-"));
  made.push(root);
  const folder = join(root, name);
  const manifest: RawManifest = JSON.parse(readFileSync(join(FIXTURES, name, "manifest.json"), "utf8"));
  const pairwise = manifest.cases.filter(({ id }) => /pairwise\/00\d$/.test(id));
  const cases = (pairwise.length > 0 ? pairwise : manifest.cases).slice(0, KEPT);
  const { archive, ...rest } = manifest;
  const members = typeof archive === "string" ? unzipSync(readFileSync(join(FIXTURES, name, archive))) : {};
  for (const file of new Set(JSON.stringify(cases).match(/data\/[\w.]+/g))) {
    const member = members[file];
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    if (member) writeFileSync(join(folder, file), member);
    else if (existsSync(join(FIXTURES, name, file))) cpSync(join(FIXTURES, name, file), join(folder, file));
  }
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...rest, cases }));
  return folder;
}

/** Packs the loose arrays of a copy into `arrays.npz`; `edit` may change the members, or the whole file's bytes. */
export function packSuite(
  folder: string,
  edit: (members: Record<string, Uint8Array>) => void = () => {},
  bytesOf: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): void {
  editManifest(folder, (manifest) => {
    const members: Record<string, Uint8Array> = {};
    for (const file of new Set(JSON.stringify(manifest.cases).match(/data\/[\w.]+/g)))
      members[file] = readFileSync(join(folder, file));
    edit(members);
    rmSync(join(folder, "data"), { recursive: true });
    writeFileSync(join(folder, "arrays.npz"), bytesOf(zipSync(members, { level: 6 })));
    manifest["archive"] = "arrays.npz";
  });
}

/** A suite made by hand: arrays by the file names that the cases use, and other files by theirs. */
export function writeSuite(
  cases: readonly Row[],
  arrays: Readonly<Record<string, { shape: number[]; data: Float32Array | Float64Array }>>,
  texts: Readonly<Record<string, string>> = {},
): string {
  const folder = join(mkdtempSync(join(tmpdir(), "keras-parity-")), "handmade");
  made.push(dirname(folder));
  mkdirSync(folder);
  const generator = { command: "by hand", keras: "3.15.1", backend: "jax" };
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify({ format: "keras-parity", version: 1, generator, cases }),
  );
  for (const [file, { shape, data }] of Object.entries(arrays))
    writeFileSync(join(folder, file), new Uint8Array(dump(data, shape)));
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
  return folder;
}

type Row = { id: string; [field: string]: unknown };
interface RawManifest {
  [field: string]: unknown;
  cases: Row[];
}

/** Rewrites the manifest of a copy. */
export function editManifest(folder: string, edit: (manifest: RawManifest) => void): void {
  const file = join(folder, "manifest.json");
  const manifest: RawManifest = JSON.parse(readFileSync(file, "utf8"));
  edit(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}

/** Gives one case a changed copy of its first output. */
export function editOutput(
  folder: string,
  id: string,
  edit: (values: Float32Array) => { values: Float32Array; shape?: number[] } | undefined,
): void {
  editManifest(folder, ({ cases }) => {
    const item = cases.find((candidate) => candidate.id === id);
    const outputs = item?.["outputs"];
    if (!item || !Array.isArray(outputs)) throw new Error(`no case ${id}`);
    const { shape, data } = readNpy(readFileSync(join(folder, outputs[0].file)));
    const values = Float32Array.from(data);
    const changed = edit(values) ?? { values };
    writeFileSync(join(folder, "changed.npy"), new Uint8Array(dump(changed.values, changed.shape ?? [...shape])));
    item["outputs"] = [{ file: "changed.npy" }];
  });
}

const readBefore = new Map<string, Suite[]>();

function read(directories: readonly string[]): Suite[] {
  const known = readBefore.get(directories.join()) ?? loadSuites(directories);
  readBefore.set(directories.join(), known);
  return known;
}

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command on an engine that recalls what `original` suites recorded. */
export async function runCommand(
  argv: readonly string[],
  original: readonly string[],
  alter: Alterations = {},
): Promise<Ran> {
  const text = { out: "", err: "" };
  const screen = (name: "out" | "err") => ({
    isTTY: false,
    write: (part: string) => {
      text[name] += part;
    },
  });
  let engine: RecallingEngine | undefined;
  const local = () => (engine ??= new RecallingEngine(read(original), alter));
  const hosts: Record<string, () => Host> = {
    "-": () => new LocalHost(local(), "cpu", "-"),
    cpu: () => new LocalHost(local(), "cpu"),
    webgl: () => ({
      start: async () => ({ available: false, reason: "no browser here" }),
      replay: async () => {},
      close: async () => {},
    }),
  };
  const status = await main(argv, { out: screen("out"), err: screen("err") }, hosts);
  return { status, ...text };
}
