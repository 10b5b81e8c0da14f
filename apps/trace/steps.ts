/** Turns a request into a sequence of steps: winds, unwinds and notes, each at a volume. */
import type { RecordedHop, Walk } from '../../runtime/observe/walk.ts';

/** A step of a request. A note is what a bridge recorded inside a module: method, line, `local`. */
export interface Step {
  readonly kind: 'wind' | 'unwind' | 'note';
  /** Nanoseconds since the recording began. */
  readonly atNs: number;
  /** The stay of the request in one volume. */
  readonly hop: RecordedHop;
  /** The parent hop; null for the first of a request. */
  readonly parentHop: RecordedHop | null;
  /** The values of a note; null for other kinds. */
  readonly notes: Readonly<Record<string, string>> | null;
}

/** Lists the steps of a request by time; equal times keep the order of the recording. */
export function listSteps({ root, events }: Walk): Step[] {
  const hops = new Map<number, Pick<Step, 'hop' | 'parentHop'>>();
  hops.set(root.wind.hop, { hop: root, parentHop: null });
  // The loop also visits the hops that it adds.
  for (const { hop } of hops.values()) {
    for (const child of hop.below) hops.set(child.wind.hop, { hop: child, parentHop: hop });
  }
  const steps = events.flatMap((event): Step[] => {
    const { kind, at: atNs } = event;
    if (kind === 'log') return [];
    return [{ kind, atNs, ...hops.get(event.hop)!, notes: kind === 'note' ? event.notes : null }];
  });
  return steps.sort((a, b) => a.atNs - b.atNs);
}
