/** Starting contestants: one that cannot start is reported and left out. */
import { messageOf } from "../measure/message.ts";
import type { Contestant } from "./contestant.ts";

export interface Started {
  readonly contestants: readonly Contestant[];
  readonly unavailable: readonly { readonly name: string; readonly reason: string }[];
}

type Starters = Readonly<Record<string, () => Promise<Contestant[]>>>;

/** All of ours, and the peers asked for. */
export async function startAll(ours: Starters, peers: Starters, wanted: readonly string[]): Promise<Started> {
  const contestants: Contestant[] = [];
  const unavailable: { name: string; reason: string }[] = [];
  const chosen = Object.entries(peers).filter(([name]) => wanted.includes(name));
  for (const [name, start] of [...Object.entries(ours), ...chosen]) {
    try {
      contestants.push(...(await start()));
    } catch (error) {
      unavailable.push({ name, reason: messageOf(error) });
    }
  }
  return { contestants, unavailable };
}
