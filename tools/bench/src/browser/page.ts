/** Runs in the page: the same protocol, on the contestants of the browser. `host.ts` calls it. */
import type { Contestant } from "../contestants/contestant.ts";
import type { Started } from "../contestants/start.ts";
import { startInBrowser } from "../contestants/start-browser.ts";
import { type Measured, measure, type Settings } from "../measure/protocol.ts";
import type { Workload } from "../workloads/workload.ts";

/** What the page offers its host. */
export interface PageBench {
  start(peers: readonly string[]): Promise<Started["unavailable"]>;
  measure(workload: Workload, settings: Settings): Promise<Measured>;
}

declare global {
  interface Window {
    kerasTsBench: PageBench;
    kerasTsBenchProgress(text: string): Promise<void>;
  }
}

let contestants: readonly Contestant[] = [];

window.kerasTsBench = {
  async start(peers) {
    const started = await startInBrowser(peers);
    contestants = started.contestants;
    return started.unavailable;
  },
  measure: (workload, settings) =>
    measure(workload, contestants, settings, (text) => void window.kerasTsBenchProgress(text)),
};
