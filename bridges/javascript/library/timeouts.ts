/** Sets timeouts of the kernel's caches in a reply's xdata. */
import type { FopRow } from '../../../runtime/core/fops.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from '../../../runtime/core/xdata.ts';
import { Dict } from './data.ts';
import { typeName } from './values.ts';

/** Timeouts in seconds; without one, the mount's applies. */
export interface Timeouts {
  readonly entryTimeout?: number;
  readonly attributeTimeout?: number;
  readonly negativeTimeout?: number;
}

const XDATA_KEYS: Readonly<Record<string, string>> = {
  entryTimeout: ENTRY_TIMEOUT,
  attributeTimeout: ATTRIBUTE_TIMEOUT,
  negativeTimeout: NEGATIVE_TIMEOUT,
};

export const isTimeout = (name: string): boolean => Object.hasOwn(XDATA_KEYS, name);

/** Returns the parts of a reply with the timeouts in its xdata. */
export function addTimeouts(row: FopRow, reply: readonly unknown[], timeouts: Timeouts): unknown[] {
  const xdataIndex = row.reply.findIndex(({ name }) => name === 'xdata');
  if (xdataIndex < 0) {
    throw new TypeError(`nothing that ${row.name} answers is ever cached: it has no timeouts`);
  }
  const parts = [...reply];
  while (parts.length <= xdataIndex) parts.push(null);
  const xdata = new Dict((parts[xdataIndex] as Dict | null) ?? {});
  for (const [name, seconds] of Object.entries(timeouts)) {
    if (!isTimeout(name)) {
      throw new TypeError(
        `${name} is not one of the timeouts: ${Object.keys(XDATA_KEYS).join(', ')}`,
      );
    }
    if (seconds !== undefined) xdata.set(XDATA_KEYS[name]!, checkSeconds(name, seconds), 'double');
  }
  parts[xdataIndex] = xdata;
  return parts;
}

function checkSeconds(name: string, seconds: unknown): number {
  if (typeof seconds !== 'number') {
    throw new TypeError(`${name} must be a number of seconds, not ${typeName(seconds)}`);
  }
  if (seconds >= 0) return seconds;
  throw new RangeError(`${name} must be 0 (never) or more, not ${seconds}`);
}
