/** Sets timeouts of the kernel's caches in a reply's xdata. */
import type { FopRow } from '../../../runtime/core/fops.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from '../../../runtime/core/xdata.ts';
import { Dict } from './data.ts';
import { typeOf } from './values.ts';

/** Seconds; missing ones are the mount's. */
export interface Timeouts {
  readonly entryTimeout?: number;
  readonly attributeTimeout?: number;
  readonly negativeTimeout?: number;
}

const KEYS: Readonly<Record<string, string>> = {
  entryTimeout: ENTRY_TIMEOUT,
  attributeTimeout: ATTRIBUTE_TIMEOUT,
  negativeTimeout: NEGATIVE_TIMEOUT,
};

export const isTimeout = (name: string): boolean => Object.hasOwn(KEYS, name);

/** The parts of a reply with the timeouts in its xdata. */
export function withTimeouts(
  row: FopRow,
  reply: readonly unknown[],
  timeouts: Timeouts,
): unknown[] {
  const at = row.reply.findIndex(({ name }) => name === 'xdata');
  if (at < 0) {
    throw new TypeError(`nothing that ${row.name} answers is ever cached: it has no timeouts`);
  }
  const made = [...reply];
  while (made.length <= at) made.push(null);
  const xdata = new Dict((made[at] as Dict | null) ?? {});
  for (const [name, seconds] of Object.entries(timeouts)) {
    if (!isTimeout(name)) {
      throw new TypeError(`${name} is none of the timeouts: ${Object.keys(KEYS).join(', ')}`);
    }
    if (seconds !== undefined) xdata.set(KEYS[name]!, checked(name, seconds), 'double');
  }
  made[at] = xdata;
  return made;
}

function checked(name: string, seconds: unknown): number {
  if (typeof seconds !== 'number') {
    throw new TypeError(`${name} must be a number of seconds, not ${typeOf(seconds)}`);
  }
  if (seconds >= 0) return seconds;
  throw new RangeError(`${name} must be 0 (never) or more, not ${seconds}`);
}
