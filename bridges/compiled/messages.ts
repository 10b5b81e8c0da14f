/**
 * Decodes a compiled module's messages of a call; glossa_wire.h and glossa_decisions.h encode them.
 * Decisions become messages that decision.ts checks. The bytes are untrusted: decoding always ends,
 * with a `MessageError` for malformed ones.
 */

import { decodeName } from '../../runtime/core/bytes.ts';
import { type FopRow, fops } from '../../runtime/core/fops.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import { type ConvertFlags, findOpenFlagsIndex } from '../../runtime/core/machine-flags.ts';
import { MessageError } from '../host/crossing/message.ts';
import { DICT_LETTERS } from './area.ts';
import { readFlock, readIatt, readLease, readStatvfs } from './fields.gen.ts';

/** Receives the messages in order; guest.ts implements it. */
export interface MessageHandler {
  /** Converts open flags from the module's numbers. */
  readonly toGraphFlags: ConvertFlags;
  log(level: number, source: LogSource, text: string): void;
  /** Takes a decision about request `id`, as an array of decision.ts, encoded in this many bytes. */
  decide(id: number, source: LogSource, message: readonly unknown[], byteCount: number): void;
  /** Fails the request, whose error is logged. */
  failRequest(id: number): void;
  /** Subscribes C to the end of an inode or fd. */
  track(inode: number): void;
  trackFd(fd: number): void;
  closeFd(fd: number): void;
  /** Starts or replaces timer `id`, which C has numbered. */
  startTimer(id: number, ms: number, repeats: boolean): void;
  stopTimer(id: number): void;
  /** Takes an invalidation, as an array of host/crossing/decision.ts. */
  invalidate(source: LogSource, message: readonly unknown[]): void;
  /** Sets whether the volume is up. */
  declareUp(isUp: boolean): void;
  /** Takes the pairs of a dict. */
  takePairs(pairs: Pairs): void;
  /** Copies bytes for the next message; returns their number in it. */
  putBytes(bytes: Uint8Array): number;
}

/** The pairs of a dict as [key, type, value], as message.ts expects them. */
export type Pairs = readonly (readonly [string, string, unknown])[];

const rowsByNumber = new Map<number, FopRow>(fops.map((row) => [row.number, row]));
const dictTypesByLetter = new Map(
  Object.entries(DICT_LETTERS).map(([type, letter]) => [letter.charCodeAt(0), type]),
);

/** Reads the doubles of messages, and the bytes and texts among them. */
export class Reader {
  private readonly bytes: Uint8Array;
  private readonly f64: Float64Array;
  /** The index after the last valid double. */
  private readonly endIndex: number;
  /** The index of the next double. */
  private nextIndex = 0;

  /**
   * @param bytes aligned to 8
   * @param doubleCount the number of valid doubles in `bytes`
   */
  constructor(bytes: Uint8Array, doubleCount: number) {
    this.bytes = bytes;
    this.f64 = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 3);
    this.endIndex = Math.min(doubleCount, this.f64.length);
  }

  get hasMore(): boolean {
    return this.nextIndex < this.endIndex;
  }

  /** The number of doubles read so far. */
  get position(): number {
    return this.nextIndex;
  }

  readNumber(): number {
    if (this.nextIndex >= this.endIndex) throw new MessageError('a message ends too early');
    return this.f64[this.nextIndex++]!;
  }

  readNumbers(count: number): number[] {
    return Array.from({ length: count }, () => this.readNumber());
  }

  /** Reads bytes, without a copy; null for a negative length. */
  readBytes(): Uint8Array | null {
    const length = this.readNumber();
    if (length < 0) return null;
    const start = 8 * this.nextIndex;
    const doubleCount = Math.floor((length + 8) / 8);
    if (!Number.isSafeInteger(length) || this.nextIndex + doubleCount > this.endIndex) {
      throw new MessageError('a message ends too early');
    }
    this.nextIndex += doubleCount;
    return this.bytes.subarray(start, start + length);
  }

  readTextOrNull(): string | null {
    const bytes = this.readBytes();
    return bytes === null ? null : decodeName(bytes);
  }

  readText(): string {
    return this.readTextOrNull() ?? '';
  }

  /** Reads a list, whose announced length must fit into the message. */
  readList<T>(read: () => T): T[] {
    const count = this.readNumber();
    if (!(count >= 0 && count <= this.endIndex - this.nextIndex)) {
      throw new MessageError('a message ends too early');
    }
    return Array.from({ length: count }, read);
  }
}

/** The most bytes that one call converts: each is an argument, whose number engines limit. */
const CONVERTED_BYTES = 4096;

/** Converts bytes to text of one character a byte, as message.ts expects. */
function toLatin1(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += CONVERTED_BYTES)
    text += String.fromCharCode(...bytes.subarray(start, start + CONVERTED_BYTES));
  return text;
}

/** Reads a dict; undefined for a negative count: the dict's request has ended. */
function readDict(from: Reader, count: number): Pairs | undefined {
  if (count < 0) return undefined;
  const pairs: [string, string, unknown][] = [];
  for (let i = 0; i < count; i++) {
    const key = from.readText();
    const type = dictTypesByLetter.get(from.readNumber()) ?? '';
    pairs.push([key, type, readDictValue(from, type)]);
  }
  return pairs;
}

/** Reads the value of a dict's pair; an empty type stands for an unknown one. */
function readDictValue(from: Reader, type: string): unknown {
  if (type === 'int' || type === 'uint' || type === 'double') return from.readNumber();
  if (type === 'iatt') return readIatt(from);
  if (type === 'bin' || type === 'mdata') return toLatin1(from.readBytes() ?? new Uint8Array(0));
  return from.readText();
}

// Codes of an entry's attributes; any other number stands for an entry without attributes.
const NEW_STAT = 1;
/** The attributes are those of the listing that C received. */
const RECEIVED_STAT = 2;

/** Reads a directory entry, as message.ts expects it. */
function readEntry(from: Reader): unknown[] {
  const name = from.readText();
  const [off, type] = from.readNumbers(2);
  const gfid = from.readText();
  const [windNumber, index, position] = from.readNumbers(3);
  const statKind = from.readNumber();
  const stat = statKind === RECEIVED_STAT ? true : statKind === NEW_STAT ? readIatt(from) : null;
  // C writes wind -2 for an entry that the module made.
  return [name, off, type, gfid, stat, windNumber! < -1 ? null : [windNumber, index, position]];
}

/** Reads a value, as message.ts expects it. */
type ReadValue = (from: Reader, handler: MessageHandler) => unknown;

/** Decoders of values, by the letter that glossa_wire.h writes. */
const VALUE_READERS: Readonly<Record<string, ReadValue>> = {
  '=': (from) => ['=', ...from.readNumbers(2)],
  n: (from) => from.readNumber(),
  s: (from) => from.readText(),
  l: (from) => ['loc', [...from.readNumbers(2), from.readTextOrNull(), from.readText()]],
  i: (from) => ['inode', from.readNumber()],
  f: (from) => ['fd', from.readNumber()],
  a: (from) => ['iatt', readIatt(from)],
  d: (from) => ['dict', readDict(from, from.readNumber())],
  b: (from, handler) => {
    const bytes = from.readBytes();
    // No bytes have the number -1: message.ts refuses it.
    return ['data', bytes === null ? -1 : handler.putBytes(bytes)];
  },
  e: (from) => ['entries', from.readList(() => readEntry(from))],
  v: (from) => ['statvfs', readStatvfs(from)],
  k: (from) => ['flock', readFlock(from)],
  z: (from) => ['lease', readLease(from)],
  m: (from) => ['locklist', from.readList(() => readFlock(from))],
};

/** Reads arguments or reply parts, each after the letter of its kind; 0 means null. */
function readValues(from: Reader, count: number, handler: MessageHandler): unknown[] {
  return Array.from({ length: count }, () => {
    const tag = from.readNumber();
    if (tag === 0) return null;
    const read = VALUE_READERS[tag > 0 && tag < 128 ? String.fromCharCode(tag) : ''];
    if (read === undefined) throw new MessageError('unknown kind of value');
    return read(from, handler);
  });
}

const flagsIndexByRow = new Map(fops.map((row) => [row, findOpenFlagsIndex(row)]));

/** Reads the arguments of a fop. */
function readArguments(from: Reader, row: FopRow, handler: MessageHandler): unknown[] {
  const values = readValues(from, row.args.length, handler);
  const flagsIndex = flagsIndexByRow.get(row)!;
  const flags = values[flagsIndex];
  if (typeof flags === 'number') values[flagsIndex] = handler.toGraphFlags(flags);
  return values;
}

/** Finds the fop of this number. @throws {MessageError} for an unknown number */
function findRow(number: number): FopRow {
  const row = rowsByNumber.get(number);
  if (row === undefined) throw new MessageError(`${number} is no fop`);
  return row;
}

function readSource(from: Reader): LogSource {
  return { file: from.readText(), line: from.readNumber(), func: from.readText() };
}

/** Reads a message, and passes it to the handler. */
type HandleMessage = (from: Reader, handler: MessageHandler) => void;

/** Makes the decoder of a decision, which begins with the request's number and source position. */
const makeDecisionHandler =
  (read: (from: Reader, handler: MessageHandler) => unknown[]): HandleMessage =>
  (from, handler) => {
    const start = from.position;
    const id = from.readNumber();
    if (!Number.isSafeInteger(id))
      throw new MessageError('the number of a request is not an integer');
    const source = readSource(from);
    const message = read(from, handler);
    handler.decide(id, source, message, 8 * (from.position - start));
  };

/** Numbers of the kinds of messages, named as `GLOSSA_SAY_*` in glossa_frames.h. */
const MESSAGE_KINDS = {
  LOG: 1,
  WIND: 2,
  TAIL: 3,
  UNWIND: 4,
  FAILED: 5,
  TRACK: 6,
  TRACK_FD: 7,
  CLOSE_FD: 8,
  TIMER: 9,
  UNTIMER: 10,
  TOLD: 11,
  INVALIDATE: 12,
  UP: 13,
} as const;

/** Decoders of messages, by kind. */
const MESSAGE_HANDLERS: Readonly<Record<number, HandleMessage>> = {
  [MESSAGE_KINDS.LOG]: (from, handler) => {
    const source = readSource(from);
    handler.log(from.readNumber(), source, from.readText());
  },
  [MESSAGE_KINDS.WIND]: makeDecisionHandler((from, handler) => {
    const [windNumber, child, fop] = from.readNumbers(3);
    const row = findRow(fop!);
    return ['wind', windNumber, child, row.name, readArguments(from, row, handler)];
  }),
  [MESSAGE_KINDS.TAIL]: makeDecisionHandler((from, handler) => {
    const [child, fop] = from.readNumbers(2);
    return ['tail', child, readArguments(from, findRow(fop!), handler)];
  }),
  [MESSAGE_KINDS.UNWIND]: makeDecisionHandler((from, handler) => {
    const [fop, opRet, opErrno] = from.readNumbers(3);
    return ['unwind', opRet, opErrno, readValues(from, findRow(fop!).reply.length, handler)];
  }),
  [MESSAGE_KINDS.FAILED]: (from, handler) => handler.failRequest(from.readNumber()),
  [MESSAGE_KINDS.TRACK]: (from, handler) => handler.track(from.readNumber()),
  [MESSAGE_KINDS.TRACK_FD]: (from, handler) => handler.trackFd(from.readNumber()),
  [MESSAGE_KINDS.CLOSE_FD]: (from, handler) => handler.closeFd(from.readNumber()),
  [MESSAGE_KINDS.TIMER]: (from, handler) => {
    const [id, ms, repeats] = from.readNumbers(3);
    handler.startTimer(id!, ms!, repeats !== 0);
  },
  [MESSAGE_KINDS.UNTIMER]: (from, handler) => handler.stopTimer(from.readNumber()),
  [MESSAGE_KINDS.TOLD]: (from, handler) =>
    handler.takePairs(readDict(from, from.readNumber()) ?? []),
  [MESSAGE_KINDS.INVALIDATE]: (from, handler) => {
    const source = readSource(from);
    const read = INVALIDATION_READERS[from.readNumber()];
    if (read === undefined) throw new MessageError('unknown kind of message');
    handler.invalidate(source, read(from));
  },
  [MESSAGE_KINDS.UP]: (from, handler) => handler.declareUp(from.readNumber() !== 0),
};

/** Decoders of invalidations, by subject (`GLOSSA_OF_*`). */
const INVALIDATION_READERS: Readonly<Record<number, (from: Reader) => unknown[]>> = {
  0: () => ['every-entry'],
  1: (from) => ['inode', from.readText(), from.readNumber() !== 0],
  2: (from) => ['entry', from.readText(), from.readText(), from.readNumber() !== 0],
  3: (from) => ['removed', from.readText(), from.readText(), from.readText()],
};

/** Decodes all messages. @throws {MessageError} for a malformed one */
export function readMessages(from: Reader, handler: MessageHandler): void {
  while (from.hasMore) {
    const handle = MESSAGE_HANDLERS[from.readNumber()];
    if (handle === undefined) throw new MessageError('unknown kind of message');
    handle(from, handler);
  }
}
