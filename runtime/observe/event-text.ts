/** Formats requests, times and values of a recording as short texts, for commands and pages. */
import { errnoName } from '../core/errno.ts';
import { formatTime, printable } from '../core/log.ts';
import type {
  DictPair,
  RecordedData,
  RecordedFd,
  RecordedList,
  RecordedLoc,
  RecordedValue,
} from './codec.ts';
import type { UnwindEvent, Values } from './events.ts';

/**
 * Formats an event's time of day to the microsecond.
 * @param startedAtMs the recording's start, in milliseconds since the epoch
 * @param offsetNs the event's time after that, in nanoseconds
 */
export const formatClock = (startedAtMs: number, offsetNs: number): string =>
  // The part after the date: 09:41:07.123456.
  formatTime(startedAtMs + offsetNs / 1e6).slice(11, 26);

/** Formats a result: `0`, or `-1 ENOENT`. */
export const formatResult = ({ opRet, opErrno }: Pick<UnwindEvent, 'opRet' | 'opErrno'>): string =>
  opRet < 0 ? `${opRet} ${errnoName(opErrno)}` : String(opRet);

/** Formats a scalar, a path or data in short, and any other value by `formatOther`, which is JSON by default. */
export function formatValue(
  value: RecordedValue,
  formatOther: (value: NonNullable<RecordedValue>) => string = JSON.stringify,
): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quote(value);
  if (hasPath(value)) return printable(value.path);
  if (isData(value)) return `${value.length} bytes ${quote(value.head)}`;
  return formatOther(value);
}

/** Formats any value in short: the keys of a dict, the length of a list, an inode's gfid, `{…}` for a structure. */
export const abbreviateValue = (value: RecordedValue): string =>
  formatValue(value, (object) => {
    if (typeof object === 'object' && 'items' in object)
      return abbreviateItems(object as RecordedList<DictPair>);
    return typeof object === 'object' && 'gfid' in object ? String(object.gfid) : '{…}';
  });

/** Formats a dict by its keys, any other list by its length. */
function abbreviateItems({ count, items }: RecordedList<Partial<DictPair> | null>): string {
  const keys = items.flatMap((item) => (item?.key === undefined ? [] : [printable(item.key)]));
  return keys.length === 0 ? `[${count}]` : `{${keys.join(', ')}}`;
}

const quote = (text: string): string => `"${printable(text)}"`;

const hasPath = (value: RecordedValue): value is RecordedLoc | RecordedFd =>
  typeof value === 'object' && value !== null && 'path' in value;
const isData = (value: RecordedValue): value is RecordedData =>
  typeof value === 'object' && value !== null && 'head' in value;

/** Formats arguments, or the parts of a reply, in short and separated by commas. */
export function abbreviateValues(args: Values): string {
  const texts = Object.entries(args).flatMap(([name, value]) => {
    // Most requests have no xdata.
    if (name === 'xdata' && value === null) return [];
    return [name === 'xdata' ? `xdata ${abbreviateValue(value)}` : abbreviateValue(value)];
  });
  return texts.join(', ');
}

/** Finds the first path in a fop's arguments; null if no argument has a path. */
export const findPath = (args: Values): string | null =>
  Object.values(args).find(hasPath)?.path ?? null;
