/** Tells what a file is by its first bytes; names are not trusted. */

/** The kinds of files that Keras writes, or that hold what it wrote. */
export type FileKind = "zip" | "hdf5" | "json" | "npy" | "unknown";

/** The kind of a file. An HDF5 file may begin with a block of the user's, of 512 bytes or a doubling of it. */
export function fileKind(bytes: Uint8Array): FileKind {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0x50, 0x4b, 0x05, 0x06])) return "zip";
  for (let at = 0; at < bytes.length; at = at === 0 ? 512 : 2 * at)
    if (startsWith(bytes.subarray(at, at + 8), [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])) return "hdf5";
  if (startsWith(bytes, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return "npy";
  return firstLetter(bytes) === "{" ? "json" : "unknown";
}

/** What users call a kind. */
export const KIND_NAMES: Readonly<Record<FileKind, string>> = {
  zip: "a zip archive",
  hdf5: "an HDF5 file",
  json: "JSON",
  npy: "a NumPy array",
  unknown: "no file of a known kind",
};

/** What an error says of bytes of a wrong kind: how many they are, and how they begin where that is text, as a server's page or a pointer of git-lfs. */
export function receivedText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, SHOWN));
  const isText = text !== "" && /^[\x20-\x7e\s]*$/.test(text);
  return `Received: bytes=${bytes.length}${isText ? `, begins=${JSON.stringify(text)}` : ""}.`;
}

const SHOWN = 40; // bytes

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}

/** The first that is no white space, after a byte order mark. */
function firstLetter(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().charAt(0);
}
