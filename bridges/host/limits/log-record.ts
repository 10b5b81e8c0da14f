/**
 * A script's text in the log. It may hold names that others chose: further lines are indented, and
 * control characters shown, so that no name can pass for a line of the log.
 */

import { type LogSource, printable } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';

/** Characters of one record; a script's text may be as long as its memory. */
export const MOST_LOGGED = 262_144;

/** Characters of the name of a file or of a function: scripts choose these as well. */
const MOST_NAMED = 200;

/** With what the host says that it has failed a request. */
export const requestFailed = { msgid: messages.requestFailed.id };

export function oneRecord(whole: string): string {
  const more = whole.length - MOST_LOGGED;
  const text = more > 0 ? `${whole.slice(0, MOST_LOGGED)}… (${more} characters more)` : whole;
  return text.replace(/(?!\t)\p{Cc}|[\u2028\u2029]/gu, (char) =>
    char === '\n' ? '\n    ' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** A place without the folder of its file. */
export const shown = ({ file, line, func }: LogSource): LogSource => ({
  file: named(file.slice(file.lastIndexOf('/') + 1)),
  line,
  func: named(func),
});

const named = (name: string): string => printable(name.slice(0, MOST_NAMED));
