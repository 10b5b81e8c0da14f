/** A request as a line of steps, one behind the other: what happened, at which volume. */
import type { HopSeen, Walk } from '../../runtime/observe/walk.ts';

/** The source of a module, as a page has it. */
export interface SourceText {
  readonly volume: string;
  /** Its name without folders, as notes have it. */
  readonly file: string;
  readonly text: string;
}

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

/** By their times; what is of the same time stands as it was recorded. */
export function stepsOf({ root, events }: Walk): Step[] {
  const places = new Map<number, Pick<Step, 'hop' | 'above'>>();
  places.set(root.wind.hop, { hop: root, above: null });
  for (const { hop } of places.values()) {
    for (const child of hop.below) places.set(child.wind.hop, { hop: child, above: hop });
  }
  const steps = events.flatMap((event): Step[] => {
    const { kind, at } = event;
    if (kind === 'log') return [];
    return [{ kind, at, ...places.get(event.hop)!, notes: kind === 'note' ? event.notes : null }];
  });
  return steps.sort((a, b) => a.at - b.at);
}
