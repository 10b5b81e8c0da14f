/** Formats requests, times and values of a recording in a few words. */
import { errnoName } from '../core/errno.ts';
import { formatTime, printable } from '../core/log.ts';
import type { DataSeen, DictPair, FdSeen, ListSeen, LocSeen, ValueSeen } from './codec.ts';
import type { UnwindEvent, Values } from './events.ts';

/** The most characters shown of a value. */
const SHOWN = 60;

/** The time of day of an event to the microsecond. */
export const clock = (startedAt: number, at: number): string =>
  formatTime(startedAt + at / 1e6).slice(11, 26);

/** `0`, or `-1 ENOENT`. */
export const resultInWords = ({
  opRet,
  opErrno,
}: Pick<UnwindEvent, 'opRet' | 'opErrno'>): string =>
  opRet < 0 ? `${opRet} ${errnoName(opErrno)}` : String(opRet);

/** A value with a path or bytes in short; any other as JSON, or as `others` formats it. */
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

/** The same in short: the keys of a dict, the length of a list, `{…}` for a structure. */
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

/** Arguments, or the parts of a reply, separated by commas. */
export function valuesInShort(args: Values): string {
  const shown = Object.entries(args).flatMap(([name, value]) => {
    // Most requests have no xdata.
    if (name === 'xdata' && value === null) return [];
    return [name === 'xdata' ? `xdata ${inShort(value)}` : inShort(value)];
  });
  return shown.join(', ');
}

/** The first path in a fop's arguments; null without one. */
export const pathOf = (args: Values): string | null =>
  Object.values(args).find(isPlace)?.path ?? null;

/** A text, or the beginning of a long one with its length. */
export const short = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;

/** `readv(/a, 4096, 0)`: the fop and its telling arguments. */
export function callInWords(fop: string, args: Values): string {
  const shown = Object.entries(args).flatMap(([name, value]) => {
    const tells = typeof value !== 'object' || isPlace(value) || hasHead(value);
    return tells && name !== 'xdata' && name !== 'fd' ? [short(inWords(value))] : [];
  });
  const fd = args.fd !== undefined && !('loc' in args) ? [inWords(args.fd)] : [];
  return `${fop}(${[...fd, ...shown].join(', ')})`;
}
