/** Errors of the file system and of the network in plain words; Node's own begin with codes and calls. */

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EBUSY: "in use by another program",
  EDQUOT: "the disk is full",
  EISDIR: "a folder, not a file",
  ELOOP: "links that lead in a circle",
  EMFILE: "too many open files",
  ENAMETOOLONG: "this name is too long",
  ENOENT: "no such file",
  ENOSPC: "the disk is full",
  ENOTDIR: "a file stands where the path wants a folder",
  EPERM: "no permission",
  EROFS: "this disk is read-only",
  EAI_AGAIN: "no answer for the server's name",
  ECONNREFUSED: "the server refuses connections",
  ECONNRESET: "the connection broke off",
  ENOTFOUND: "no such server",
  ETIMEDOUT: "the server does not answer",
  UND_ERR_CONNECT_TIMEOUT: "the server does not answer",
  UND_ERR_SOCKET: "the connection broke off",
};

/** `no such file: my.keras`; null for errors that are not the system's. */
export function systemErrorText(error: unknown): string | null {
  const found = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : null);
  if (found === null) return null;
  const { code, message, path } = found;
  return `${WORDS[code] ?? message.replace(`${code}: `, "")}${path === null ? "" : `: ${path}`}`;
}

interface SystemError {
  readonly code: string;
  readonly message: string;
  readonly path: string | null;
}

function codeOf(error: unknown): SystemError | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  const path = "path" in error && typeof error.path === "string" ? error.path : null;
  return { code: error.code, message: error.message, path };
}
