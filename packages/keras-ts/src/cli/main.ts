/** `keras-ts`: a command in, text and files out, an exit status that says how it went. */
import { inspect as inspectValue } from "node:util";
import { UnsupportedError, ValueError } from "@keras-ts/core";
import { FileError } from "@keras-ts/saving";
import { type Arguments, parseArguments } from "./arguments.ts";
import { COMMANDS, HELP, HELP_OF } from "./help.ts";
import { InputError } from "./input-error.ts";
import { inspect } from "./inspect.ts";
import { planModel } from "./plan-model.ts";
import { ProgressLine } from "./progress-line.ts";
import { runModel } from "./run-model.ts";
import { systemErrorText } from "./system-error.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { verify } from "./verify.ts";
import { VERSION_OF_TOOL } from "./version.ts";

/** Returns the exit status: 0 done, 1 the model cannot run here or differs, 2 bad usage or a file that cannot be read. */
export async function main(
  argv: readonly string[],
  terminal: Terminal = { out: process.stdout, err: process.stderr },
): Promise<0 | 1 | 2> {
  const progress = new ProgressLine(terminal.err);
  try {
    const args = parseArguments(argv);
    if (args.version) terminal.out.write(`${VERSION_OF_TOOL}\n`);
    else if (args.help || args.command === null) terminal.out.write(args.command ? HELP_OF[args.command] : HELP);
    else return await runCommand(args, terminal, progress);
    return 0;
  } catch (error) {
    progress.end();
    return tell(error, argv, terminal);
  }
}

async function runCommand(args: Arguments, terminal: Terminal, progress: ProgressLine): Promise<0 | 1> {
  switch (args.command) {
    case "inspect":
      return inspect(args, terminal, progress);
    case "run":
      return runModel(args, terminal, progress);
    case "verify":
      return verify(args, terminal, progress);
    case "plan":
      return planModel(args, terminal, progress);
    default:
      throw new UsageError(`a command is missing; known: ${COMMANDS.join(", ")}`);
  }
}

/** Says what is wrong in a line; the stack only with `--debug`, or where it is a fault of ours. */
function tell(error: unknown, argv: readonly string[], { err }: Terminal): 1 | 2 {
  const ofModel = error instanceof UnsupportedError || (error instanceof ValueError && !(error instanceof FileError));
  const isExpected = ofModel || error instanceof InputError || error instanceof FileError;
  const text = isExpected ? error.message : systemErrorText(error);
  if (argv.includes("--debug")) err.write(`keras-ts: ${inspectValue(error)}\n`);
  else if (text !== null) err.write(`keras-ts: ${text}\n`);
  else err.write(`keras-ts: ${String(error)}\nThis should not happen; --debug shows where it did.\n`);
  if (error instanceof UsageError) err.write("keras-ts --help says how it is used.\n");
  return ofModel ? 1 : 2;
}
