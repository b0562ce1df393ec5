/** The page and the bundles it replays, on 127.0.0.1 and a port of the system's choice; nothing else is served. */
import { createServer } from "node:http";

export interface PageServer {
  readonly origin: string;
  /** Puts a block of bytes under an address that the page fetches; `remove` frees it. */
  offer(bytes: Uint8Array<ArrayBuffer>): { readonly path: string; remove(): void };
  close(): Promise<void>;
}

const HTML =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>keras-parity</title><script type="module" src="/page.js"></script></html>';

export async function servePage(script: string): Promise<PageServer> {
  const offered = new Map<string, Uint8Array<ArrayBuffer>>();
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    const bytes = offered.get(url);
    const [type, body] =
      url === "/"
        ? ["text/html", HTML]
        : url === "/page.js"
          ? ["text/javascript", script]
          : bytes
            ? ["application/octet-stream", bytes]
            : ["", null];
    if (body === null) {
      response.writeHead(404).end();
      return;
    }
    // Cross-origin isolation, so that a backend with threads runs as it would on a site that allows them.
    response.writeHead(200, {
      "Content-Type": type,
      "Cache-Control": "no-store",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    });
    response.end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the local server has no port");
  let count = 0;
  return {
    origin: `http://127.0.0.1:${address.port}`,
    offer(bytes) {
      const path = `/bundle/${count++}`;
      offered.set(path, bytes);
      return { path, remove: () => void offered.delete(path) };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
