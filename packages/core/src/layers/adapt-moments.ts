/** Mean and variance of data that comes at once or in batches, for `Normalization.adapt`. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import { isTensor, type Tensor } from "../tf.ts";

/** A batch, or a pair whose first part is one (data and labels). */
type Batch = Tensor | readonly Tensor[];

/** A tensor, or batches of one. */
export type AdaptData = Tensor | Iterable<Batch>;

interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** `reducedAxes` says over which axes of data of a shape the statistics are taken, and refuses shapes that do not fit. */
export function adaptedMoments(data: AdaptData, reducedAxes: (shape: readonly number[]) => readonly number[]): Moments {
  if (isTensor(data)) return momentsOf(data, reducedAxes(data.shape));
  if (data === null || typeof data !== "object" || !(Symbol.iterator in data)) {
    throw new ValueError(
      `Unsupported data type: adapt() takes a tensor or an iterable of batches. Received: data=${formatValue(data)}`,
    );
  }
  let total: Moments | null = null;
  let totalCount = 0;
  for (const item of data) {
    const batch = isTensor(item) ? item : item[0];
    if (!isTensor(batch))
      throw new ValueError(`adapt() expects an iterable that yields tensors. Received: ${formatValue(item)}`);
    const axes = reducedAxes(batch.shape);
    const count = axes.reduce((product, axis) => product * (batch.shape[axis] ?? 1), 1);
    totalCount += count;
    const found = momentsOf(batch, axes);
    total = total ? combined(total, found, count / totalCount) : found;
  }
  if (!total)
    throw new ValueError(
      "adapt() received an empty iterable (no batches). Expected at least one batch. Received: data=()",
    );
  return total;
}

function momentsOf(x: Tensor, axis: readonly number[]): Moments {
  return { mean: asTensor(ops.mean(x, { axis })), variance: asTensor(ops.variance(x, { axis })) };
}

/** Both together, the new ones with this share of all elements. */
function combined(old: Moments, found: Moments, share: number): Moments {
  const mean = ops.add(ops.multiply(old.mean, 1 - share), ops.multiply(found.mean, share));
  const spread = (part: Moments) => ops.add(part.variance, ops.square(ops.subtract(part.mean, mean)));
  const variance = ops.add(ops.multiply(spread(old), 1 - share), ops.multiply(spread(found), share));
  return { mean: asTensor(mean), variance: asTensor(variance) };
}
