/** What a command line asks for and cannot be had: exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
