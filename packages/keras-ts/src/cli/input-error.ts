/** What a command was given and cannot be used, such as a file that is none of Keras's: exit status 2. */
export class InputError extends Error {
  override readonly name: string = "InputError";
}
