// Damaged files: values, or an error that names the file and the place, soon and in little memory. KERAS_TS_FUZZ is how many are tried
// (2,000 unless set), KERAS_TS_SEED what decides them; both are in what a failure prints.

import { UnsupportedError } from "@keras-ts/core";
import { afterAll, expect, test, vi } from "vitest";
import { Cursor } from "../src/hdf5/file-bytes.ts";
import { FileError, readHdf5, readZip, writeZip } from "../src/index.ts";
import { describeTree, hdf5Bytes, hdf5Files } from "./hdf5-files.ts";
import { mutate, randomNumbers } from "./mutate.ts";

const tries = Number(process.env["KERAS_TS_FUZZ"] ?? 2000);
const seed = Number(process.env["KERAS_TS_SEED"] ?? 1);
const MOST_MS = 5000; // one file, on a machine that is busy with other things
const LARGE = ["many-chunks", "wide-earliest", "chunks-earliest", "chunks-hdf5-2", "wide-latest"]; // a tenth of the tries
const limits = { decodedBytes: 32 * 2 ** 20, objects: 20_000 };

type Outcome = "the same values" | "other values" | "FileError" | "UnsupportedError";
const counts = new Map<string, number>();
let slowest = 0;

/** Runs `read` on a damaged file; anything but values and the two errors fails the test, with what is needed to see it again. */
function outcomeOf(what: string, read: () => string, expected: string): Outcome {
  const start = performance.now();
  let outcome: Outcome;
  try {
    outcome = read() === expected ? "the same values" : "other values";
  } catch (error) {
    if (!(error instanceof FileError || error instanceof UnsupportedError))
      throw new Error(`${what}: an error of another kind: ${error instanceof Error ? error.stack : error}`);
    expect(error.message, what).toMatch(/^"fuzzed"(, [\s\S]+)?, byte \d+: ./);
    outcome = error instanceof FileError ? "FileError" : "UnsupportedError";
  }
  const took = performance.now() - start;
  slowest = Math.max(slowest, took);
  expect(took, `${what}: milliseconds`).toBeLessThan(MOST_MS);
  return outcome;
}

function count(kind: string, outcome: Outcome): void {
  counts.set(`${kind}: ${outcome}`, (counts.get(`${kind}: ${outcome}`) ?? 0) + 1);
}

const readTree = (bytes: Uint8Array): string =>
  JSON.stringify(describeTree(readHdf5(bytes, { name: "fuzzed", limits })));
const readMembers = (bytes: Uint8Array): string => {
  const archive = readZip(bytes, { name: "fuzzed", limits });
  return JSON.stringify(
    archive.names().map((name) => [name, Buffer.from(archive.read(name) as Uint8Array).toString("base64")]),
  );
};

const corpus = hdf5Files().map((name) => ({ name, bytes: hdf5Bytes(name), expected: readTree(hdf5Bytes(name)) }));
const small = corpus.filter(({ name }) => !LARGE.includes(name));
const large = corpus.filter(({ name }) => LARGE.includes(name));

/** Damages files of the corpus and reads them. */
function fuzzHdf5(kind: string, from: number, share: number): void {
  for (let index = 0; index < tries * share; index++) {
    const random = randomNumbers(seed + from + index);
    const files = index % 10 === 0 ? large : small;
    const file = files[Math.floor(random() * files.length)] as (typeof corpus)[number];
    const bytes = mutate(file.bytes, random);
    count(
      kind,
      outcomeOf(`seed ${seed}, ${kind} ${index}, ${file.name}`, () => readTree(bytes), file.expected),
    );
  }
}

test(`damaged HDF5 files, seed ${seed}`, () => fuzzHdf5("HDF5", 0, 0.4), 1e7);

test(`damaged HDF5 files by somebody who mends checksums, seed ${seed}`, () => {
  const spy = vi.spyOn(Cursor.prototype, "checksum").mockImplementation(function (this: Cursor) {
    this.skip(4);
  });
  try {
    fuzzHdf5("HDF5 without checksums", 1e6, 0.4);
  } finally {
    spy.mockRestore();
  }
}, 1e7);

test(`damaged archives never give other values, seed ${seed}`, () => {
  const members = new Map([
    ["config.json", new TextEncoder().encode('{"class_name": "Sequential"}')],
    ["model.weights.h5", hdf5Bytes("v110")],
  ]);
  const archive = writeZip(members);
  const expected = readMembers(archive);
  for (let index = 0; index < tries * 0.2; index++) {
    const bytes = mutate(archive, randomNumbers(seed + 2e6 + index));
    const outcome = outcomeOf(`seed ${seed}, zip ${index}`, () => readMembers(bytes), expected);
    count("zip", outcome);
    expect(outcome, `seed ${seed}, zip ${index}`).not.toBe("other values");
  }
}, 1e7);

afterAll(() => {
  if (process.env["KERAS_TS_FUZZ"])
    console.log(
      `${tries} damaged files, seed ${seed}, slowest ${slowest.toFixed(0)} ms, process ${process.resourceUsage().maxRSS >> 10} MiB\n`,
      Object.fromEntries([...counts].sort()),
    );
});
