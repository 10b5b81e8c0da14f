/** Turns a request into a sequence of steps: winds, unwinds, logs and notes, each at a volume. */
import type { HopSeen, Walk } from '../../runtime/observe/walk.ts';

/** The source of a module in a page. */
export interface SourceText {
  readonly volume: string;
  /** File name without folders, as in notes. */
  readonly file: string;
  readonly text: string;
}

export interface Step {
  readonly kind: 'wind' | 'unwind' | 'note';
  /** Nanoseconds since the recording began. */
  readonly at: number;
  readonly hop: HopSeen;
  /** The parent hop; null for the first of a request. */
  readonly above: HopSeen | null;
  /** The values of a note. */
  readonly notes: Readonly<Record<string, string>> | null;
}

/** Sorts steps by time; equal times keep the order of the recording. */
export function listSteps({ root, events }: Walk): Step[] {
  const hops = new Map<number, Pick<Step, 'hop' | 'above'>>();
  hops.set(root.wind.hop, { hop: root, above: null });
  for (const { hop } of hops.values()) {
    for (const child of hop.below) hops.set(child.wind.hop, { hop: child, above: hop });
  }
  const steps = events.flatMap((event): Step[] => {
    const { kind, at } = event;
    if (kind === 'log') return [];
    return [{ kind, at, ...hops.get(event.hop)!, notes: kind === 'note' ? event.notes : null }];
  });
  return steps.sort((a, b) => a.at - b.at);
}
