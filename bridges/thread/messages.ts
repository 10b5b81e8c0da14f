/**
 * Declares the messages between the main thread and the thread of a guest, and encodes the scalars
 * that enter it. The main thread's calls and the thread's results alternate in one order: each call
 * has exactly one `RESULT`, so calls need no number.
 */
import type { ModuleDescription, Scalar } from '../host/guest.ts';
import type { GuestSettings, ModuleFile } from '../host/language.ts';
import type { SharedMemory } from './channel.ts';
import { MalformedMessageError, type MessageReader, type MessageWriter } from './message-bytes.ts';

/** Kinds of messages to the guest's thread; each comment lists the contents. */
export const TO_GUEST = {
  /** entry, name for notes or empty, fop of the request, limit of op_ret, scalars, whether a record and its data follow, or else a set of values and these */
  ENTER: 1,
  /** fop, whether it is that of replies: the entry with the next number. Has no result. */
  ENTRY: 2,
  /** hook, name for notes or empty, request, scalars, replies of a child or null */
  HOOK: 3,
  /** hook */
  STATE_HOOK: 4,
  /** JSON: volume, children, options */
  CREATE: 5,
  /** number, line of a prompt */
  EVALUATE: 6,
  /** Ends the notes. Has no result. */
  STOP_NOTES: 7,
  /** a value: the answer to a QUERY */
  ANSWER: 8,
  /** JSON: a debugger's command (core/line-stops.ts). Has no result. */
  LINE_COMMAND: 9,
} as const;

/** Kinds of messages from the guest's thread; each comment lists the contents. */
export const TO_MAIN = {
  /** code, bytes of memory, milliseconds, whether it threw, value or null, failure or null, notes or null, fetched, commands */
  RESULT: 1,
  /** function of `GuestHost`, its argument numbers and text: the guest waits for the ANSWER */
  QUERY: 2,
  /** level, file, line, function, text */
  LOG: 3,
  /** kind of line (LINES), file or null, line, function, text */
  LINE: 4,
  /** number, whether the statement is incomplete, whether it failed, output */
  EVALUATED: 5,
  /** JSON for a debugger (core/line-stops.ts) */
  LINE_MESSAGE: 6,
} as const;

/** Kinds of lines of the host about a guest. */
export const LINES = { REFUSAL: 0, INVALID_MESSAGE: 1, NOTICE: 2, WARNING: 3 } as const;

/** Commands of a call, which the main thread carries out when the call has ended. */
export const COMMANDS = {
  /** request, message, number of byte arrays, byte arrays */
  MESSAGE: 1,
  /** message */
  INVALIDATE: 2,
  /** 1 or 0 */
  DECLARE_UP: 3,
  /** milliseconds */
  SET_TIMER: 4,
  /** request */
  LOST: 5,
  /** child, bytes */
  SEND_TO_CHILD: 6,
  CONNECT_CHILDREN: 7,
} as const;

/** The bit of a set of fetched values that stands for the request's own fields. */
export const ROOT_BIT = 0x40000000;
/** The highest index of a value that has a bit. */
export const MAX_VALUE_INDEX = 29;

/** The start data of a guest's thread. */
export interface GuestThreadData {
  readonly shared: SharedMemory;
  readonly language: string;
  readonly module: ModuleFile;
  readonly settings: Pick<
    GuestSettings,
    'volume' | 'timeLimitS' | 'memoryLimitBytes' | 'grants' | 'packages' | 'virtualTime'
  >;
  readonly childCount: number;
  /** True in tests: the main thread's clock is moved by hand. */
  readonly isClockManual: boolean;
  /** The main thread's `performance.timeOrigin`. */
  readonly timeOrigin: number;
  /** Breakpoints (`LineDebugger`). */
  readonly initialBreakpoints: string | undefined;
}

/** The value of the first RESULT, as JSON: the guest has loaded its module. */
export interface GuestSummary {
  readonly language: string;
  readonly description: ModuleDescription;
  readonly sources: readonly string[];
  readonly stopsAtLines: boolean;
  /** As in `Guest`. */
  readonly recordNeeds: number | undefined;
}

const INTEGER_KIND = 'i'.charCodeAt(0);

/** Writes scalars of these kinds (crossing/kinds.ts). */
export function writeScalars(to: MessageWriter, kinds: string, scalars: readonly Scalar[]): void {
  for (let i = 0; i < kinds.length; i++) {
    if (kinds.charCodeAt(i) === INTEGER_KIND) to.writeNumber(scalars[i] as number);
    else writeOptionalText(to, scalars[i] as string | undefined);
  }
}

/** Reads scalars into `out`. @throws {MalformedMessageError} */
export function readScalars(from: MessageReader, kinds: string, out: Scalar[]): void {
  for (let i = 0; i < kinds.length; i++)
    out[i] = kinds.charCodeAt(i) === INTEGER_KIND ? from.readNumber() : readOptionalText(from);
}

export function writeOptionalText(to: MessageWriter, text: string | undefined): void {
  to.writeU8(text === undefined ? 0 : 1);
  if (text !== undefined) to.writeText(text);
}

export const readOptionalText = (from: MessageReader): string | undefined =>
  from.readU8() === 0 ? undefined : from.readText();

/** A value that crosses on demand: JSON, bytes, a number, or nothing. */
export type CrossingValue = string | Uint8Array | number | undefined;

export function writeValue(to: MessageWriter, value: CrossingValue): void {
  if (value === undefined) to.writeU8(0);
  else if (typeof value === 'string') to.writeU8(1).writeText(value);
  else if (typeof value === 'number') to.writeU8(2).writeNumber(value);
  else to.writeU8(3).writeData(value);
}

/** @throws {MalformedMessageError} */
export function readValue(from: MessageReader): CrossingValue {
  const kind = from.readU8();
  if (kind === 0) return undefined;
  if (kind === 1) return from.readText();
  if (kind === 2) return from.readNumber();
  if (kind === 3) return from.readData();
  throw new MalformedMessageError('a value of unknown kind');
}
