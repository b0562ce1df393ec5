/** Outputs of a layer beside what they should be. */
import type { ExpectedOutput } from "../../conformance/src/layers/index.ts";
import { compare } from "../../conformance/src/tolerance.ts";

/** What is wrong with the arrays that a way of calling gave, in complete sentences. */
export function* outputProblems(
  way: string,
  received: readonly ArrayLike<number>[],
  expected: readonly ExpectedOutput[],
): Generator<string> {
  if (received.length !== expected.length) yield `${way} gave ${received.length} arrays instead of ${expected.length}.`;
  for (const [i, { values, shape, rounding }] of expected.entries()) {
    const y = received[i] ?? [];
    if (y.length !== values.length) {
      yield `${way}: array ${i} has ${y.length} elements instead of those of [${shape}].`;
      continue;
    }
    const found = compare(y, values, rounding);
    if (!found.agree)
      yield `${way}: array ${i} [${shape}] differs at index ${found.worstIndex}: expected ${found.expected}, received ${found.actual}, tolerance ${found.tolerance.toExponential(2)}.`;
  }
}
