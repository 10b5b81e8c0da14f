/** Sets timeouts of the kernel's caches in a reply's xdata. */

import type { FopRow } from '../../../runtime/core/fops.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from '../../../runtime/core/xdata.ts';
import { Dict } from './data.ts';
import { nameType } from './values.ts';

/** Timeouts in seconds; in place of a missing one, the mount's applies. */
export interface Timeouts {
  readonly entryTimeout?: number;
  readonly attributeTimeout?: number;
  readonly negativeTimeout?: number;
}

/** The keys in xdata, by the names of timeouts. */
const XDATA_KEYS: Readonly<Record<string, string>> = {
  entryTimeout: ENTRY_TIMEOUT,
  attributeTimeout: ATTRIBUTE_TIMEOUT,
  negativeTimeout: NEGATIVE_TIMEOUT,
};

export const isTimeoutName = (name: string): boolean => Object.hasOwn(XDATA_KEYS, name);

/** Returns the parts of a reply with the timeouts in its xdata, for glossa's mount to read. */
export function addTimeouts(row: FopRow, reply: readonly unknown[], timeouts: Timeouts): unknown[] {
  const xdataIndex = row.reply.findIndex(({ name }) => name === 'xdata');
  if (xdataIndex < 0) {
    throw new TypeError(`nothing that ${row.name} answers is ever cached: it has no timeouts`);
  }
  const parts = [...reply];
  while (parts.length <= xdataIndex) parts.push(null);
  const xdata = new Dict((parts[xdataIndex] as Dict | null) ?? {});
  for (const [name, seconds] of Object.entries(timeouts)) {
    if (!isTimeoutName(name)) {
      throw new TypeError(
        `${name} is not one of the timeouts: ${Object.keys(XDATA_KEYS).join(', ')}`,
      );
    }
    if (seconds !== undefined) xdata.set(XDATA_KEYS[name]!, checkSeconds(name, seconds), 'double');
  }
  parts[xdataIndex] = xdata;
  return parts;
}

/** Returns the seconds. @throws {TypeError | RangeError} for anything but a number from 0 on */
function checkSeconds(name: string, seconds: unknown): number {
  if (typeof seconds !== 'number') {
    throw new TypeError(`${name} must be a number of seconds, not ${nameType(seconds)}`);
  }
  if (seconds >= 0) return seconds;
  throw new RangeError(`${name} must be 0 (never) or more, not ${seconds}`);
}
