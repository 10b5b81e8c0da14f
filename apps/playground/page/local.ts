/** What this browser keeps for the page, from one visit to the next. */

/** @throws {Error} where the browser has none, or refuses it */
export function storage(): Storage {
  const found = globalThis.localStorage as Storage | null | undefined;
  if (!found) throw new Error('this browser lacks localStorage');
  return found;
}
