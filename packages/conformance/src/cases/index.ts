/** Every family of cases, in the order in which they run. */
import { binaryFamilies } from "./binary.ts";
import { convFamilies } from "./conv.ts";
import { convTransposeFamilies } from "./conv-transpose.ts";
import { elementwiseFamilies } from "./elementwise.ts";
import { largeFamilies } from "./large.ts";
import { layoutFamilies } from "./layout.ts";
import { lookupFamilies } from "./lookup.ts";
import type { Family } from "./op-case.ts";
import { padFamilies } from "./pad.ts";
import { poolFamilies } from "./pool.ts";
import { reduceFamilies } from "./reduce.ts";
import { resampleFamilies } from "./resample.ts";
import { residualFamilies } from "./residual.ts";
import { separableFamilies } from "./separable.ts";
import { specialValueFamilies } from "./special-values.ts";
import { tileFamilies } from "./tiles.ts";
import { unaryFamilies } from "./unary.ts";

/** All families but the fuzz, whose cases follow from a seed. */
export const families: readonly Family[] = [
  ...convFamilies,
  ...convTransposeFamilies,
  ...residualFamilies,
  ...separableFamilies,
  ...unaryFamilies,
  ...binaryFamilies,
  ...elementwiseFamilies,
  ...reduceFamilies,
  ...layoutFamilies,
  ...padFamilies,
  ...poolFamilies,
  ...resampleFamilies,
  ...lookupFamilies,
  ...specialValueFamilies,
  ...tileFamilies,
  ...largeFamilies,
];
