/** The script of the page: the same replay as in Node, on the backends that need a browser. Bundled when the package is built. */
import { webgl } from "@keras-ts/backend-webgl";
import { KerasEngine } from "../replay/keras-engine.ts";
import { modesOf, replayCase } from "../replay/replay.ts";
import { decodeBundle } from "../suite/bundle.ts";
import "./protocol.ts";

const engine = new KerasEngine([webgl()]);

globalThis.kerasParity = {
  start: (backend) => engine.start(backend),
  async replay(path, backend, modes) {
    const { suite, cases, arrays } = decodeBundle(await (await fetch(path)).arrayBuffer());
    for (const item of cases) {
      for (const mode of modesOf(item, modes)) {
        await globalThis.kerasParityReport(await replayCase(engine, { suite, item, arrays, backend }, mode));
      }
    }
  },
};
