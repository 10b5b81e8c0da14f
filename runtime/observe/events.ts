/**
 * What a recording tells, event by event, as plain data. `schema.ts` says the same to others.
 *
 * A *hop* is one arrival of a fop at a volume, from the wind until the unwind: a number, which no
 * other of the recording has. The hops of a request hang together by `parent`, and `walk.ts` makes
 * trees of them.
 */
import type { EventName } from '../core/events.ts';
import type { ValueSeen } from './read-values.ts';

/** Numbers of the kinds of events in a recording. */
export const KIND = { lost: 0, wind: 1, unwind: 2, notify: 3, log: 4, note: 5, volume: 6 } as const;

interface Timed {
  /** Nanoseconds since the recording began. */
  readonly at: number;
}

/** Who asks; told with the first hop of a request. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** Hexadecimal text; empty without one. */
  readonly lkOwner: string;
  /** Serial number of the client; 0 for none. */
  readonly client: number;
}

export interface WindEvent extends Timed {
  readonly kind: 'wind';
  readonly hop: number;
  /** The hop that it came from; 0 where that was not seen. */
  readonly parent: number;
  /** Serial number of the request in its process. */
  readonly request: number;
  readonly volume: string;
  readonly fop: string;
  /** Handed on with the frame it came with: the answer goes past the volume above. */
  readonly tail: boolean;
  /** The volume does not define the fop, and passes it on. */
  readonly passes: boolean;
  readonly cookie: number;
  readonly caller: Caller | null;
  readonly args: Readonly<Record<string, ValueSeen>>;
  /** What the volume keeps with the inode and with the fd, in short; null for nothing. */
  readonly inodeCtx: string | null;
  readonly fdCtx: string | null;
}

export interface UnwindEvent extends Timed {
  readonly kind: 'unwind';
  readonly hop: number;
  readonly request: number;
  readonly volume: string;
  readonly fop: string;
  readonly opRet: number;
  readonly opErrno: number;
  readonly reply: Readonly<Record<string, ValueSeen>>;
}

/** An event of the graph arrives at a volume. */
export interface NotifyEvent extends Timed {
  readonly kind: 'notify';
  readonly volume: string;
  readonly event: EventName | string;
  /** What it is about: `volume`, or of an UPCALL what it says. */
  readonly about: Readonly<Record<string, string>>;
}

/** A line that a volume wrote to its log. */
export interface LogEvent extends Timed {
  readonly kind: 'log';
  readonly volume: string;
  /** A number of `logLevelNames`. */
  readonly level: number;
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly func: string;
  /** The arrival at the volume during which it was written; 0 where that is not known. */
  readonly hop: number;
}

/** What only a bridge knows of a hop. */
export interface NoteEvent extends Timed {
  readonly kind: 'note';
  readonly hop: number;
  readonly notes: Readonly<Record<string, string>>;
}

/** A volume that was not there when the recording began. */
export interface VolumeEvent extends Timed {
  readonly kind: 'volume';
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

/** Something could not be recorded. */
export interface LostEvent extends Timed {
  readonly kind: 'lost';
  readonly why: string;
}

export type RecordedEvent =
  | WindEvent
  | UnwindEvent
  | NotifyEvent
  | LogEvent
  | NoteEvent
  | VolumeEvent
  | LostEvent;

/** Flags of a wind. */
export const WIND = { TAIL: 1, PASSES: 2, CALLER: 4, INODE_CTX: 8, FD_CTX: 16 } as const;

/** A volume of the graph, as the head of a recording tells of it. */
export interface VolumeSeen {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  /** Names of those below. */
  readonly subvolumes: readonly string[];
}
