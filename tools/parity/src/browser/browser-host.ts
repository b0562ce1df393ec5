/**
 * Replays in a page of a real browser. A page that crashes, or says nothing for longer than a case may take, costs the case it
 * was at, which is reported as failed; the rest goes on in a new page.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright";
import type { Assignment, Host } from "../host.ts";
import type { EngineStatus } from "../replay/engine.ts";
import { headOf, modesOf } from "../replay/replay.ts";
import { type CaseResult, type Mode, withoutNumbers } from "../replay/result.ts";
import { arraysOf } from "../suite/arrays.ts";
import { encodeBundle } from "../suite/bundle.ts";
import type { Suite } from "../suite/load.ts";
import type { Case } from "../suite/manifest.ts";
import "../page/protocol.ts";
import { launchBrowser } from "./launch.ts";
import { type PageServer, servePage } from "./server.ts";

/** A case compiles shaders in software; the slowest of the repository's suites take well under a second. */
const CASE_TIMEOUT_MS = 60_000;
/** Loading and compiling the page's script, on a busy machine. */
const PAGE_START_MS = 30_000;
/** One bundle: enough to make its round trip cheap, little enough for a page's memory. */
const BUNDLE_CASES = 100;
const BUNDLE_BYTES = 8 * 2 ** 20;

export interface BrowserHostOptions {
  readonly caseTimeoutMs?: number;
  /** The page's script, in place of the built one. */
  readonly script?: string;
}

export class BrowserHost implements Host {
  readonly #backend: string;
  readonly #options: BrowserHostOptions;
  #server: PageServer | null = null;
  #browser: Browser | null = null;
  #page: Page | null = null;
  #onResult: (result: CaseResult) => void = () => {};
  #onCrash: (reason: string) => void = () => {};
  #broken: string | null = null;

  constructor(backend: string, options: BrowserHostOptions = {}) {
    this.#backend = backend;
    this.#options = options;
  }

  async start(): Promise<EngineStatus> {
    try {
      this.#server ??= await servePage(this.#options.script ?? readPageScript());
      this.#browser ??= await launchBrowser();
      const status = await this.#open();
      const browser = `Chromium ${this.#browser.version()}, headless`;
      return { ...status, detail: status.detail ? `${status.detail}; ${browser}` : browser };
    } catch (error) {
      return { available: false, reason: text(error) };
    }
  }

  async replay({ suite, cases, modes }: Assignment, onResult: (result: CaseResult) => void): Promise<void> {
    for (const chunk of chunksOf(suite, cases)) await this.#replayChunk(suite, chunk, modes, onResult);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.close();
  }

  async #open(): Promise<EngineStatus> {
    if (!this.#browser || !this.#server) throw new Error("the browser was not started");
    await this.#page?.close().catch(() => {});
    const page = await this.#browser.newPage();
    this.#page = page;
    const broken = new Promise<never>((_, reject) =>
      page.once("pageerror", (error) => reject(new Error(`the page did not start: ${error.message}`))),
    );
    broken.catch(() => {}); // an error after the start is a case's own
    page.on("crash", () => this.#onCrash("the page crashed"));
    page.on("close", () => this.#onCrash("the page closed"));
    await page.exposeFunction("kerasParityReport", (result: CaseResult) => this.#onResult(result));
    await page.goto(this.#server.origin);
    await Promise.race([
      page.waitForFunction(() => globalThis.kerasParity !== undefined, null, { timeout: PAGE_START_MS }),
      broken,
    ]);
    return page.evaluate((backend) => {
      if (!globalThis.kerasParity) throw new Error("the page is not ready");
      return globalThis.kerasParity.start(backend);
    }, this.#backend);
  }

  async #replayChunk(
    suite: Suite,
    chunk: readonly Case[],
    modes: readonly Mode[],
    onResult: (result: CaseResult) => void,
  ): Promise<void> {
    // The page reports in this order, so the first without a result is the one it was at.
    let due = chunk.flatMap((item) => modesOf(item, modes).map((mode) => ({ item, mode })));
    const fail = (reason: string, count: number) => {
      for (const { item, mode } of due.splice(0, count))
        onResult(withoutNumbers(headOf({ suite: suite.name, item, backend: this.#backend }, mode), "failed", reason));
    };
    this.#onResult = (result) => {
      due = due.filter(({ item, mode }) => item.id !== result.id || mode !== result.mode);
      onResult(result);
    };
    while (due.length > 0) {
      if (this.#broken !== null) {
        fail(this.#broken, due.length);
        break;
      }
      const rest = new Map<Case, Set<Mode>>();
      for (const { item, mode } of due) rest.set(item, (rest.get(item) ?? new Set()).add(mode));
      // A case that is half done goes alone, with the modes it still lacks.
      const [first] = rest.keys();
      const left = first ? modes.filter((mode) => rest.get(first)?.has(mode)) : [];
      const partly = first !== undefined && left.length < modesOf(first, modes).length;
      const reason = await this.#run(suite, partly ? [first] : [...rest.keys()], partly ? left : modes);
      if (reason === null) {
        if (!partly) fail("the page gave no result", due.length);
        continue;
      }
      fail(reason, 1);
      if (due.length > 0) await this.#reopen();
    }
  }

  /** `null` when the page came to the end, else why it did not. */
  async #run(suite: Suite, cases: readonly Case[], modes: readonly Mode[]): Promise<string | null> {
    const page = this.#page;
    if (!page || !this.#server) return "the browser was not started";
    const limit = this.#options.caseTimeoutMs ?? CASE_TIMEOUT_MS;
    const offer = this.#server.offer(encodeBundle({ suite: suite.name, cases, arrays: suite.arrays }));
    const report = this.#onResult;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<string | null>((resolve) => {
        const wind = () => {
          clearTimeout(timer);
          timer = setTimeout(() => resolve(`no result within ${limit / 1000} s: the page hangs`), limit);
        };
        this.#onCrash = resolve;
        this.#onResult = (result) => {
          wind();
          report(result);
        };
        wind();
        page
          .evaluate(
            ([path, backend, wanted]) => {
              if (!globalThis.kerasParity) throw new Error("the page is not ready");
              return globalThis.kerasParity.replay(path, backend, wanted);
            },
            [offer.path, this.#backend, modes] as const,
          )
          .then(
            () => resolve(null),
            (error: unknown) => resolve(`the page failed: ${text(error)}`),
          );
      });
    } finally {
      clearTimeout(timer);
      this.#onCrash = () => {};
      this.#onResult = report;
      offer.remove();
    }
  }

  async #reopen(): Promise<void> {
    try {
      // A hung page may not close: a new browser is certain.
      this.#page = null;
      await Promise.race([this.#browser?.close(), new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
      this.#browser = await launchBrowser();
      const status = await this.#open();
      if (!status.available) this.#broken = `after a failure the backend did not start again: ${status.reason}`;
    } catch (error) {
      this.#broken = `after a failure the page did not start again: ${text(error)}`;
    }
  }
}

function chunksOf(suite: Suite, cases: readonly Case[]): Case[][] {
  const chunks: Case[][] = [];
  let bytes = Infinity;
  for (const item of cases) {
    const size = arraysOf(item).reduce((sum, { file }) => sum + (suite.arrays.get(file)?.data.byteLength ?? 0), 0);
    const current = chunks.at(-1);
    if (!current || current.length >= BUNDLE_CASES || bytes + size > BUNDLE_BYTES) {
      chunks.push([item]);
      bytes = size;
    } else {
      current.push(item);
      bytes += size;
    }
  }
  return chunks;
}

/** Built by `scripts/build-page.mjs`. Seen from `src/` and from `dist/` alike. */
function readPageScript(): string {
  const file = fileURLToPath(new URL("../../dist/page/page.js", import.meta.url));
  if (!existsSync(file)) throw new Error("the page's script is missing: the package @keras-ts/parity was not built");
  return readFileSync(file, "utf8");
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
