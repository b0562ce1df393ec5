/** Suites whose arrays lie in one `.npz`: read as loose files are, and refused by name where they are broken. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { Archive } from "../src/suite/archive.ts";
import { loadSuites } from "../src/suite/load.ts";
import { copySuite, editManifest, packSuite, runCommand } from "./suites.ts";

const SUITE = "depthwise-conv1d";
const original = [copySuite(SUITE)];
const ID = "depthwise_conv1d/pairwise/000";

const packed = (...edits: [Parameters<typeof packSuite>[1]?, Parameters<typeof packSuite>[2]?]) => {
  const folder = copySuite(SUITE);
  packSuite(folder, ...edits);
  return folder;
};

describe("an archive", () => {
  it("holds the same arrays as loose files", async () => {
    const folder = packed();
    const [loose] = loadSuites(original);
    const [archived] = loadSuites([folder]);
    expect(archived?.arrays).toEqual(loose?.arrays);
    expect((await runCommand([folder, "--backend", "cpu"], original)).status).toBe(0);
  });

  it("gives stored and deflated members, together and one by one", () => {
    const bytes = zipSync({
      "a.npy": [Uint8Array.of(1, 2), { level: 0 }],
      "d/b.npy": [new Uint8Array(999), { level: 9 }],
    });
    const archive = new Archive(bytes);
    expect(archive.read("a.npy")).toEqual(Uint8Array.of(1, 2));
    archive.prepare(new Set(["d/b.npy"]));
    expect(archive.read("d/b.npy")).toEqual(new Uint8Array(999));
    expect(() => archive.read("b.npy")).toThrow("is missing");
  });
});

describe("a broken archive exits 2 and names what is wrong", () => {
  const first = (folder: string) => {
    const manifest: { cases: { inputs: { file: string }[] }[] } = JSON.parse(
      readFileSync(join(folder, "manifest.json"), "utf8"),
    );
    return manifest.cases[0]?.inputs[0]?.file ?? "";
  };
  const file = first(original[0] ?? "");
  const run = async (folder: string) => {
    const { status, err } = await runCommand([folder, "--filter", ID], original);
    expect(status).toBe(2);
    return err;
  };

  it("a missing member", async () => {
    const folder = packed((members) => delete members[file]);
    expect(await run(folder)).toContain(
      `${join(folder, "manifest.json")}: case "${ID}": inputs[0] ${file} in the archive: is missing`,
    );
  });
  it("a member that is no array", async () => {
    const err = await run(packed((members) => Object.assign(members, { [file]: Uint8Array.of(1, 2, 3) })));
    expect(err).toContain(`case "${ID}": inputs[0] ${file}: not an .npy file (3 bytes`);
  });
  it("a damaged member", async () => {
    const err = await run(
      packed(undefined, (bytes) => {
        const name = new TextEncoder().encode(file);
        const at = Buffer.from(bytes).indexOf(name) + name.length;
        return bytes.map((byte, i) => (i === at ? byte | 6 : byte)); // a deflate block of type 3, which there is not
      }),
    );
    expect(err).toMatch(/case "depthwise_conv1d\/pairwise\/000": inputs\[0\] \S+ in the archive: broken zip: /);
  });
  it("a truncated archive", async () => {
    const folder = packed(undefined, (bytes) => bytes.subarray(0, -40));
    expect(await run(folder)).toContain(`${join(folder, "manifest.json")}: archive arrays.npz: broken zip: `);
  });
  it("no archive", async () => {
    const folder = packed();
    rmSync(join(folder, "arrays.npz"));
    expect(await run(folder)).toContain("archive arrays.npz is missing");
  });
  it("an archive outside the suite's folder", async () => {
    const folder = packed();
    editManifest(folder, (manifest) => Object.assign(manifest, { archive: "../arrays.npz" }));
    expect(await run(folder)).toContain("archive ../arrays.npz lies outside the suite's folder");
  });
  it("a name outside the suite's folder", async () => {
    const folder = packed();
    editManifest(folder, ({ cases }) => {
      for (const item of cases) item["inputs"] = [{ file: "../x.npy" }];
    });
    expect(await run(folder)).toContain("inputs[0] ../x.npy lies outside the suite's folder");
  });
  it.each([[7], [""]])("a field that names no file: %j", async (archive) => {
    const folder = packed();
    editManifest(folder, (manifest) => Object.assign(manifest, { archive }));
    expect(await run(folder)).toContain(`archive must name a file. Received: archive=${JSON.stringify(archive)}`);
  });
});
