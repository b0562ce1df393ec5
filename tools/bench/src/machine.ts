/** The machine in words. */
import { arch, cpus, loadavg, platform, totalmem } from "node:os";

export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.replace(/\s+/g, " ").trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${processors.length} cores, ${memory} GiB, ${platform()} ${arch()}`;
}

/** What speaks against trusting the figures of this moment, or null. */
export function busyWarning(): string | null {
  const [load = 0] = loadavg();
  if (load < BUSY) return null;
  return `Other processes are running (load average ${load.toFixed(1)}): figures will be higher and less certain than on an idle machine.`;
}

/** Runnable processes, averaged over a minute; the start of the benchmark itself counts for a few tenths. */
const BUSY = 0.7;

/** How often the system has taken the processor away from this process; 0 where it does not say. */
export function interruptions(): number {
  return process.resourceUsage().involuntaryContextSwitches;
}
