/** `keras-ts inspect`: what is in a file, and whether it runs here. */
import { readFile, stat } from "node:fs/promises";
import { UnsupportedError } from "@keras-ts/core";
import { type Hdf5Dataset, type Hdf5Group, readHdf5, readSamples, readZip } from "@keras-ts/saving";
import type { Arguments } from "./arguments.ts";
import { sizeText } from "./number-text.ts";
import { openModel } from "./open-model.ts";
import { shapesToPlan } from "./plan-model.ts";
import type { ProgressLine } from "./progress-line.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { whereItRuns } from "./where-it-runs.ts";

type Facts = readonly (readonly [string, string])[];

/** Returns 1 for a model that cannot run here. */
export async function inspect(args: Arguments, terminal: Terminal, progress: ProgressLine): Promise<0 | 1> {
  const { out } = terminal;
  const bytes = await readWhole(args.model);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const hdf5 = isZip || bytes[0] === 0x7b ? null : readHdf5(bytes, { name: args.model });
  out.write(
    lines(hdf5 ? factsOfHdf5(hdf5, bytes) : isZip ? await factsOfZip(args.model, bytes) : [["format", "JSON"]]),
  );
  if (hdf5 && !hdf5.attributes.has("model_config")) {
    out.write(`\n${arraysOf(hdf5)}`);
    return 0;
  }
  try {
    const model = await openModel(args.model, terminal, progress);
    out.write("\n");
    model.summary({ printFn: (text) => out.write(`${text}\n`) });
    const runs = await whereItRuns(model, shapesToPlan(model, args.shapes));
    out.write(`\n${lines(runs.facts)}`);
    model.dispose();
    return runs.isFine ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    out.write(`\nruns on no backend: ${error.message}\n`);
    return 1;
  }
}

async function readWhole(path: string): Promise<Uint8Array> {
  if (/^https?:/.test(path)) throw new UsageError(`inspect takes a path. Received: ${path}`);
  if ((await stat(path)).isDirectory()) throw new UsageError(`inspect takes a file. Received: the folder ${path}`);
  return new Uint8Array(await readFile(path));
}

async function factsOfZip(path: string, bytes: Uint8Array): Promise<Facts> {
  const archive = readZip(bytes, { name: path });
  const metadata: unknown = JSON.parse(
    new TextDecoder().decode(archive.read("metadata.json") ?? Uint8Array.of(0x7b, 0x7d)),
  );
  const of = (key: string) =>
    typeof metadata === "object" && metadata !== null && key in metadata
      ? String(metadata[key as keyof typeof metadata])
      : "unknown";
  const samples = await readSamples(bytes, { filename: path });
  return [
    ["format", `.keras, written by Keras ${of("keras_version")} on ${of("date_saved")}`],
    ["file", sizeText(bytes.length)],
    ...archive.names().map((name) => [`  ${name}`, sizeText(archive.size(name) ?? 0)] as const),
    [
      "samples",
      samples
        ? `${samples.inputs[0]?.shape[0] ?? 0} of ${samples.layers.length} layers, recorded by Keras ${samples.keras}`
        : "none (python -m keras_ts_fixtures FILE --samples 3 --embed)",
    ],
  ];
}

function factsOfHdf5(root: Hdf5Group, bytes: Uint8Array): Facts {
  const isModel = root.attributes.has("model_config");
  const version = root.attributes.get("keras_version");
  return [
    ["format", `HDF5, ${isModel ? "a whole model in the legacy format" : "weights only"}`],
    ["keras", version ? version.readString() : "not said"],
    ["file", sizeText(bytes.length)],
    [
      "arrays",
      `${[...root.datasets()].length}, ${[...root.datasets()].reduce((sum, { size }) => sum + size, 0).toLocaleString("en")} values`,
    ],
  ];
}

function arraysOf(root: Hdf5Group): string {
  const row = ({ path, shape, dtype }: Hdf5Dataset) => `${path.slice(1)}  (${shape.join(", ")})  ${dtype}\n`;
  return [...root.datasets()].map(row).join("");
}

function lines(facts: Facts): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join("");
}
