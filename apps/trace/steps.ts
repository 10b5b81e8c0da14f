/** Turns a request into a sequence of steps: winds, unwinds and notes, each at a volume. */
import type { RecordedHop, Walk } from '../../runtime/observe/walk.ts';

/** The source of a volume's module, as a page shows it. */
export interface SourceText {
  readonly volume: string;
  /** File name without folders, as in notes. */
  readonly file: string;
  readonly text: string;
}

/** A step of a request. A note is what a bridge recorded inside a module: method, line, `local`. */
export interface Step {
  readonly kind: 'wind' | 'unwind' | 'note';
  /** Nanoseconds since the recording began. */
  readonly at: number;
  /** The stay of the request in one volume. */
  readonly hop: RecordedHop;
  /** The parent hop; null for the first of a request. */
  readonly above: RecordedHop | null;
  /** The values of a note; null for other kinds. */
  readonly notes: Readonly<Record<string, string>> | null;
}

/** Lists the steps of a request by time; equal times keep the order of the recording. */
export function listSteps({ root, events }: Walk): Step[] {
  const hops = new Map<number, Pick<Step, 'hop' | 'above'>>();
  hops.set(root.wind.hop, { hop: root, above: null });
  // The loop also visits the hops that it adds.
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
