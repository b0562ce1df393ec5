/** `keras-parity`: arguments in, table and files out, an exit status that says how it went. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { HELP, parseArguments } from "./arguments.ts";
import type { Hosts } from "./host.ts";
import { defaultHosts } from "./hosts.ts";
import { NO_BACKEND } from "./replay/replay.ts";
import { toHtml } from "./report/html.ts";
import { ProgressLine, type Screen } from "./report/progress.ts";
import { exitStatus, toJson } from "./report/report.ts";
import { toTable } from "./report/table.ts";
import { runParity } from "./run.ts";
import { SuiteError } from "./suite/validate.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION_OF_TOOL } from "./version.ts";

/** Problems of broken suites that are printed before the rest is only counted. */
const LISTED_PROBLEMS = 50;

export interface Terminal {
  readonly out: Screen;
  readonly err: Screen;
}

/** Returns the exit status: 0 all agree, 1 not all, 2 bad usage or a broken suite. */
export async function main(
  argv: readonly string[],
  terminal: Terminal = { out: process.stdout, err: process.stderr },
  hosts: Hosts = defaultHosts(),
): Promise<0 | 1 | 2> {
  const progress = new ProgressLine(terminal.err);
  try {
    const args = parseArguments(
      argv,
      Object.keys(hosts).filter((name) => name !== NO_BACKEND),
    );
    if (args.help || args.version) {
      terminal.out.write(args.help ? HELP : `${VERSION_OF_TOOL}\n`);
      return 0;
    }
    const { directories, backends, modes, filter, json, html } = args;
    const report = await runParity({
      directories,
      modes,
      filter,
      hosts,
      ...(backends ? { backends } : {}),
      onProgress: (step) => progress.update(step),
    });
    progress.end();
    terminal.out.write(toTable(report, { colour: terminal.out.isTTY && !process.env["NO_COLOR"] }));
    if (json !== undefined) write(json, toJson(report), terminal);
    if (html !== undefined) write(html, toHtml(report), terminal);
    return exitStatus(report, backends ?? []);
  } catch (error) {
    progress.end();
    if (error instanceof SuiteError) {
      const { problems } = error;
      for (const problem of problems.slice(0, LISTED_PROBLEMS)) terminal.err.write(`keras-parity: ${problem}\n`);
      if (problems.length > LISTED_PROBLEMS)
        terminal.err.write(`keras-parity: … and ${problems.length - LISTED_PROBLEMS} more problems\n`);
      return 2;
    }
    if (error instanceof UsageError) {
      terminal.err.write(`keras-parity: ${error.message}\n\n${HELP}`);
      return 2;
    }
    throw error;
  }
}

function write(file: string, text: string, { err }: Terminal): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : error}`);
  }
  err.write(`wrote ${file}\n`);
}
