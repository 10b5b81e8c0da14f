/**
 * An observer sees what goes through a graph: every wind, unwind and event of the volumes that it
 * watches, by the table of fops, whatever language a volume is written in.
 *
 *   const end = graph.observe(observer);   // links lead past it from now on
 *   end();                                 // and no more
 *
 * It stands in the links. Where it does not watch, links lead to the fops themselves, as if there
 * were none; so an observer that is off costs nothing, and a fop that it does not watch neither.
 *
 * What it is given belongs to the request, and may be others after the call: it keeps copies. It
 * must not throw, wind or answer. Several of one graph know nothing of each other.
 */
import type { EventName } from './events.ts';
import type { Frame, Stack } from './frame.ts';
import type { FopName } from './gen/fops.gen.ts';
import type { LogLine } from './log.ts';
import type { Xlator } from './xlator.ts';

/** A wind that an observer has seen, which is its own to describe, until the unwind. */
export type Hop = object;

export interface Observer {
  /**
   * Whether it is to see this fop arrive at `xl`, which only passes it on unless `defines`. Asked
   * when links are led, not for each request.
   */
  watches(xl: Xlator, fop: FopName, defines: boolean): boolean;
  /** Whether it looks at the request at all; asked first, and at every hop. */
  samples(root: Stack): boolean;
  /** A fop, by its number, arrives at `xl`. Null when its answer is of no interest. */
  wind(frame: Frame, xl: Xlator, fop: number, args: readonly unknown[]): Hop | null;
  /** Its answer is on its way to whoever has wound. */
  unwind(hop: Hop, opRet: number, opErrno: number, reply: readonly unknown[]): void;
  /** An event arrives at `xl`. */
  notify(xl: Xlator, event: EventName, data: unknown): void;
  /** `xl` has written a line to its log; for `frame`, where that is known (`Xlator.serves`). */
  logged(xl: Xlator, line: LogLine, frame: Frame | null): void;
  /** Whether notes of what `frame` meets now are of use: to make them costs more than the request. */
  follows(frame: Frame): boolean;
  /**
   * What only a bridge knows of a hop, told while `frame` is still its volume's: texts by name, such
   * as the method and line of a script, its `local`, and the keys of its state that changed.
   */
  note(frame: Frame, notes: Readonly<Record<string, string>>): void;
}

/** What a volume tells whoever observes it; winds and unwinds are seen in the links. */
export type VolumeObserver = Pick<Observer, 'notify' | 'logged' | 'follows' | 'note'>;

/** Several as one; null for none. */
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
