/** What cannot be done in one of several ways to mount: tests that have to fail there. */

/** What cannot be done, with the tests that show it, and what in their failures does. */
export type Limits = Readonly<
  Record<string, { readonly tests: readonly string[]; readonly shows: RegExp }>
>;

/** What a comparison says that did not hold, whatever it compares; no time-out and no crash does. */
export const differs = /\bexpected [\s\S]* to (be|deeply equal|match)\b/;
