/** The command line as data. */
import { parseArgs } from "node:util";
import { MODES, type Mode } from "./replay/result.ts";

export const HELP = `keras-parity [DIR…] [options]

Replays what Python Keras recorded on every backend of keras-ts and reports where they differ.
DIR is a suite (a folder with a manifest.json) or a folder of suites; fixtures/ when left out.

  --backend NAME,…   cpu, webgl; left out: all, and those that cannot start are only listed
  --mode NAME,…      eager, gradient, plan; left out: all
  --filter TEXT      only cases whose suite/id contains TEXT
  --json FILE        writes the report as JSON
  --html FILE        writes the report as one self-contained page
  --version          prints the version
  --help             prints this

Exit status: 0 all agree · 1 something differs, was refused or failed, or a backend asked for by name cannot start ·
2 bad usage, or a broken suite.
`;

export interface Arguments {
  readonly directories: readonly string[];
  readonly backends?: readonly string[];
  readonly modes: readonly Mode[];
  readonly filter: string;
  readonly json?: string;
  readonly html?: string;
  readonly help: boolean;
  readonly version: boolean;
}

/** Bad usage: exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export function parseArguments(argv: readonly string[], knownBackends: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const modes = words("mode", values.mode, MODES) ?? MODES;
  const backends = words("backend", values.backend, knownBackends);
  return {
    directories: positionals.length > 0 ? positionals : ["fixtures"],
    ...(backends ? { backends } : {}),
    modes,
    filter: values.filter ?? "",
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.html === undefined ? {} : { html: values.html }),
    help: values.help ?? false,
    version: values.version ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        backend: { type: "string" },
        mode: { type: "string" },
        filter: { type: "string" },
        json: { type: "string" },
        html: { type: "string" },
        help: { type: "boolean" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function words<T extends string>(option: string, value: string | undefined, known: readonly T[]): T[] | undefined {
  if (value === undefined) return undefined;
  const names = value.split(",").map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const word = known.find((candidate) => candidate === name);
    if (word === undefined)
      throw new UsageError(`--${option}: unknown ${option} "${name}"; known: ${known.join(", ")}`);
    return word;
  });
}
