/** `npm run bench`: times keras-ts and its peers and prints what came out. Exit 0, 1 where keras-ts failed or disagreed, 2 for bad usage. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArguments, USAGE, UsageError } from "./arguments.ts";
import { isOurs } from "./contestants/names.ts";
import { busyWarning } from "./machine.ts";
import { messageOf } from "./measure/message.ts";
import { Progress } from "./progress.ts";
import { toHtml } from "./report/html.ts";
import type { Result } from "./report/result.ts";
import { formatReport } from "./report/text.ts";
import { run } from "./run.ts";

async function main(args: readonly string[]): Promise<number> {
  const wanted = parseArguments(args);
  if (wanted.help) {
    console.log(USAGE);
    return 0;
  }
  const progress = new Progress(process.stderr);
  const warning = busyWarning();
  if (warning) progress.line(warning);
  const result = await run(wanted, progress);
  console.log(`\n${formatReport(result)}`);
  if (wanted.json !== null) write(wanted.json, `${JSON.stringify(result, null, 2)}\n`);
  if (wanted.html !== null) write(wanted.html, toHtml(result));
  return succeeded(result) ? 0 : 1;
}

/** Peers may fail; keras-ts may not. */
function succeeded({ rows, sweeps, failures }: Result): boolean {
  return (
    [...rows, ...sweeps].every(({ contestant, agrees }) => agrees || !isOurs(contestant)) &&
    failures.every(({ contestant }) => !isOurs(contestant))
  );
}

function write(file: string, text: string): void {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`Written: ${file}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error instanceof Error ? error.stack : messageOf(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
