/**
 * Text back into the bytes it was made from (`scripts/build-wasm.mjs`: deflate-raw, then base64), by the quickest way this runtime has:
 * streams take Node several times what its own zlib takes.
 */
import { nodeModule } from "./node-module.ts";

interface NodeBuffer {
  readonly Buffer: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> };
}

interface NodeZlib {
  inflateRawSync(packed: Uint8Array): Uint8Array<ArrayBuffer>;
}

interface MaybeFromBase64 {
  readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
}

/** The bytes behind `text`. Rejects where the text is damaged, or the runtime can neither inflate by zlib nor by streams. */
export async function unpack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const zlib = nodeModule("node:zlib") as NodeZlib | undefined;
  const buffer = nodeModule("node:buffer") as NodeBuffer | undefined;
  if (zlib && buffer) return zlib.inflateRawSync(buffer.Buffer.from(text, "base64"));
  return inflate(decodeBase64(text));
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as MaybeFromBase64;
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  const [bytes] = await Promise.all([readAll(readable), writer.write(packed), writer.close()]);
  return bytes;
}

async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
