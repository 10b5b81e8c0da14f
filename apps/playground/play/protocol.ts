/**
 * The messages between a page and the worker in which its graph runs: plain objects, as
 * `postMessage` copies them.
 */

import type { Verdict } from '../../course/judge.ts';
import type { Written } from './shell/index.ts';

/** Texts by absolute path: `/graph.vol`, and the modules that it names (`/negative.py`). */
export type Texts = Readonly<Record<string, string>>;

/** Something that is wrong with a text. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Of the texts; null when no place is known. */
  readonly file: string | null;
  /** From 1; 0 when only the file is known. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A volume, the lowest first. */
export interface PlayVolume {
  readonly name: string;
  readonly type: string;
  readonly subvolumes: readonly string[];
}

export interface Started {
  readonly volumes: readonly PlayVolume[];
  readonly problems: readonly Problem[];
  /** Whether the graph runs; false when a problem is an error, and the graph before it goes on, if any. */
  readonly runs: boolean;
  /** Lines of the log that the start made. */
  readonly log: readonly string[];
}

/** Recorded requests. */
export interface Traffic {
  /** glossa's format (docs/write/recording.md). */
  readonly recording: Uint8Array;
  readonly counters: Counters;
}

/** The outcome of a shell line; its counters cover all requests since the graph started. */
export interface Ran extends Traffic {
  readonly output: readonly Written[];
  /** As of a command: 0 when it succeeded. */
  readonly status: number;
  /** Lines of the log that it made. */
  readonly log: readonly string[];
  /** What to add to the journal; null when the line has changed nothing in the storage. */
  readonly journal: string | null;
}

export interface Counters {
  /** Requests that the graph was asked, those that came to its storage, and by fop. */
  readonly asked: number;
  readonly arrived: number;
  /** Milliseconds of virtual time that callers have waited. */
  readonly waitedMs: number;
  readonly byFop: Readonly<Record<string, readonly [asked: number, arrived: number]>>;
}

export interface StartRequest {
  readonly texts: Texts;
  /** To the storage and back: added below the graph, in milliseconds of virtual time. */
  readonly distanceMs: number;
  /** Lines of the shell that made what the storage holds, to be carried out again first. */
  readonly journal: readonly string[];
}

/** The first that a worker is told: what it cannot fetch by itself. */
export interface Opening {
  /** The interpreters' parts by their names (docs/write/browser.md): those of `writeParts`. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /**
   * One end of a MessageChannel, transferred with the message. What comes out of the other is
   * `LostCall['lost']`: the worker cannot say it itself, being busy. Nothing comes where the page is
   * not isolated: then its own patience counts.
   */
  readonly lost?: object;
}

/** A learner's module for a lesson of the course. */
export interface JudgeRequest {
  /** The lesson's name, `3-fop`. */
  readonly lesson: string;
  readonly texts: Texts;
  /** Where the module is in the texts: `/fop.py`. */
  readonly module: string;
}

/** The verdict of a lesson's check, with the requests that it made. */
export interface Judged extends Verdict {
  /** The requests of the check alone; null where no graph came up. */
  readonly traffic: Traffic | null;
}

/** By the kind of a question: what it says, and the answer. */
export interface Questions {
  open: [Opening, null];
  start: [StartRequest, Started];
  run: [{ readonly line: string }, Ran];
  /** Words that the end of a line may be completed by. */
  complete: [{ readonly line: string }, readonly string[]];
  distance: [{ readonly distanceMs: number }, null];
  judge: [JudgeRequest, Judged];
}

/** To the worker. */
export interface Question<K extends keyof Questions = keyof Questions> {
  readonly id: number;
  readonly kind: K;
  readonly body: Questions[K][0];
}

/** To the page: an answer, or a failure of the worker itself. */
export type Answer =
  | { readonly id: number; readonly body: Questions[keyof Questions][1] }
  | { readonly id: number; readonly failure: string };

/** To the page at any time: a call that runs too long, for the page to replace the worker. */
export interface LostCall {
  readonly lost: { readonly volume: string; readonly seconds: number };
}
