/** The times for which the kernel may cache a reply, read from its xdata and written into it (`xdata.ts`). */
import { Dict } from './dict.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from './xdata.ts';

/** Seconds; the mount's options apply to absent ones. */
export interface Timeouts {
  readonly entry?: number | undefined;
  readonly attribute?: number | undefined;
  readonly negative?: number | undefined;
}

/** Returns a copy of a reply's `xdata`, or new xdata, with the timeouts. */
export function withTimeouts(timeouts: Timeouts, xdata: Dict | null = null): Dict {
  const made = xdata === null ? new Dict() : xdata.copy();
  const { entry, attribute, negative } = timeouts;
  if (entry !== undefined) made.set(ENTRY_TIMEOUT, entry);
  if (attribute !== undefined) made.set(ATTRIBUTE_TIMEOUT, attribute);
  if (negative !== undefined) made.set(NEGATIVE_TIMEOUT, negative);
  return made;
}

/** Whether a dict has the timeouts of an entry or of attributes. */
export const hasTimeouts = (dict: Dict | null): boolean =>
  dict !== null && (dict.has(ENTRY_TIMEOUT) || dict.has(ATTRIBUTE_TIMEOUT));

/** The timeouts in a reply's xdata; undefined for absent ones. */
export function timeoutsOf(xdata: Dict | null): Timeouts {
  return {
    entry: xdata?.number(ENTRY_TIMEOUT),
    attribute: xdata?.number(ATTRIBUTE_TIMEOUT),
    negative: xdata?.number(NEGATIVE_TIMEOUT),
  };
}
