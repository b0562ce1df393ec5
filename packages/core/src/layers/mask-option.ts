/** The mask option of layers with one input. */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Value } from "../ops/value.ts";
import { isList, isRecord } from "../structure.ts";
import type { CallOptions } from "./layer-args.ts";

/** The one mask of a call, null where there is none. */
export function maskOption({ mask = null }: CallOptions): Value | null {
  if (mask === null || !(isList(mask) || isRecord(mask))) return mask;
  throw new ValueError(`The layer has one input and takes one mask. Received: mask=${formatValue(mask)}`);
}
