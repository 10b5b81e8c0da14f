/**
 * An observer sees every wind, unwind, event and log line of the volumes and fops that it watches.
 * `Graph.observe` adds it and returns a function that removes it. Fops that it does not watch cost nothing.
 *
 * Arguments and replies belong to the request and may change after the call: an observer copies what it keeps.
 * It must not throw, wind or unwind.
 */
import type { EventName } from './events.ts';
import type { Frame, Stack } from './frame.ts';
import type { FopName } from './gen/fops.gen.ts';
import type { LogLine } from './log.ts';
import type { Xlator } from './xlator.ts';

/** The observer's own record of a wind, until the unwind. */
export type Hop = object;

export interface Observer {
  /**
   * Whether to watch this fop at `xl`, which passes the fop on unless `defines`. Called when winds are routed,
   * not for each request.
   */
  watches(xl: Xlator, fop: FopName, defines: boolean): boolean;
  /** Whether to observe the request at all; called first, at every hop. */
  samples(root: Stack): boolean;
  /** A fop, by its number, arrives at `xl`. Return null to skip its unwind. */
  wind(frame: Frame, xl: Xlator, fop: number, args: readonly unknown[]): Hop | null;
  /** The reply of a hop is on its way up. */
  unwind(hop: Hop, opRet: number, opErrno: number, reply: readonly unknown[]): void;
  /** An event arrives at `xl`. */
  notify(xl: Xlator, event: EventName, data: unknown): void;
  /** `xl` has logged a line, for `frame` if that is known (`Xlator.frame`). */
  logged(xl: Xlator, line: LogLine, frame: Frame | null): void;
  /** Whether to collect notes on `frame`, which cost more than the request itself. */
  follows(frame: Frame): boolean;
  /**
   * A bridge's details of a hop, while its volume still owns `frame`: texts by name, such as the module's
   * method and line, its `local`, and changed keys of its state.
   */
  note(frame: Frame, notes: Readonly<Record<string, string>>): void;
}

/** The calls that a volume makes itself; the links report winds and unwinds. */
export type VolumeObserver = Pick<Observer, 'notify' | 'logged' | 'follows' | 'note'>;

/** Combines observers into one; null for none. */
export function combineObservers(observers: readonly Observer[]): VolumeObserver | null {
  if (observers.length < 2) return observers[0] ?? null;
  return {
    notify(xl, event, data) {
      for (const one of observers) one.notify(xl, event, data);
    },
    logged(xl, line, frame) {
      for (const one of observers) one.logged(xl, line, frame);
    },
    follows: (frame) => observers.some((one) => one.follows(frame)),
    note(frame, notes) {
      for (const one of observers) one.note(frame, notes);
    },
  };
}
