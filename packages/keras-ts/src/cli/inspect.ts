/** `keras-ts inspect`: what is in a file, and where it runs. */
import { readFile } from "node:fs/promises";
import { UnsupportedError } from "@keras-ts/core";
import type { Arguments } from "./arguments.ts";
import { type Facts, fileFacts } from "./file-facts.ts";
import { isUrl } from "./is-url.ts";
import { openModel } from "./open-model.ts";
import { shapesToPlan } from "./plan-model.ts";
import type { ProgressLine } from "./progress-line.ts";
import { regularFile } from "./regular-file.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { whereItRuns } from "./where-it-runs.ts";

/** Returns 1 for a model that cannot run here. */
export async function inspect(args: Arguments, terminal: Terminal, progress: ProgressLine): Promise<0 | 1> {
  const { out } = terminal;
  if (isUrl(args.model)) throw new UsageError(`inspect takes a path. Received: ${args.model}`);
  const bytes = new Uint8Array(await readFile(await regularFile(args.model)));
  const { facts, arrays } = await fileFacts(args.model, bytes);
  if (arrays && args.shapes.length > 0) throw new UsageError(`--shape: ${args.model} has no model, only arrays`);
  out.write(lines(facts));
  if (arrays) {
    out.write(`\n${arrays.map((line) => `${line}\n`).join("")}`);
    return 0;
  }
  try {
    const model = await openModel(args.model, terminal, progress);
    const shapes = shapesToPlan(model, args.shapes);
    out.write("\n");
    model.summary({ printFn: (text) => out.write(`${text}\n`) });
    const runs = await whereItRuns(model, shapes);
    out.write(`\n${lines(runs.facts)}`);
    model.dispose();
    return runs.isFine ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    out.write(`\nruns on no backend: ${error.message}\n`);
    return 1;
  }
}

function lines(facts: Facts): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join("");
}
