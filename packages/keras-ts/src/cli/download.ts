/** `fetch` for a command line: a server that cannot be reached is told in words. */
import { InputError } from "./input-error.ts";
import { systemErrorText } from "./system-error.ts";
import { UsageError } from "./usage-error.ts";

/** As `fetch`. Throws UsageError for what is no URL, InputError where no answer comes. */
export async function download(url: string, init: { readonly signal: AbortSignal | null }): Promise<Response> {
  if (!URL.canParse(url)) throw new UsageError(`this is no URL: ${url}`);
  try {
    return await fetch(url, init);
  } catch (error) {
    // Node says "fetch failed", and why in the cause.
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new InputError(`cannot load ${url}: ${systemErrorText(error) ?? reason}`, { cause: error });
  }
}
