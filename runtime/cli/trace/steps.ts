/** A request as a line of steps, one behind the other: what happened, at which volume. */
import type { HopSeen, Walk } from '../../observe/walk.ts';

export interface Step {
  readonly kind: 'wind' | 'unwind' | 'note';
  /** Nanoseconds since the recording began. */
  readonly at: number;
  readonly hop: HopSeen;
  /** The hop that it came from; null for the first of a request. */
  readonly above: HopSeen | null;
  /** Of a note. */
  readonly notes: Readonly<Record<string, string>> | null;
}

/** By their times; what is of the same time stands in the order in which one came of the other. */
export function stepsOf({ root }: Walk): Step[] {
  const steps: Step[] = [];
  add(root, null, steps);
  return steps.sort((a, b) => a.at - b.at);
}

function add(hop: HopSeen, above: HopSeen | null, steps: Step[]): void {
  const { wind, unwind, notes, below } = hop;
  steps.push({ kind: 'wind', at: wind.at, hop, above, notes: null });
  const inside = [
    ...notes.map((note) => ({ at: note.at, note, child: null })),
    ...below.map((child) => ({ at: child.wind.at, note: null, child })),
  ].sort((a, b) => a.at - b.at);
  for (const { note, child } of inside) {
    if (child !== null) add(child, hop, steps);
    else steps.push({ kind: 'note', at: note.at, hop, above, notes: note.notes });
  }
  if (unwind !== null) steps.push({ kind: 'unwind', at: unwind.at, hop, above, notes: null });
}
