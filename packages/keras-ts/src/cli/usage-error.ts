/** What a command line asks for and cannot be had; `--help` tells what can. */
import { InputError } from "./input-error.ts";

/** Exit status 2, and a hint at `--help`. */
export class UsageError extends InputError {
  override readonly name = "UsageError";
}
