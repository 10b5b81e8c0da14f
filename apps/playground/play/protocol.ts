/**
 * Defines the messages between the playground's page and the worker in which its graph runs: plain
 * objects, as `postMessage` copies them.
 */
import type { Verdict } from '../../course/judge.ts';

/**
 * Texts by absolute path: `/graph.vol`, and the modules that it names (`/negative.py`). The text of a
 * compiled module, `/negative.wasm`, is its bytes in base64 (compiled-modules.ts).
 */
export type Texts = Readonly<Record<string, string>>;

/** A problem in one of the texts. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Path of the text; null if unknown. */
  readonly file: string | null;
  /** Number of the line, from 1; 0 if only the file is known. */
  readonly line: number;
  /** Number of the column, from 1; 0 if unknown. */
  readonly column: number;
  readonly message: string;
}

/** A volume of the graph; lists begin with the lowest one. */
export interface PlayVolume {
  readonly name: string;
  readonly type: string;
  readonly subvolumes: readonly string[];
}

/** The outcome of a start. */
export interface StartResult {
  readonly volumes: readonly PlayVolume[];
  readonly problems: readonly Problem[];
  /** Whether the graph runs; false on an error, and then an earlier graph goes on. */
  readonly isRunning: boolean;
  /** Log lines of the start. */
  readonly log: readonly string[];
}

/** Recorded requests, and their counts. */
export interface Traffic {
  /** A recording in glossa's format (docs/write/recording.md). */
  readonly recording: Uint8Array;
  readonly counters: Counters;
}

/** One piece of a command's output, without the end of its last line. */
export interface OutputPiece {
  readonly text: string;
  /** Whether the piece belongs to standard error. */
  readonly isError: boolean;
}

/** The outcome of a shell line; its counters cover all requests since the graph started. */
export interface LineResult extends Traffic {
  readonly output: readonly OutputPiece[];
  /** Exit status: 0 for success. */
  readonly status: number;
  /** Log lines of the line's requests. */
  readonly log: readonly string[];
  /** The line for the journal; null if it has not changed the storage. */
  readonly journalLine: string | null;
}

/** Counts of requests since the graph was started, or in a check. */
export interface Counters {
  /** Requests to the graph. */
  readonly requestCount: number;
  /** Requests that reached its storage. */
  readonly storageCount: number;
  /** Milliseconds of virtual time that callers have waited. */
  readonly waitedMs: number;
  /** The two counts of each fop. */
  readonly byFop: Readonly<Record<string, readonly [requestCount: number, storageCount: number]>>;
}

/** A graph to start, and the state of its storage. */
export interface StartRequest {
  readonly texts: Texts;
  /** Round trip to the storage, in milliseconds of virtual time. */
  readonly distanceMs: number;
  /** Shell lines that produced the content of the storage, to be run again first. */
  readonly journal: readonly string[];
}

/** The first message to a worker, with the parts that it cannot fetch. */
export interface Opening {
  /** Parts of the interpreters by name, as `writeParts` makes them (docs/write/browser.md). */
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /**
   * One end of a MessageChannel, transferred with the message. The other end receives
   * `LostCall['lost']` while the worker itself is busy. A page without cross-origin isolation gets
   * no message, and relies on its time limits.
   */
  readonly lost?: object;
}

/** A learner's module for a lesson of the course. */
export interface JudgeRequest {
  /** The lesson's name, `3-fop`. */
  readonly lesson: string;
  readonly texts: Texts;
  /** Path of the module in the texts: `/fop.py`. */
  readonly module: string;
}

/** The verdict of a lesson's check, with the requests that it made. */
export interface JudgeResult extends Verdict {
  /** Requests of the check; null if no graph came up. */
  readonly traffic: Traffic | null;
}

/** The page's questions to the worker, by kind: [body, answer]. */
export interface Questions {
  open: [Opening, null];
  start: [StartRequest, StartResult];
  run: [{ readonly line: string }, LineResult];
  /** Completions of the end of a line. */
  complete: [{ readonly line: string }, readonly string[]];
  distance: [{ readonly distanceMs: number }, null];
  judge: [JudgeRequest, JudgeResult];
}

/** A message to the worker. */
export interface Question<K extends keyof Questions = keyof Questions> {
  readonly id: number;
  readonly kind: K;
  readonly body: Questions[K][0];
}

/** A message to the page: an answer, or the message of an error that the question has caused. */
export type WorkerAnswer =
  | { readonly id: number; readonly body: Questions[keyof Questions][1] }
  | { readonly id: number; readonly failure: string };

/** A message to the page at any time: a call that runs too long; the page replaces the worker. */
export interface LostCall {
  readonly lost: { readonly volume: string; readonly seconds: number };
}
