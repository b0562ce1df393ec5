/** Which backend runs where. The one place that knows their names. */
import { cpu } from "@keras-ts/backend-cpu";
import { BrowserHost } from "./browser/browser-host.ts";
import { type Host, LocalHost } from "./host.ts";
import { KerasEngine } from "./replay/keras-engine.ts";
import { NO_BACKEND } from "./replay/replay.ts";

/** cpu in this process, webgl in a headless browser, and this process for shapes and refusals. */
export function defaultHosts(): Record<string, () => Host> {
  let engine: KerasEngine | undefined;
  const local = () => (engine ??= new KerasEngine([cpu()]));
  return {
    [NO_BACKEND]: () => new LocalHost(local(), "cpu", NO_BACKEND),
    cpu: () => new LocalHost(local(), "cpu"),
    webgl: () => new BrowserHost("webgl"),
  };
}
