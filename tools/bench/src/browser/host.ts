/** Opens the page of the benchmark in a headless browser: bundled, served from this process, cross-origin isolated (for a clock of 5 µs). */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type LaunchOptions, type Page, chromium as playwright } from "playwright";
import { bundleForPage } from "../bundle.ts";
import type { Started } from "../contestants/start.ts";
import type { Measured, Settings } from "../measure/protocol.ts";
import type { Workload } from "../workloads/workload.ts";

export interface BrowserBench {
  /** Name and version. */
  readonly browser: string;
  readonly unavailable: Started["unavailable"];
  measure(workload: Workload, settings: Settings): Promise<Measured>;
  close(): Promise<void>;
}

export async function openBrowser(peers: readonly string[], progress: (text: string) => void): Promise<BrowserBench> {
  const server = await serve(
    await bundleForPage({ entryPoints: [fileURLToPath(new URL("./page.js", import.meta.url))] }),
  );
  const closing: (() => Promise<unknown>)[] = [() => new Promise((resolve) => server.close(resolve))];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const browser = await playwright.launch(await launchOptions());
    closing.push(() => browser.close());
    const page = await browser.newPage();
    const errors = watchErrors(page);
    await page.exposeFunction("kerasTsBenchProgress", progress);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const inPage = async <T>(work: Promise<T>): Promise<T> => Promise.race([work, errors]);
    const unavailable = await inPage(page.evaluate((names) => window.kerasTsBench.start(names), peers));
    return {
      browser: `${browser.browserType().name()} ${browser.version()}`,
      unavailable,
      measure: (workload, settings) =>
        inPage(
          page.evaluate(([given, how]) => window.kerasTsBench.measure(given, how), [
            plain(workload),
            settings,
          ] as const),
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What can be sent: its description is written when it is asked for. */
function plain({ name, kind, batch, description }: Workload): Workload {
  return { name, kind, batch, description };
}

/** Rejects with what the page did not catch; never resolves. */
function watchErrors(page: Page): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    page.on("pageerror", reject);
    page.on("crash", () => reject(new Error("The page crashed.")));
  });
  failed.catch(() => undefined);
  return failed;
}

async function serve(script: Uint8Array): Promise<Server> {
  const html = `<!doctype html><meta charset="utf-8"><title>keras-ts bench</title><script type="module" src="/page.js"></script>`;
  const server = createServer(({ url }, response) => {
    const known = url === "/" || url === "/page.js";
    response.writeHead(known ? 200 : 404, {
      "Content-Type": url === "/" ? "text/html" : "text/javascript",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    });
    response.end(known ? (url === "/" ? html : script) : "");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return server;
}

/** The browser that tests use too: tools/browser.mjs. */
async function launchOptions(): Promise<LaunchOptions> {
  const { chromium } = (await import(new URL("../../../browser.mjs", import.meta.url).href)) as {
    chromium(): Promise<LaunchOptions>;
  };
  return chromium();
}
