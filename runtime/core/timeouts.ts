/** Reads and writes the times for which the kernel may cache a reply, in the reply's xdata (`dict.ts`). */
import { ATTRIBUTE_TIMEOUT, Dict, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from './dict.ts';

/** Timeouts in seconds; the mount's options apply to absent ones. */
export interface Timeouts {
  readonly entry?: number | undefined;
  readonly attribute?: number | undefined;
  readonly negative?: number | undefined;
}

/** Returns a copy of a reply's `xdata`, or new xdata, with the timeouts. */
export function withTimeouts(timeouts: Timeouts, xdata: Dict | null = null): Dict {
  const copy = xdata === null ? new Dict() : xdata.copy();
  const { entry, attribute, negative } = timeouts;
  if (entry !== undefined) copy.set(ENTRY_TIMEOUT, entry);
  if (attribute !== undefined) copy.set(ATTRIBUTE_TIMEOUT, attribute);
  if (negative !== undefined) copy.set(NEGATIVE_TIMEOUT, negative);
  return copy;
}

/** Whether a dict has the timeouts of an entry or of attributes. */
export const hasTimeouts = (dict: Dict | null): boolean =>
  dict !== null && (dict.has(ENTRY_TIMEOUT) || dict.has(ATTRIBUTE_TIMEOUT));

/** Returns the timeouts in a reply's xdata; undefined for absent ones. */
export function timeoutsOf(xdata: Dict | null): Timeouts {
  return {
    entry: xdata?.number(ENTRY_TIMEOUT),
    attribute: xdata?.number(ATTRIBUTE_TIMEOUT),
    negative: xdata?.number(NEGATIVE_TIMEOUT),
  };
}
