/**
 * Events as bytes: each its length, kind, time, and what it tells. They are written when they happen,
 * as what they tell of is others' soon after. The other half is `read-events.ts`.
 */
import type { EventName } from '../core/events.ts';
import { Fd } from '../core/fd.ts';
import { fops } from '../core/fops.ts';
import type { Frame } from '../core/frame.ts';
import { Loc } from '../core/loc.ts';
import type { LogLine } from '../core/log.ts';
import { isUpcall } from '../core/upcall.ts';
import type { Xlator } from '../core/xlator.ts';
import type { Output } from './bytes.ts';
import { KIND, WIND } from './events.ts';
import { type Kept, type WriteValue, writeValue } from './write-values.ts';

/** Bytes before an event that its length takes, always as many. */
export const LENGTH_BYTES = 4;
/** Where in an event its time is: behind length and kind. */
export const TIME_AT = LENGTH_BYTES + 1;

/** The whole length of the event that begins at `start`. */
export function lengthAt(bytes: Uint8Array, start: number): number {
  let length = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) length = length * 256 + bytes[start + i]!;
  return LENGTH_BYTES + length;
}

/** How arguments and replies are written, by the fop's number. */
const argWriters: (readonly WriteValue[])[] = [];
const replyWriters: (readonly WriteValue[])[] = [];
for (const { number, args, reply } of fops) {
  argWriters[number] = args.map(({ type }) => writeValue[type]);
  replyWriters[number] = reply.map(({ type }) => writeValue[type]);
}

/** A hop that was seen to arrive. */
export interface SeenHop {
  readonly id: number;
  readonly parent: number;
  readonly request: number;
  readonly xl: Xlator;
  readonly fop: number;
}

/** How the hop came. */
export interface Arrival {
  readonly frame: Frame;
  readonly tail: boolean;
  readonly passes: boolean;
}

function begin(out: Output, kind: number, at: number): number {
  const start = out.at;
  out.at += LENGTH_BYTES;
  out.byte(kind);
  out.uint(at);
  return start;
}

function end(out: Output, start: number): void {
  const length = out.at - start - LENGTH_BYTES;
  for (let i = 0; i < LENGTH_BYTES; i++) out.bytes[start + i] = (length >>> (8 * i)) & 0xff;
}

function writeAll(
  out: Output,
  writers: readonly WriteValue[],
  values: readonly unknown[],
  kept: Kept,
): void {
  for (let i = 0; i < writers.length; i++) writers[i]!(out, values[i] ?? absent(i, writers), kept);
}

/** What a translator left out is null, where that can be; a number is then none. */
const absent = (i: number, writers: readonly WriteValue[]): null | number =>
  writers[i] === writeValue.int ? Number.NaN : null;

/** @param at nanoseconds since the recording began */
export function writeWind(
  out: Output,
  at: number,
  { id, parent, request, xl, fop }: SeenHop,
  { frame, tail, passes }: Arrival,
  args: readonly unknown[],
  kept: Kept,
): void {
  const start = begin(out, KIND.wind, at);
  const inodeCtx = ctxOf(xl, args, 'inode', kept);
  const fdCtx = ctxOf(xl, args, 'fd', kept);
  out.uint(id);
  out.uint(parent);
  out.uint(request);
  out.uint(xl.id);
  out.uint(fop);
  out.byte(
    (tail ? WIND.TAIL : 0) |
      (passes ? WIND.PASSES : 0) |
      (parent === 0 ? WIND.CALLER : 0) |
      (inodeCtx === null ? 0 : WIND.INODE_CTX) |
      (fdCtx === null ? 0 : WIND.FD_CTX),
  );
  out.number(frame.cookie);
  if (parent === 0) {
    const { uid, gid, pid, lkOwner, client } = frame.root;
    out.number(uid);
    out.number(gid);
    out.number(pid);
    out.text(lkOwner);
    out.uint(client?.id ?? 0);
  }
  writeAll(out, argWriters[fop]!, args, kept);
  if (inodeCtx !== null) out.text(inodeCtx);
  if (fdCtx !== null) out.text(fdCtx);
  end(out, start);
}

/** What the volume keeps with the first inode, or fd, of the arguments, in short. */
function ctxOf(
  xl: Xlator,
  args: readonly unknown[],
  what: 'inode' | 'fd',
  { hidden }: Kept,
): string | null {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    let value: unknown;
    if (arg instanceof Fd) value = (what === 'fd' ? arg : arg.inode).ctxGet(xl);
    else if (arg instanceof Loc && what === 'inode') value = arg.inode?.ctxGet(xl);
    if (value === undefined) continue;
    return hidden === null ? inShort(value) : '…';
  }
  return null;
}

function inShort(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return `[${value.constructor?.name ?? 'Object'}]`;
}

export function writeUnwind(
  out: Output,
  at: number,
  { id, request, xl, fop }: SeenHop,
  opRet: number,
  opErrno: number,
  reply: readonly unknown[],
  kept: Kept,
): void {
  const start = begin(out, KIND.unwind, at);
  out.uint(id);
  out.uint(request);
  out.uint(xl.id);
  out.uint(fop);
  out.number(opRet);
  out.number(opErrno);
  writeAll(out, replyWriters[fop]!, reply, kept);
  end(out, start);
}

export function writeNotify(
  out: Output,
  at: number,
  xl: Xlator,
  event: EventName,
  data: unknown,
  kept: Kept,
): void {
  const start = begin(out, KIND.notify, at);
  out.uint(xl.id);
  out.text(event);
  writePairs(out, aboutOf(data, kept));
  end(out, start);
}

function aboutOf(data: unknown, { hidden }: Kept): readonly (readonly [string, string])[] {
  if (!isUpcall(data)) {
    const name = (data as Partial<Xlator> | null)?.name;
    return typeof name === 'string' ? [['volume', name]] : [];
  }
  return Object.entries(data).map(([key, value]) => {
    if (typeof value === 'object') return [key, (value as { gfid: string }).gfid];
    return [key, key === 'name' && hidden !== null ? hidden.name(String(value)) : String(value)];
  });
}

function writePairs(out: Output, pairs: readonly (readonly [string, string])[]): void {
  out.uint(pairs.length);
  for (const [key, value] of pairs) {
    out.text(key);
    out.text(value);
  }
}

/** @param hop the arrival during which it was written; 0 where that is not known */
export function writeLog(
  out: Output,
  at: number,
  xl: Xlator,
  line: LogLine,
  hop: number,
  kept: Kept,
): void {
  const start = begin(out, KIND.log, at);
  out.uint(xl.id);
  out.byte(line.level);
  out.text(kept.hidden === null ? line.text : '…');
  out.text(line.file);
  out.uint(Math.max(0, line.line));
  out.text(line.func);
  out.uint(hop);
  end(out, start);
}

/** Notes that are no contents, and kept where those are to hide. */
const OPEN_NOTES: ReadonlySet<string> = new Set(['method', 'line']);

/** Of others, their names alone are kept then. */
export function writeNote(
  out: Output,
  at: number,
  hop: number,
  notes: Readonly<Record<string, string>>,
  { hidden }: Kept,
): void {
  const start = begin(out, KIND.note, at);
  out.uint(hop);
  writePairs(
    out,
    Object.entries(notes).map(([key, value]) => [
      key,
      hidden === null || OPEN_NOTES.has(key) ? value : '…',
    ]),
  );
  end(out, start);
}

export function writeVolume(out: Output, at: number, { id, name, type }: Xlator): void {
  const start = begin(out, KIND.volume, at);
  out.uint(id);
  out.text(name);
  out.text(type);
  end(out, start);
}

export function writeLost(out: Output, at: number, why: string): void {
  const start = begin(out, KIND.lost, at);
  out.text(why);
  end(out, start);
}
