/**
 * Declares the interface of an observer (a recorder, a trace, statistics). It gets each wind and unwind of the fops
 * and volumes that it selects, and all events and log lines. `Graph.observe` adds one, and returns a function that
 * removes it. A fop that no observer wants costs nothing.
 *
 * Arguments and replies belong to the request and may change after the call, so an observer must copy what it needs
 * later. It must not throw, wind or unwind.
 */
import type { EventName } from './events.ts';
import type { Frame, Stack } from './frame.ts';
import type { FopName } from './gen/fops.gen.ts';
import type { LogRecord } from './log.ts';
import type { Xlator } from './xlator.ts';

/** The observer's own record of a wind, which it gets back at the unwind. */
export type Hop = object;

/** The functions that an observer provides. */
export interface Observer {
  /**
   * Whether to observe this fop at `xl`. Called when links are updated, not for each request.
   * @param isDefined whether `xl` defines the fop; otherwise it only passes the fop on
   */
  wantsFop(xl: Xlator, fop: FopName, isDefined: boolean): boolean;
  /** Whether to observe the request at all; called first, at every hop. */
  wantsRequest(root: Stack): boolean;
  /** Called when a fop arrives at `xl`; null as the result skips its unwind. @param fop the fop's number */
  wind(frame: Frame, xl: Xlator, fop: number, args: readonly unknown[]): Hop | null;
  /** Called with the reply of a hop, on its way up. */
  unwind(hop: Hop, opRet: number, opErrno: number, reply: readonly unknown[]): void;
  /** Called when an event of the graph arrives at `xl`. */
  notify(xl: Xlator, event: EventName, data: unknown): void;
  /** Called when `xl` has logged a line, for `frame` if that is known (`Xlator.frame`). */
  noteLogLine(xl: Xlator, record: LogRecord, frame: Frame | null): void;
  /** Whether to collect notes on `frame`, which cost more than the request itself. */
  wantsNotes(frame: Frame): boolean;
  /**
   * Adds a bridge's notes on a hop, while its volume still owns `frame`: texts by name, such as the module's
   * method and line, its `local`, and changed keys of its state.
   */
  addNotes(frame: Frame, notes: Readonly<Record<string, string>>): void;
}

/** The methods that volumes call; the links to them call `wind` and `unwind`. */
export type VolumeObserver = Pick<Observer, 'notify' | 'noteLogLine' | 'wantsNotes' | 'addNotes'>;

/** Combines observers into one; returns null for an empty list. */
export function combineObservers(observers: readonly Observer[]): VolumeObserver | null {
  if (observers.length < 2) return observers[0] ?? null;
  return {
    notify(xl, event, data) {
      for (const observer of observers) observer.notify(xl, event, data);
    },
    noteLogLine(xl, record, frame) {
      for (const observer of observers) observer.noteLogLine(xl, record, frame);
    },
    wantsNotes: (frame) => observers.some((observer) => observer.wantsNotes(frame)),
    addNotes(frame, notes) {
      for (const observer of observers) observer.addNotes(frame, notes);
    },
  };
}
