/** The times for which the kernel may cache a reply, read from its xdata and written into it (`xdata.ts`). */
import { Dict } from './dict.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from './xdata.ts';

/** Seconds; what is left out is the mount's to say. */
export interface Timeouts {
  readonly entry?: number | undefined;
  readonly attribute?: number | undefined;
  readonly negative?: number | undefined;
}

/** The xdata of a reply, a copy of `xdata` when there is one, that says how long to cache it. */
export function withTimeouts(timeouts: Timeouts, xdata: Dict | null = null): Dict {
  const made = xdata === null ? new Dict() : xdata.copy();
  const { entry, attribute, negative } = timeouts;
  if (entry !== undefined) made.set(ENTRY_TIMEOUT, entry);
  if (attribute !== undefined) made.set(ATTRIBUTE_TIMEOUT, attribute);
  if (negative !== undefined) made.set(NEGATIVE_TIMEOUT, negative);
  return made;
}

/** Whether a dict says how long an entry and its attributes may be cached. */
export const hasTimeouts = (dict: Dict | null): boolean =>
  dict !== null && (dict.has(ENTRY_TIMEOUT) || dict.has(ATTRIBUTE_TIMEOUT));

/** What an xdata says about caching its reply; undefined where it says nothing. */
export function timeoutsOf(xdata: Dict | null): Timeouts {
  return {
    entry: xdata?.number(ENTRY_TIMEOUT),
    attribute: xdata?.number(ATTRIBUTE_TIMEOUT),
    negative: xdata?.number(NEGATIVE_TIMEOUT),
  };
}
