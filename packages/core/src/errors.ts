/** The errors keras-ts throws. What is wrong comes first, then `Received: name=value`, then what to do. */

/** Thrown for what Keras itself refuses, at the moment Keras refuses it (Python: ValueError, TypeError, AttributeError). */
export class ValueError extends Error {
  override readonly name: string = "ValueError";
}

/** Thrown when something is valid Keras but cannot be done here: by this backend, this dtype, or a plan. */
export class UnsupportedError extends Error {
  override readonly name: string = "UnsupportedError";
}

/** Thrown when no backend that was asked for could start, or when none was chosen yet. */
export class BackendUnavailableError extends Error {
  override readonly name: string = "BackendUnavailableError";
}
