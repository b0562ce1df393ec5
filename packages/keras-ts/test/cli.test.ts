/** The command line: what it prints, writes and refuses, and how it exits; on files of real Keras. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNpyFile, readZip, writeNpyFile, writeZip } from "@keras-ts/saving";
import { afterAll, describe, expect, it } from "vitest";
import { main } from "../src/cli/main.ts";
import { systemErrorText } from "../src/cli/system-error.ts";
import { VERSION_OF_TOOL } from "../src/cli/version.ts";

const data = join(import.meta.dirname, "../../saving/test/data");
const verified = join(data, "verify/two-inputs.keras");
const sequential = join(data, "keras/sequential.keras");
const folder = mkdtempSync(join(tmpdir(), "keras-ts-cli-"));
const program = join(import.meta.dirname, "../bin/keras-ts.js");
const isBuilt = existsSync(join(import.meta.dirname, "../dist/cli/main.js"));

afterAll(() => rmSync(folder, { recursive: true }));

async function run(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const printed = { out: "", err: "" };
  const screen = (name: "out" | "err") => ({
    isTTY: false,
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const status = await main(argv, { out: screen("out"), err: screen("err") });
  return { status, ...printed };
}

/** A `.npy` of numbers that count up. */
function arrayFile(name: string, shape: readonly number[]): string {
  const size = shape.reduce((product, n) => product * n, 1);
  const path = join(folder, name);
  writeFileSync(path, writeNpyFile({ shape, data: Float32Array.from({ length: size }, (_, i) => (i % 7) / 7) }));
  return path;
}

describe("usage", () => {
  it("prints help, of each command too, and the version of the package", async () => {
    expect((await run("--help")).out).toContain("keras-ts COMMAND MODEL");
    for (const command of ["inspect", "run", "verify", "plan"])
      expect((await run(command, "--help")).out).toContain(`keras-ts ${command} `);
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
    expect(version).toBe(VERSION_OF_TOOL);
    expect(await run("--version")).toEqual({ status: 0, out: `${version}\n`, err: "" });
  });

  it.each([
    [[], /a command is missing; known: inspect, run, verify, plan/],
    [["look", "x"], /unknown command "look"/],
    [["plan"], /plan: the model's file is missing/],
    [["plan", "a", "b"], /plan takes one file. Received: a b/],
    [["run", "a.keras"], /run: a file of inputs is missing/],
    [["inspect", "a", "--backend", "cpu"], /inspect has no option --backend/],
    [["plan", "a", "--backend", "webgl"], /--backend: Node has cpu only. Received: webgl/],
    [["plan", "a", "--shape", "1,x"], /--shape: sizes are positive integers. Received: x/],
    [["plan", "a", "--wrong"], /^keras-ts: unknown option '--wrong'$/m],
    [["plan", "a", "--shape"], /option '--shape <value>' argument missing$/m],
    [["plan", "http://"], /this is no URL: http:\/\/$/m],
  ])("%j is refused in a line, without a stack", async (argv, message) => {
    const { status, out, err } = await run(...argv);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).toMatch(/^.+\nkeras-ts --help says how it is used\.\n$/);
  });

  it("prints stacks with --debug, and exits with 2 for damaged files", async () => {
    const broken = join(folder, "broken.keras");
    writeFileSync(broken, readFileSync(sequential).subarray(0, 1000));
    expect((await run("plan", broken)).status).toBe(2);
    expect((await run("plan", broken, "--debug")).err).toMatch(/^\s+at /m);
  });
});

/** A `.keras` file like that of `sequential`, with other members. */
function changed(name: string, members: Readonly<Record<string, string | null>>): string {
  const archive = readZip(new Uint8Array(readFileSync(sequential)), { name: sequential });
  const bytes = (member: string) => archive.read(member) ?? new Uint8Array();
  const all = { ...Object.fromEntries(archive.names().map((member) => [member, bytes(member)])), ...members };
  const text = (content: string | Uint8Array) =>
    typeof content === "string" ? new TextEncoder().encode(content) : content;
  const kept = Object.entries(all).flatMap(([member, content]) =>
    content === null ? [] : [[member, text(content)] as const],
  );
  return written(name, writeZip(new Map(kept)));
}

function written(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe("files that cannot be used are named in one line:", () => {
  const array = arrayFile("good.npy", [1, 8, 3]);
  const none = join(folder, "none.keras");
  const inside = join(array, "a.keras");
  const cut = written("cut.keras", readFileSync(sequential).subarray(0, 1000));
  const noConfig = changed("no-config.keras", { "config.json": null });
  const json = written("net.json", "{}");
  const noise = written("noise.npy", "hello");
  const cutArray = written("cut.npy", readFileSync(array).subarray(0, 150));
  it.each([
    [["plan", none], `no such file: ${none}`],
    [["inspect", none], `no such file: ${none}`],
    [["verify", none], `no such file: ${none}`],
    [["run", none, array], `no such file: ${none}`],
    [["inspect", inside], `a file stands where the path wants a folder: ${inside}`],
    [["inspect", folder], `a folder, not a file: ${folder}`],
    [["plan", folder], `"${folder}", config.json: a model has a config.json, which is missing.`],
    [["plan", cut], `"${cut}", byte 0: this is no zip archive, or it is truncated.`],
    [["inspect", cut], `"${cut}", byte 0: this is no zip archive, or it is truncated.`],
    [["plan", noConfig], `"${noConfig}", config.json: a model has a config.json, which is missing.`],
    [["plan", noise], `"${noise}": this is no file of a known kind`],
    [["inspect", noise], `"${noise}": this is neither a model nor weights that Keras writes.`],
    [["verify", sequential, "--samples", noise], `"${noise}" is no file of a known kind`],
    [["plan", array], `"${array}": this file has weights only.`],
    [["verify", array], `verify takes a model; ${array} is named as one of weights only`],
    [["plan", json], `"${json}" has no weights.`],
    [["inspect", json], `${json} is JSON, which has no weights of its own.`],
    [["run", sequential, join(folder, "none.npy")], `no such file: ${join(folder, "none.npy")}`],
    [["run", sequential, "x=none.npy"], "no such file: x=none.npy; this model's inputs are Eingang"],
    [["run", sequential, folder], `a folder, not a file: ${folder}`],
    [["run", sequential, noise], `"${noise}", byte 0: expected a .npy file.`],
    [
      ["run", sequential, cutArray],
      `"${cutArray}", byte 128: shape [1, 8, 3] of float32 takes 96 bytes. Received: 22.`,
    ],
    [["run", sequential, array, "--output", join(inside, "y.npy")], `no such folder: ${inside}`],
    [["run", sequential, array, "--output", "y.txt"], "--output: outputs are written to .npy or .npz."],
    [["inspect", array, "--shape", "1,2"], `--shape: ${array} has no model, only arrays`],
    [["plan", "http://127.0.0.1:1/a.keras"], "cannot load http://127.0.0.1:1/a.keras: "],
    [["verify", "http://127.0.0.1:1/a.keras"], "cannot load http://127.0.0.1:1/a.keras: "],
  ])("%j", async (argv, message) => {
    const { status, out, err } = await run(...argv);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(`keras-ts: ${message}`);
    expect(err.replace("keras-ts --help says how it is used.\n", "").split("\n")).toHaveLength(2);
  });

  it("systems' errors are told in words, and others with a request for the stack", () => {
    const refused = Object.assign(new Error("EACCES: permission denied, open 'x'"), { code: "EACCES", path: "x" });
    expect(systemErrorText(refused)).toBe("no permission: x");
    expect(
      systemErrorText(
        new TypeError("terminated", {
          cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
        }),
      ),
    ).toBe("the connection broke off");
    expect(systemErrorText(Object.assign(new Error("EXDEV: cross-device link, open"), { code: "EXDEV" }))).toBe(
      "cross-device link, open",
    );
    expect(systemErrorText(new Error("other"))).toBeNull();
  });
});

describe("inspect", () => {
  it("prints format, sizes, summary and where the model runs", async () => {
    const { status, out } = await run("inspect", sequential);
    expect(status).toBe(0);
    for (const part of [
      /^format +\.keras, written by Keras 3\.15\.1/m,
      /model\.weights\.h5 +\d/,
      /samples +none/,
      /Total params: 110/,
      /^cpu +runs at \(1, 8, 3\): 4 steps$/m,
      /^webgl +runs at \(1, 8, 3\): 4 steps, with textures of 2048×2048, which all devices have$/m,
    ])
      expect(out).toMatch(part);
  });

  it("says which layers webgl could not run, and with which textures it could", async () => {
    const inspected = (length: number) => run("inspect", verified, "--shape", `1,${length},3`, "--shape", "1,4");
    const small = await inspected(60);
    expect(small.status).toBe(0);
    expect(small.out).toMatch(/^webgl +runs at \(1, 60, 3\), \(1, 4\): \d+ steps, with textures of 2048×2048/m);
    const { status, out } = await inspected(6_000_000);
    expect(status).toBe(0);
    expect(out).toMatch(/^webgl +runs at .* with textures of 4096×4096 .*not with those of 2048×2048.*:$/m);
    expect(out).toMatch(/^- two\/conv: conv: 6000000 texels \(96000000 bytes\) need a texture of/m);
    expect(out).toMatch(/^- two\/norm: .* \(and \d+ more of its ops\)$/m);
    const large = await inspected(600_000_000);
    expect(large.status).toBe(1);
    expect(large.out).toMatch(/^cpu +cannot run at .*:\n- two\/conv: conv: inputs and output take 16800000000 bytes/m);
    expect(large.out).toMatch(/^webgl +cannot run at .* with textures of 16384×16384.*:\n- two\/conv: /m);
    expect((await run("inspect", verified)).out).toMatch(/^webgl +not looked at: .* give --shape/m);
  });

  it("lists everything that cannot run, and exits with 1", async () => {
    const { status, out } = await run("inspect", join(data, "keras/unsupported.keras"));
    expect(status).toBe(1);
    expect(out).toContain("4 parts of this model cannot run here");
    expect(out).toContain("- net/attention: keras.layers.MultiHeadAttention (keras-ts does not have it)");
  });

  it("goes on where Keras would: with a damaged metadata.json, and with none", async () => {
    const damaged = await run("inspect", changed("metadata.keras", { "metadata.json": "{" }));
    expect(damaged.status).toBe(0);
    expect(damaged.out).toMatch(/^format +\.keras, written by an unknown version: metadata\.json is no JSON$/m);
    const { out } = await run("inspect", changed("no-metadata.keras", { "metadata.json": null }));
    expect(out).toMatch(/^format .*: metadata\.json is missing$/m);
  });

  it("lists the arrays of NumPy's files", async () => {
    const { status, out } = await run("inspect", join(data, "numpy/arrays.npz"));
    expect(status).toBe(0);
    expect(out).toMatch(/^format +\.npz, arrays of NumPy$/m);
    expect(out).toMatch(/^f4 {2}\(/m);
    expect((await run("inspect", join(data, "numpy/pickled.npz"))).out).toMatch(
      /is not read: .*pickled Python objects/,
    );
    expect((await run("inspect", arrayFile("x.npy", [2, 3]))).out).toMatch(/x {2}\(2, 3\)$/m);
  });

  it("lists the arrays of a file of weights", async () => {
    const { status, out } = await run("inspect", join(data, "keras/net.weights.h5"));
    expect(status).toBe(0);
    expect(out).toMatch(/weights only/);
    expect(out).toMatch(/^alpha\/vars\/0 {2}\(2, 2\) {2}float32$/m);
  });
});

describe("run", () => {
  it("writes what the model gives", async () => {
    const output = join(folder, "y.npy");
    const { status, out } = await run("run", sequential, arrayFile("x.npy", [40, 8, 3]), "--output", output);
    expect(status).toBe(0);
    expect(out).toMatch(/^global_average_pooling1d: \(40, 2\), .* to .*, \[/);
    const { shape, data: values } = readNpyFile(new Uint8Array(readFileSync(output)));
    expect(shape).toEqual([40, 2]);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it("takes several inputs by name, and writes several outputs", async () => {
    const [sound, words] = [arrayFile("sound.npy", [2, 9, 3]), arrayFile("words.npy", [2, 4])];
    const output = join(folder, "y.npz");
    const { status, err } = await run("run", verified, `words=${words}`, `sound=${sound}`, "--output", output);
    expect({ status, err }).toEqual({ status: 0, err: `wrote ${output}\n` });
    expect(readZip(new Uint8Array(readFileSync(output)), { name: output }).names()).toEqual([
      "amount.npy",
      "choice.npy",
    ]);
    const refused = await run("run", verified, words);
    expect(refused.status).toBe(2);
    expect(refused.err).toContain("this model's inputs are sound, words");
    expect((await run("run", verified, `words=${words}`)).err).toContain("input sound is missing");
    expect((await run("run", verified, `sound=${words}`, `words=${words}`)).err).toMatch(
      /sound has shape \(any, any, 3\)/,
    );
    expect((await run("run", verified, `words=${words}`, `sound=${sound}`, "--output", "y.npy")).err).toMatch(
      /has 2 outputs, which a .npz holds/,
    );
  });
});

describe("verify", () => {
  it("uses the samples in the file, and those beside it", async () => {
    const inside = await run("verify", verified, "--layers");
    expect(inside.status).toBe(0);
    expect(inside.out).toMatch(/^layer "conv" +agrees/);
    expect(inside.out).toMatch(/agrees with Keras 3\.15\.1: 8 layers and 2 outputs; worst at/);

    const copy = join(folder, "copy.keras");
    copyFileSync(sequential, copy);
    const none = await run("verify", copy);
    expect(none.status).toBe(2);
    expect(none.err).toMatch(/has no samples, and there is no .*copy-samples/);
    mkdirSync(join(folder, "copy-samples"));
    const samples = readZip(new Uint8Array(readFileSync(verified)), { name: verified }).read("keras_ts/samples.h5");
    writeFileSync(join(folder, "copy-samples/samples.h5"), samples ?? "");
    const other = await run("verify", copy);
    expect(other.status).toBe(1);
    expect(other.err).toContain("these samples are of another model");
    expect((await run("verify", verified, "--samples", join(folder, "copy-samples"))).status).toBe(0);
  });
});

describe("plan", () => {
  it("prints steps and kernels; shapes are asked for where they are unknown", async () => {
    const { status, out } = await run("plan", sequential);
    expect(status).toBe(0);
    expect(out).toMatch(/^step +layer +op +kernel/);
    const unknown = await run("plan", verified);
    expect(unknown.status).toBe(2);
    expect(unknown.err).toContain("sound (?, ?, 3); words (?, 4)");
    expect((await run("plan", verified, "--shape", "1,6,3", "--shape", "1,4")).out).toContain("two/conv");
    expect((await run("plan", verified, "--shape", "1,6,3")).err).toContain("once an input");
  });
});

// The program needs the build, which `npm test` makes before.
it.skipIf(!isBuilt)("the program prints to its streams and exits with the status", () => {
  const spawned = (...argv: string[]) => spawnSync(process.execPath, [program, ...argv], { encoding: "utf8" });
  const fine = spawned("verify", verified);
  expect(fine.stdout).toMatch(/^agrees with Keras/);
  expect({ status: fine.status, stderr: fine.stderr }).toEqual({ status: 0, stderr: "" });
  expect(spawned("verify").status).toBe(2);
});
