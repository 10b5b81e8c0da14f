/** What views of a recording say of times and values, in few words. */
import { errnoName } from '../../runtime/core/errno.ts';
import { formatTime, printable } from '../../runtime/core/log.ts';
import type { UnwindEvent } from '../../runtime/observe/events.ts';
import type { DictPair, ListSeen, ValueSeen } from '../../runtime/observe/read-values.ts';

/** Time of day to the microsecond, of an event. */
export const clock = (startedAt: number, at: number): string =>
  formatTime(startedAt + at / 1e6).slice(11, 26);

/** `0`, `-1 ENOENT`. */
export const answerInShort = ({ opRet, opErrno }: UnwindEvent): string =>
  opRet < 0 ? `${opRet} ${errnoName(opErrno)}` : `${opRet}`;

/** Arguments, or a reply, between commas. */
export function values(args: Readonly<Record<string, ValueSeen>>): string {
  const shown = Object.entries(args).flatMap(([name, value]) => {
    // Most requests have none.
    if (name === 'xdata' && value === null) return [];
    return [name === 'xdata' ? `xdata ${inShort(value)}` : inShort(value)];
  });
  return shown.join(', ');
}

/** A value in a few words. */
export function inShort(value: ValueSeen): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoted(value);
  if ('path' in value) return printable(String(value.path));
  if ('head' in value) return `${value.length} bytes ${quoted(String(value.head))}`;
  if ('items' in value) return items(value as ListSeen<DictPair>);
  return 'gfid' in value ? String(value.gfid) : '{…}';
}

function items({ count, items }: ListSeen<Partial<DictPair> | null>): string {
  const keys = items.flatMap((item) => (item?.key === undefined ? [] : [printable(item.key)]));
  return keys.length === 0 ? `[${count}]` : `{${keys.join(', ')}}`;
}

const quoted = (text: string): string => `"${printable(text)}"`;

/** The path that a fop is about; null for one that has none. */
export function pathOf(args: Readonly<Record<string, ValueSeen>>): string | null {
  for (const value of Object.values(args)) {
    if (typeof value === 'object' && value !== null && 'path' in value) return String(value.path);
  }
  return null;
}
