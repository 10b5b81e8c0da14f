/** Words of the views of a recording for times, events and values. */
import { errnoName } from '../../runtime/core/errno.ts';
import { formatTime, logLevelNames, printable } from '../../runtime/core/log.ts';
import type { LogEvent, UnwindEvent, WindEvent } from '../../runtime/observe/events.ts';
import type { OtherEvent } from '../../runtime/observe/outline.ts';
import type { DictPair, ListSeen, ValueSeen } from '../../runtime/observe/read-values.ts';

/** Time of day to the microsecond, of an event. */
export const clock = (startedAt: number, at: number): string =>
  formatTime(startedAt + at / 1e6).slice(11, 26);

/** `0`, `-1 ENOENT`. */
export const answerInShort = ({ opRet, opErrno }: UnwindEvent): string =>
  opRet < 0 ? `${opRet} ${errnoName(opErrno)}` : `${opRet}`;

/** What is special about a wind; '' for nothing. */
export const kindOf = ({ tail, passes }: WindEvent): string =>
  [...(tail ? ['tail'] : []), ...(passes ? ['passes'] : [])].join(', ');

/** A line of the log, without its volume. */
export const logged = ({ level, file, line, text }: LogEvent): string =>
  `${logLevelNames[level] ?? level} ${printable(file)}:${line}: ${printable(text)}`;

/** An event that is no request. */
export function otherInWords(event: OtherEvent): string {
  if (event.kind === 'lost') return `not recorded: ${printable(event.why)}`;
  const volume = printable(event.volume);
  if (event.kind === 'log') return `${volume}: ${logged(event)}`;
  const about = Object.entries(event.about).map(([key, value]) => `${key} ${printable(value)}`);
  return `${volume}: ${event.event}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}

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
