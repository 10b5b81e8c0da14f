/** Requests, times and values of a recording in a few words, for people. */
import { errnoName } from '../core/errno.ts';
import { formatTime, printable } from '../core/log.ts';
import type { UnwindEvent, Values } from './events.ts';
import type { DataSeen, DictPair, FdSeen, ListSeen, LocSeen, ValueSeen } from './values.ts';

/** Characters of a value that are shown. */
const SHOWN = 60;

/** Time of day to the microsecond, of an event. */
export const clock = (startedAt: number, at: number): string =>
  formatTime(startedAt + at / 1e6).slice(11, 26);

/** `0`, or `-1 ENOENT`. */
export const resultInWords = ({
  opRet,
  opErrno,
}: Pick<UnwindEvent, 'opRet' | 'opErrno'>): string =>
  opRet < 0 ? `${opRet} ${errnoName(opErrno)}` : String(opRet);

/** A value that has neither a path nor bytes is given whole, or as `others` has it. */
export function inWords(
  value: ValueSeen,
  others: (value: NonNullable<ValueSeen>) => string = JSON.stringify,
): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (isPlace(value)) return printable(value.path);
  if (hasHead(value)) return `${value.length} bytes ${quoted(value.head)}`;
  return others(value);
}

/** The same in a few words: of a dict its keys, of a list how many, of a structure nothing. */
export const inShort = (value: ValueSeen): string =>
  inWords(value, (other) => {
    if (typeof other === 'object' && 'items' in other) return items(other as ListSeen<DictPair>);
    return typeof other === 'object' && 'gfid' in other ? String(other.gfid) : '{…}';
  });

function items({ count, items }: ListSeen<Partial<DictPair> | null>): string {
  const keys = items.flatMap((item) => (item?.key === undefined ? [] : [printable(item.key)]));
  return keys.length === 0 ? `[${count}]` : `{${keys.join(', ')}}`;
}

const quoted = (text: string): string => `"${printable(text)}"`;

const isPlace = (value: ValueSeen): value is LocSeen | FdSeen =>
  typeof value === 'object' && value !== null && 'path' in value;
const hasHead = (value: ValueSeen): value is DataSeen =>
  typeof value === 'object' && value !== null && 'head' in value;

/** Arguments, or a reply, between commas. */
export function valuesInShort(args: Values): string {
  const shown = Object.entries(args).flatMap(([name, value]) => {
    // Most requests have none.
    if (name === 'xdata' && value === null) return [];
    return [name === 'xdata' ? `xdata ${inShort(value)}` : inShort(value)];
  });
  return shown.join(', ');
}

/** The path that a fop is about; null for one that has none. */
export const pathOf = (args: Values): string | null =>
  Object.values(args).find(isPlace)?.path ?? null;

/** The beginning of what is long, and how long it is. */
export const short = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;

/** `readv(/a, 4096, 0)`: what says most of a request. */
export function callInWords(fop: string, args: Values): string {
  const shown = Object.entries(args).flatMap(([name, value]) => {
    const tells = typeof value !== 'object' || isPlace(value) || hasHead(value);
    return tells && name !== 'xdata' && name !== 'fd' ? [short(inWords(value))] : [];
  });
  const fd = args.fd !== undefined && !('loc' in args) ? [inWords(args.fd)] : [];
  return `${fop}(${[...fd, ...shown].join(', ')})`;
}
