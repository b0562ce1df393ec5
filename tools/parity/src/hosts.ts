/** Which backend runs where. The one place that knows their names. */
import { type CpuOptions, cpu } from "@keras-ts/backend-cpu";
import type { CpuVariant } from "./backend-name.ts";
import { BrowserHost } from "./browser/browser-host.ts";
import { type Hosts, LocalHost } from "./host.ts";
import { RelaxedSimdHost } from "./relaxed-simd.ts";
import { KerasEngine } from "./replay/keras-engine.ts";
import { NO_BACKEND } from "./replay/replay.ts";

/** cpu in this process, webgl in a headless browser, and this process for shapes and refusals. */
export function defaultHosts(): Hosts {
  // An engine of its own each: the backend that it registers takes the place of the one before.
  const local = (label: string, options: CpuOptions) => new LocalHost(new KerasEngine([cpu(options)]), "cpu", label);
  return {
    [NO_BACKEND]: () => local(NO_BACKEND, {}),
    cpu: ({ name, variant }) => {
      const host = local(name, optionsOf(variant));
      return variant.build === "relaxed" ? new RelaxedSimdHost(host) : host;
    },
    webgl: () => new BrowserHost("webgl"),
  };
}

/** The cases are small: none would be divided where a part must be worth a thread, nor any separable convolution computed in stripes. */
function optionsOf({ build, threads }: CpuVariant): CpuOptions {
  return {
    ...(build === "plain" ? { relaxed: false } : {}),
    ...(threads === undefined ? {} : { threads, leastWork: 1, separableFrom: 1 }),
  };
}
