/** `npm run bench`: times keras-ts and its peers and prints what came out. Exit 0, 1 where keras-ts failed or disagreed, 2 for bad usage. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Arguments, parseArguments, USAGE, UsageError } from "./arguments.ts";
import { openBrowser } from "./browser/host.ts";
import type { Runtime } from "./contestants/contestant.ts";
import { isOurs } from "./contestants/names.ts";
import { startInNode } from "./contestants/start-node.ts";
import { busyWarning, describeMachine, interruptions } from "./machine.ts";
import { messageOf } from "./measure/message.ts";
import { type Failure, FULL, type Measured, measure, QUICK, type Settings } from "./measure/protocol.ts";
import { Progress } from "./progress.ts";
import type { Result, Row } from "./report/result.ts";
import { formatReport } from "./report/text.ts";

/** One place where workloads are measured: this process, or a page. */
interface Place {
  measure(workload: Arguments["workloads"][number], settings: Settings): Promise<Measured>;
}

async function main(args: readonly string[]): Promise<number> {
  const wanted = parseArguments(args);
  if (wanted.help) {
    console.log(USAGE);
    return 0;
  }
  const progress = new Progress(process.stderr);
  const warning = busyWarning();
  if (warning) progress.line(warning);
  const rows: Row[] = [];
  const failures: Failure[] = [];
  const settings = wanted.quick ? QUICK : FULL;
  const collect = async (where: Runtime, place: Place): Promise<void> => {
    for (const [i, workload] of wanted.workloads.entries()) {
      progress.start(`${where} ${i + 1}/${wanted.workloads.length} ${workload.name}`);
      const measured = await place.measure(workload, settings[where]);
      rows.push(...measured.rows);
      failures.push(...measured.failures);
    }
  };
  const reportUnavailable = (unavailable: readonly { name: string; reason: string }[]): void => {
    for (const { name, reason } of unavailable) failures.push({ workload: "all workloads", contestant: name, reason });
  };

  const node = await startInNode({ names: wanted.peers, named: wanted.peersNamed, python: wanted.python });
  reportUnavailable(node.unavailable);
  try {
    await collect("node", {
      measure: (workload, how) =>
        measure(workload, node.contestants, how, (text) => progress.detail(text), interruptions),
    });
  } finally {
    for (const contestant of node.contestants) await contestant.close?.();
  }
  let machine = describeMachine();
  if (wanted.browser) {
    try {
      const page = await openBrowser(wanted.peers, (text) => progress.detail(text));
      try {
        machine += `; ${page.browser}`;
        reportUnavailable(page.unavailable);
        await collect("browser", { measure: (workload, how) => page.measure(workload.name, how) });
      } finally {
        await page.close();
      }
    } catch (error) {
      // What was measured until then is worth printing.
      reportUnavailable([{ name: "keras-ts-webgl", reason: messageOf(error) }]);
    }
  }
  progress.end();

  const date = new Date().toISOString();
  const result: Result = { machine, node: process.versions.node, date, rows, rooflines: [] };
  console.log(`\n${formatReport(result)}`);
  for (const { workload, contestant, reason } of failures)
    console.log(`Not run: ${contestant}, ${workload}: ${reason}`);
  if (wanted.json !== null) writeJson(wanted.json, result);
  return succeeded(rows, failures) ? 0 : 1;
}

/** Peers may fail; keras-ts may not. */
function succeeded(rows: readonly Row[], failures: readonly Failure[]): boolean {
  return (
    rows.every(({ contestant, agrees }) => agrees || !isOurs(contestant)) &&
    failures.every(({ contestant }) => !isOurs(contestant))
  );
}

function writeJson(file: string, result: Result): void {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`Written: ${file}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error instanceof Error ? error.stack : messageOf(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
