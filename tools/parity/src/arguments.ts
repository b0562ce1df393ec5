/** The command line as data. */
import { parseArgs } from "node:util";
import { parseBackendName } from "./backend-name.ts";
import { MODES, type Mode } from "./replay/result.ts";
import { UsageError } from "./usage-error.ts";

export const HELP = `keras-parity [DIR…] [options]

Replays what Python Keras recorded on every backend of keras-ts and reports where they differ.
DIR is a suite (a folder with a manifest.json) or a folder of suites; fixtures/ when left out.

  --backend NAME,…   cpu, webgl; left out: both, and those that cannot start are only listed.
                     cpu starts as in a program, or as the words after it say: cpu:plain or cpu:relaxed is the
                     build (without or with fused multiply-add), cpu:threads=4 so many threads, which then share
                     every call that can be divided, however small; both: cpu:relaxed:threads=4
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

export function parseArguments(argv: readonly string[], knownBackends: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const modes = words("mode", values.mode, MODES) ?? MODES;
  const backends = values.backend === undefined ? undefined : backendNames(values.backend, knownBackends);
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

function backendNames(value: string, known: readonly string[]): string[] {
  try {
    return [...new Set(value.split(",").map((text) => parseBackendName(text.trim(), known).name))];
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`--backend: ${error.message}`) : error;
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
