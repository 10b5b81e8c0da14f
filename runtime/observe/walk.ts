/**
 * Builds a tree (`Walk`) of each request from the events of a recording: each hop with the hops below
 * it. A hop is one arrival of a fop at a volume (`events.ts`).
 */
import type { LogEvent, NoteEvent, RecordedEvent, UnwindEvent, WindEvent } from './events.ts';

/** An arrival of a fop at a volume, with its events. */
export interface RecordedHop {
  readonly wind: WindEvent;
  /** The reply; null for a hop without one. */
  unwind: UnwindEvent | null;
  /** The notes of the volume's bridge, in the order of time. */
  readonly notes: NoteEvent[];
  /** The log lines that the volume wrote meanwhile. */
  readonly logs: LogEvent[];
  /** The hops that this one caused, in the order of their winds. */
  readonly below: RecordedHop[];
}

/** An event of a hop. */
export type HopEvent = WindEvent | UnwindEvent | NoteEvent | LogEvent;

/** A request, or a part of one whose connecting hops were not recorded. */
export interface Walk {
  readonly request: number;
  readonly root: RecordedHop;
  /** All events of the walk's hops, in the order of arrival. */
  readonly events: HopEvent[];
}

/** A hop of a walk that is still collected. */
interface HopRecord {
  readonly hop: RecordedHop;
  readonly walk: Walk;
  /** Numbers of the walk's hops without a reply. */
  readonly openHops: Set<number>;
}

/** Collects events into walks as they arrive. */
export class Walks {
  /** All walks; with `onEnd`, those that have not ended. */
  readonly walks: Walk[] = [];
  /** The hops of the walks, by their numbers. */
  private readonly hops = new Map<number, HopRecord>();
  private readonly onEnd: ((walk: Walk) => void) | null;

  /** @param onEnd gets each walk once all its hops have a reply; the walk is then removed here */
  constructor(onEnd: ((walk: Walk) => void) | null = null) {
    this.onEnd = onEnd;
  }

  /** Adds an event. Returns whether it belongs to a walk. */
  add(event: RecordedEvent): boolean {
    if (!('hop' in event)) return false;
    if (event.kind === 'wind') return this.addWind(event);
    const record = this.hops.get(event.hop);
    if (record === undefined) return false;
    const { hop, walk, openHops } = record;
    walk.events.push(event);
    if (event.kind === 'unwind') {
      hop.unwind = event;
      openHops.delete(event.hop);
      if (openHops.size === 0 && this.onEnd !== null) this.end(walk);
    } else if (event.kind === 'note') hop.notes.push(event);
    else hop.logs.push(event);
    return true;
  }

  /** Adds a hop to its walk, or begins a walk with it. Returns false for a repeated number. */
  private addWind(wind: WindEvent): boolean {
    const hop: RecordedHop = { wind, unwind: null, notes: [], logs: [], below: [] };
    // A repeated number is damage: a hop must not be below itself.
    if (this.hops.has(wind.hop)) return false;
    const parentRecord = this.hops.get(wind.parent);
    const walk = parentRecord?.walk ?? { request: wind.request, root: hop, events: [] };
    walk.events.push(wind);
    const openHops = parentRecord?.openHops ?? new Set<number>();
    openHops.add(wind.hop);
    this.hops.set(wind.hop, { hop, walk, openHops });
    if (parentRecord === undefined) this.walks.push(walk);
    else parentRecord.hop.below.push(hop);
    return true;
  }

  /** Ends a walk, even if hops lack a reply: removes it, and passes it to `onEnd`. */
  end(walk: Walk): void {
    this.walks.splice(this.walks.indexOf(walk), 1);
    for (const event of walk.events) if (event.kind === 'wind') this.hops.delete(event.hop);
    this.onEnd?.(walk);
  }
}

/** Computes the nanoseconds from the wind to the unwind; null if the hop has no reply. */
export const computeDurationNs = ({ wind, unwind }: RecordedHop): number | null =>
  unwind === null ? null : unwind.at - wind.at;

/** Computes the part of `computeDurationNs` in which no hop below was in flight; null if the hop has no reply. */
export function computeOwnNs(hop: RecordedHop): number | null {
  const durationNs = computeDurationNs(hop);
  if (durationNs === null) return null;
  // Time in which several hops below were in flight is subtracted once.
  let belowNs = 0;
  let coveredUntilNs = hop.wind.at;
  for (const child of hop.below) {
    const end = Math.min(child.unwind?.at ?? hop.unwind!.at, hop.unwind!.at);
    const start = Math.max(child.wind.at, coveredUntilNs);
    if (end > start) belowNs += end - start;
    coveredUntilNs = Math.max(coveredUntilNs, end);
  }
  return Math.max(0, durationNs - belowNs);
}

/** Whether the volume replied itself, without a hop below. Valid if the head has `seesAll`. */
export const hasRepliedItself = ({ wind, below, unwind }: RecordedHop): boolean =>
  below.length === 0 && !wind.passes && unwind !== null;
