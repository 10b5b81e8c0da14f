/** Requests and values of a recording in a few words, for people. */
import { errnoName } from '../core/errno.ts';
import { printable } from '../core/log.ts';
import type { FdSeen, LocSeen, ValueSeen } from '../observe/read-values.ts';
import type { Answer, Values } from './seen.ts';

/** Characters of a value that are shown. */
const SHOWN = 60;

/** Of the first loc or fd; empty for a fop without. */
export function pathIn(args: Values): string {
  const found = Object.values(args).find(isPlace);
  return found === undefined ? '' : found.path;
}

const isPlace = (value: ValueSeen): value is LocSeen | FdSeen =>
  typeof value === 'object' && value !== null && 'path' in value;

/** Whole. */
export function inWords(value: ValueSeen): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (isPlace(value)) return printable(value.path);
  if ('head' in value) return `${value.length} bytes ${quoted(String(value.head))}`;
  return JSON.stringify(value);
}

const quoted = (text: string): string => `"${printable(text)}"`;

/** The beginning of what is long, and how long it is. */
export const short = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;

/** `readv(/a, 4096, 0)`: what says most of a request. */
export function callInWords(fop: string, args: Values): string {
  const shown = Object.entries(args).flatMap(([name, value]) => {
    const tells =
      typeof value !== 'object' || (value !== null && ('path' in value || 'head' in value));
    return tells && name !== 'xdata' && name !== 'fd' ? [short(inWords(value))] : [];
  });
  const fd = args.fd !== undefined && !('loc' in args) ? [inWords(args.fd)] : [];
  return `${fop}(${[...fd, ...shown].join(', ')})`;
}

/** `0`, or `-1 ENOENT`. */
export const resultInWords = ({ opRet, opErrno }: Pick<Answer, 'opRet' | 'opErrno'>): string =>
  opRet < 0 ? `${opRet} ${errnoName(opErrno)}` : String(opRet);
