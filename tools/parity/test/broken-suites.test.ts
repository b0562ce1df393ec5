import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { copySuite, editManifest, editOutput, runCommand } from "./suites.ts";

const SUITE = "depthwise-conv1d";
const original = [copySuite(SUITE)];
const ID = "depthwise_conv1d/pairwise/000";

type Edit = (item: Record<string, unknown>) => void;
const first = (value: unknown): { file: string } => (Array.isArray(value) ? value[0] : { file: "" });

/** What is wrong with one case, and what is said about it. */
const CASES: readonly [string, Edit, RegExp][] = [
  ["an unknown kind", (item) => Object.assign(item, { kind: "layers" }), /unknown kind.*Received: kind="layers"/],
  ["a kind left out", (item) => delete item["kind"], /kind is missing/],
  [
    "a missing file",
    (item) => Object.assign(item, { outputs: [{ file: "data/none.npy" }] }),
    /outputs\[0\] data\/none\.npy is missing/,
  ],
  [
    "a file outside the suite",
    (item) => Object.assign(item, { inputs: [{ file: "../../secret.npy" }] }),
    /outside the suite's folder/,
  ],
  [
    "a shape that does not fit",
    (item) => Object.assign(item, { output_shape: [null, 7, 7] }),
    /outputs\[0\] .* has shape \[.*\], output_shape asks for \[null, 7, 7\]/,
  ],
  [
    "a gradient of another shape",
    (item) =>
      Object.assign(item, {
        gradients: { ...(item["gradients"] as object), inputs: [first(item["outputs_float64"]).file] },
      }),
    /holds f8, the format asks for f4/,
  ],
  [
    "float32 where float64 belongs",
    (item) => Object.assign(item, { outputs_float64: item["outputs"] }),
    /outputs_float64\[0\] .* holds f4, the format asks for f8/,
  ],
  [
    "too few gradients",
    (item) => Object.assign(item, { gradients: { ...(item["gradients"] as object), inputs: [] } }),
    /gradients\.inputs has 0 items, inputs has 1/,
  ],
  ["inputs that are no list", (item) => Object.assign(item, { inputs: "x.npy" }), /inputs must be a list/],
  [
    "a layer without a class",
    (item) => Object.assign(item, { layer: { config: {} } }),
    /layer must be an object with class_name and config/,
  ],
  ["a word for training", (item) => Object.assign(item, { training: "yes" }), /training must be true, false or null/],
  [
    "a weight without its flag",
    (item) => Object.assign(item, { weights: [{ path: "kernel", file: first(item["weights"]).file }] }),
    /weights\[0\]\.trainable must be true or false/,
  ],
  ["losses that are words", (item) => Object.assign(item, { losses: ["much"] }), /losses\[0\] must be a number/],
];

describe("a broken suite exits 2 and names file and case", () => {
  it.each(CASES)("%s", async (_, edit, message) => {
    const folder = copySuite(SUITE);
    editManifest(folder, ({ cases }) => edit(cases.find(({ id }) => id === ID) ?? {}));
    const { status, err, out } = await runCommand([folder], original);
    expect(err).toMatch(message);
    expect(err).toContain(`${join(folder, "manifest.json")}: case "${ID}"`);
    expect(status).toBe(2);
    expect(out).toBe("");
  });

  it.each([
    ["malformed JSON", (text: string) => text.slice(0, -5), /malformed JSON/],
    [
      "another format",
      (text: string) => text.replace("keras-parity", "keras-parody"),
      /format must be "keras-parity"\. Received: format="keras-parody"/,
    ],
    [
      "a newer version",
      (text: string) => text.replace('"version":1', '"version":2'),
      /version must be 1\. Received: version=2/,
    ],
    ["no cases", (text: string) => text.replace('"cases"', '"case"'), /cases must be a list/],
  ])("%s", async (_, edit, message) => {
    const folder = copySuite(SUITE);
    const file = join(folder, "manifest.json");
    writeFileSync(file, edit(readFileSync(file, "utf8")));
    const { status, err } = await runCommand([folder], original);
    expect(err).toMatch(message);
    expect(err).toContain(file);
    expect(status).toBe(2);
  });

  it("an id used twice", async () => {
    const folder = copySuite(SUITE);
    editManifest(folder, ({ cases }) => cases.push(...cases.slice(0, 1)));
    expect(await runCommand([folder], original)).toMatchObject({
      status: 2,
      err: expect.stringMatching(/the id is used twice/),
    });
  });

  it.each([
    ["a truncated array", (bytes: Buffer) => bytes.subarray(0, -4), /truncated/],
    ["an array with trailing bytes", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(8)]), /8 trailing bytes/],
    [
      "a big-endian array",
      (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replace("<f4", ">f4"), "latin1"),
      /big-endian/,
    ],
    ["no array at all", () => Buffer.from("hello"), /not an .npy file/],
  ])("%s", async (_, edit, message) => {
    const folder = copySuite(SUITE);
    editOutput(folder, ID, () => undefined);
    const file = join(folder, "changed.npy");
    writeFileSync(file, edit(readFileSync(file)));
    const { status, err } = await runCommand([folder], original);
    expect(err).toMatch(message);
    expect(err).toContain(`case "${ID}": outputs[0] changed.npy`);
    expect(status).toBe(2);
  });

  it("every array missing: every case is named", async () => {
    const folder = copySuite("constraints");
    rmSync(join(folder, "data"), { recursive: true });
    const { status, err } = await runCommand([folder], [folder]);
    expect(status).toBe(2);
    expect(err.match(/case "/g)).toHaveLength(8);
  });

  it("an array of another shape than output_shape", async () => {
    const folder = copySuite(SUITE);
    editOutput(folder, ID, (values) => ({ values: values.slice(1), shape: [values.length - 1] }));
    const { status, err } = await runCommand([folder], original);
    expect(status).toBe(2);
    expect(err).toContain(`case "${ID}": outputs[0] changed.npy has shape`);
  });
});

describe("bad usage exits 2", () => {
  it.each([
    [["--mode", "fast"], /unknown mode "fast"; known: eager, gradient, plan/],
    [["--backend", "tpu"], /--backend: unknown backend "tpu"; known: cpu, webgl/],
    [["--backend", "cpu,cpu:fast"], /--backend: "cpu:fast": unknown word "fast" after cpu/],
    [["--speed"], /Unknown option '--speed'/],
    [["/nowhere/at/all"], /\/nowhere\/at\/all: no such folder/],
    [[...original, "--filter", "no such case"], /no case to replay .* whose name contains "no such case"/],
    [[join(original[0] ?? "", "data")], /holds no manifest\.json/],
  ])("%s", async (argv, message) => {
    const { status, err } = await runCommand(argv, original);
    expect(err).toMatch(message);
    expect(status).toBe(2);
  });
});
