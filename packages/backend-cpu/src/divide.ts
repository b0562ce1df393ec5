/** How a kernel call is divided among threads: into ranges of its outputs that are computed alike whoever computes them. */

/** Outputs from `begin` to before `end`, in the units of a `Division`. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** What can be divided. */
export interface Division {
  /** Units: rows, positions, elements. */
  readonly size: number;
  /** Ranges begin at multiples of it, for whole tiles. */
  readonly grain: number;
  /** About how many multiply-adds, or as long-lasting steps, the whole takes. */
  readonly work: number;
}

/** Steps below which a part is not worth a thread: about 20 microseconds. */
export const LEAST_WORK = 400_000;
/** More than one, so that a thread that was interrupted does not keep the others waiting. */
const PARTS_A_THREAD = 2;

/** The ranges of a division among so many threads; one where it is not worth more. */
export function rangesOf({ size, grain, work }: Division, threads: number, leastWork: number): Range[] {
  const units = Math.ceil(size / grain);
  const most = Math.min(PARTS_A_THREAD * threads, units, Math.floor(work / leastWork));
  const count = threads > 1 ? Math.max(1, most) : 1;
  return Array.from({ length: count }, (_, i) => ({
    begin: Math.min(size, Math.floor((i * units) / count) * grain),
    end: Math.min(size, Math.floor(((i + 1) * units) / count) * grain),
  }));
}
