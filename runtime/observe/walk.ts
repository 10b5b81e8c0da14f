/**
 * Requests as trees: every hop with those that came of it, put together from events in whatever order.
 * Views show these; what a hop has not (an unwind, where it waits for an answer) is null.
 */
import type { LogEvent, NoteEvent, RecordedEvent, UnwindEvent, WindEvent } from './events.ts';

export interface HopSeen {
  readonly wind: WindEvent;
  unwind: UnwindEvent | null;
  /** What a bridge told of it, in the order of their times. */
  readonly notes: NoteEvent[];
  /** What the volume logged meanwhile. */
  readonly logs: LogEvent[];
  /** Those that came of it, in the order of their winds. */
  readonly below: HopSeen[];
}

/** What is told of a hop. */
export type HopEvent = WindEvent | UnwindEvent | NoteEvent | LogEvent;

/** A request, or one of several parts where what held them together was not seen. */
export interface Walk {
  readonly request: number;
  readonly root: HopSeen;
  /** All that is told of its hops, as it came: of the same time, what happened first stands first. */
  readonly events: HopEvent[];
}

interface Place {
  readonly hop: HopSeen;
  readonly walk: Walk;
  /** Hops of the walk that wait for their answer. */
  readonly open: Set<number>;
}

/** Puts events together as they come. */
export class Walks {
  /** All of them; with `onEnd`, those that have not ended. */
  readonly walks: Walk[] = [];
  private readonly hops = new Map<number, Place>();
  private readonly onEnd: ((walk: Walk) => void) | null;

  /** @param onEnd is given a walk, and keeps it alone, as soon as none of its hops waits for an answer */
  constructor(onEnd: ((walk: Walk) => void) | null = null) {
    this.onEnd = onEnd;
  }

  /** Whether it is part of a walk. */
  add(event: RecordedEvent): boolean {
    if (!('hop' in event)) return false;
    if (event.kind === 'wind') return this.addWind(event);
    const known = this.hops.get(event.hop);
    if (known === undefined) return false;
    const { hop, walk, open } = known;
    walk.events.push(event);
    if (event.kind === 'unwind') {
      hop.unwind = event;
      open.delete(event.hop);
      if (open.size === 0 && this.onEnd !== null) this.end(walk);
    } else if (event.kind === 'note') hop.notes.push(event);
    else hop.logs.push(event);
    return true;
  }

  private addWind(wind: WindEvent): boolean {
    const hop: HopSeen = { wind, unwind: null, notes: [], logs: [], below: [] };
    // A number that was there before is damage: a hop must not come to lie below itself.
    if (this.hops.has(wind.hop)) return false;
    const above = this.hops.get(wind.parent);
    const walk = above?.walk ?? { request: wind.request, root: hop, events: [] };
    walk.events.push(wind);
    const open = above?.open ?? new Set<number>();
    open.add(wind.hop);
    this.hops.set(wind.hop, { hop, walk, open });
    if (above === undefined) this.walks.push(walk);
    else above.hop.below.push(hop);
    return true;
  }

  /** Ends a walk as it is. */
  end(walk: Walk): void {
    this.walks.splice(this.walks.indexOf(walk), 1);
    for (const event of walk.events) if (event.kind === 'wind') this.hops.delete(event.hop);
    this.onEnd?.(walk);
  }
}

/** Nanoseconds from the wind to the unwind; null while it waits. */
export const tookNs = ({ wind, unwind }: HopSeen): number | null =>
  unwind === null ? null : unwind.at - wind.at;

/** The part of it in which it waited for nobody below; null while it waits. */
export function ownNs(hop: HopSeen): number | null {
  const took = tookNs(hop);
  if (took === null) return null;
  // Several below may have been under way at once: their times together count once.
  let below = 0;
  let covered = hop.wind.at;
  for (const child of hop.below) {
    const end = Math.min(child.unwind?.at ?? hop.unwind!.at, hop.unwind!.at);
    const start = Math.max(child.wind.at, covered);
    if (end > start) below += end - start;
    covered = Math.max(covered, end);
  }
  return Math.max(0, took - below);
}

/** Whether the answer was given here: nothing came of it. Only where the head says `seesAll`. */
export const answeredHere = ({ wind, below, unwind }: HopSeen): boolean =>
  below.length === 0 && !wind.passes && unwind !== null;
