/** The command line as data. */
import { parseArgs } from "node:util";
import { COMMANDS, type CommandName } from "./help.ts";
import { UsageError } from "./usage-error.ts";

/** What a command line says. Options that its command does not have are refused before. */
export interface Arguments {
  readonly command: CommandName | null;
  readonly model: string;
  /** What stands behind the model. */
  readonly inputs: readonly string[];
  readonly output: string | null;
  readonly batchSize: number;
  readonly shapes: readonly (readonly number[])[];
  readonly samples: string | null;
  readonly layers: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const OPTIONS_OF: Readonly<Record<CommandName, readonly string[]>> = {
  inspect: ["shape"],
  run: ["output", "batch-size", "backend"],
  verify: ["samples", "layers", "backend"],
  plan: ["shape", "backend"],
};
const OF_ALL = ["help", "version", "debug"];

/** Throws UsageError for what is unknown, missing or too much. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const [word, model = "", ...inputs] = positionals;
  const command = word === undefined ? null : commandOf(word);
  const help = values.help ?? false;
  const version = values.version ?? false;
  if (!help && !version) {
    if (command === null) throw new UsageError(`a command is missing; known: ${COMMANDS.join(", ")}`);
    refuseOthers(command, Object.keys(values));
    if (model === "") throw new UsageError(`${command}: the model's file is missing`);
    if (inputs.length > 0 && command !== "run")
      throw new UsageError(`${command} takes one file. Received: ${[model, ...inputs].join(" ")}`);
    if (inputs.length === 0 && command === "run") throw new UsageError("run: a file of inputs is missing");
    if (values.backend !== undefined && values.backend !== "cpu")
      throw new UsageError(`--backend: Node has cpu only. Received: ${values.backend}`);
  }
  return {
    command,
    model,
    inputs,
    output: values.output ?? null,
    batchSize: values["batch-size"] === undefined ? 32 : count("batch-size", values["batch-size"]),
    shapes: (values.shape ?? []).map((text) => text.split(",").map((size) => count("shape", size.trim()))),
    samples: values.samples ?? null,
    layers: values.layers ?? false,
    help,
    version,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        backend: { type: "string" },
        "batch-size": { type: "string" },
        output: { type: "string" },
        samples: { type: "string" },
        shape: { type: "string", multiple: true },
        layers: { type: "boolean" },
        debug: { type: "boolean" },
        help: { type: "boolean" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    // Node goes on with advice on words that begin with a dash.
    const [text = ""] = (error instanceof Error ? error.message : String(error)).split(/\.(?:\s|$)/);
    throw new UsageError(text.charAt(0).toLowerCase() + text.slice(1));
  }
}

function commandOf(word: string): CommandName {
  const command = COMMANDS.find((name) => name === word);
  if (command === undefined) throw new UsageError(`unknown command "${word}"; known: ${COMMANDS.join(", ")}`);
  return command;
}

function refuseOthers(command: CommandName, given: readonly string[]): void {
  const other = given.find((name) => !OF_ALL.includes(name) && !OPTIONS_OF[command].includes(name));
  if (other !== undefined) throw new UsageError(`${command} has no option --${other}`);
}

function count(option: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value === 0) throw new UsageError(`--${option}: sizes are positive integers. Received: ${text}`);
  return value;
}
