/** What calls in progress pass on to the calls inside them (Keras: `CallContext`). */

interface OpenCall {
  readonly training: boolean | null;
}

const open: OpenCall[] = [];
let symbolsAreRecorded = true;

/** Whether no layer is being called now. */
export function isOutermostCall(): boolean {
  return open.length === 0;
}

/** The `training` of the call around this one, null outside of calls or where it was not given. */
export function inheritedTraining(): boolean | null {
  return open.at(-1)?.training ?? null;
}

/** Runs a layer's `call`. */
export function inCall<T>(training: boolean | null, fn: () => T): T {
  open.push({ training });
  try {
    return fn();
  } finally {
    open.pop();
  }
}

/** Whether a call on symbols becomes a node of the graph and takes a name. */
export function recordsSymbols(): boolean {
  return symbolsAreRecorded;
}

/** Runs `fn` for the shapes it gives only. */
export function withoutRecording<T>(fn: () => T): T {
  const before = symbolsAreRecorded;
  symbolsAreRecorded = false;
  try {
    return fn();
  } finally {
    symbolsAreRecorded = before;
  }
}
