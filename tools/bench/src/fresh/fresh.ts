/** Cold start and peak memory: each contestant in fresh processes, in turns. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { messageOf } from "../measure/message.ts";
import { quantile } from "../measure/statistics.ts";
import type { ColdStart, Failure, PeakMemory } from "../report/result.ts";
import { bundleStart } from "./bundled-start.ts";
import { BASELINE, BUNDLED, type Shot } from "./shot.ts";

export const TINY = "depthwise 1D T64 C16 k3";
export const LARGE = "MobileNetV1 224×224";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("./one-shot.js", import.meta.url));
/** Within the workspace our packages are many files each; this is what Node takes of those that are published. */
const AS_PUBLISHED = "--conditions=@keras-ts/node-file";

export interface Fresh {
  readonly coldStarts: ColdStart[];
  readonly peakMemory: PeakMemory[];
  readonly failures: Failure[];
}

/** `rounds` fresh processes each for the start, one each for the memory; keras-ts once more in a program of one file. */
export async function measureFresh(
  libraries: readonly string[],
  rounds: number,
  progress: (text: string) => void,
): Promise<Fresh> {
  const failures: Failure[] = [];
  await bundleStart();
  const contestants = libraries.flatMap((name) => (name === "keras-ts" ? [name, BUNDLED] : [name]));
  const samples = new Map<string, Shot[]>();
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round + turn) % contestants.length] ?? "";
      progress(`cold start ${round + 1} of ${rounds}: ${contestant}`);
      if (failures.some((failure) => failure.contestant === contestant)) continue;
      const shot = await attempt(contestant, TINY, failures, round === 0);
      if (shot) samples.set(contestant, [...(samples.get(contestant) ?? []), shot]);
    }
  }
  const coldStarts = [...samples].map(([contestant, shots]) => {
    const ms = shots.map(({ firstMs }) => firstMs);
    return {
      contestant,
      workload: TINY,
      medianMs: quantile(ms, 0.5),
      minMs: Math.min(...ms),
      maxMs: Math.max(...ms),
      runs: ms.length,
    };
  });
  return { coldStarts, peakMemory: await measureMemory([...samples.keys()], failures, progress), failures };
}

async function measureMemory(
  contestants: readonly string[],
  failures: Failure[],
  progress: (text: string) => void,
): Promise<PeakMemory[]> {
  const rows: PeakMemory[] = [];
  for (const workload of [TINY, LARGE]) {
    const baseline = await attempt(BASELINE, workload, failures, false);
    for (const contestant of contestants) {
      progress(`peak memory: ${contestant}, ${workload}`);
      const shot = baseline && (await attempt(contestant, workload, failures, false));
      if (shot) {
        const aboveBytes = Math.max(shot.peakBytes - baseline.peakBytes, 0);
        rows.push({ contestant, workload, peakBytes: shot.peakBytes, aboveBytes });
      }
    }
  }
  return rows;
}

async function attempt(
  contestant: string,
  workload: string,
  failures: Failure[],
  check: boolean,
): Promise<Shot | null> {
  try {
    const args = [...process.execArgv, AS_PUBLISHED, PROGRAM, contestant, workload, check ? "check" : ""];
    const { stdout } = await run(process.execPath, args, { maxBuffer: 1 << 24, timeout: 120_000 });
    const shot = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Shot;
    if (!shot.agrees) throw new Error("computed something else in a fresh process");
    return shot;
  } catch (error) {
    failures.push({ workload: `fresh process, ${workload}`, contestant, reason: messageOf(error).slice(0, 500) });
    return null;
  }
}
