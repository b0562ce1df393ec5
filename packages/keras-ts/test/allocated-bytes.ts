/** What a function leaves on V8's heap. */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const WARM_UP = 3000; // calls until V8 has compiled what they run
const ROUNDS = 10;

/**
 * Bytes that a call of `fn` allocates, over `calls` of them: the least of ten rounds, each between two readings of the heap without a
 * collection in between, since V8 compiles and keeps feedback on the side in some. Node only.
 */
export function bytesPerCall(fn: () => void, calls: number): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < WARM_UP; i++) fn();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    collect();
    const before = getHeapStatistics().used_heap_size;
    for (let i = 0; i < calls; i++) fn();
    least = Math.min(least, getHeapStatistics().used_heap_size - before);
  }
  return least / calls;
}
