/** Finds the places of a graph's problems in its texts. */
import type { VolfileProblem } from '../../../runtime/volfile/problems.ts';
import type { Problem, Texts } from './protocol.ts';

/** A problem with the message of a terminal, without the position, which is apart. */
export function problemOf({
  severity,
  file,
  line,
  column,
  message,
  hint,
}: VolfileProblem): Problem {
  const note = hint === undefined ? '' : ` (${hint})`;
  return { severity, file, line, column, message: `${message}${note}` };
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The prefix `/file.js:3:7: ` of a message; some languages have no column. */
const PLACE = /^(\/[^\s:'"]+):(\d+)(?::(\d+))?: /;
/** The prefix with the volume, when a graph starts. */
const VOLUME = /^volume '[^']*' \([^)]*\): /;

/**
 * Splits a message into position and text. A message begins with the position of the volume, and
 * may go on with the position in its module, which is preferred.
 */
export function problemIn(text: string, severity: Problem['severity'], texts: Texts): Problem {
  let place: Place | null = null;
  let message = text;
  for (;;) {
    const [start, file, line, column] = PLACE.exec(message) ?? [];
    if (start === undefined || texts[file!] === undefined) break;
    place = { file: file!, line: Number(line), column: Number(column ?? 0) };
    message = message.slice(start.length);
    const [volume = ''] = VOLUME.exec(message) ?? [];
    // A position in the module replaces the volume.
    if (PLACE.test(message.slice(volume.length))) message = message.slice(volume.length);
  }
  if (place === null) return { severity, file: null, line: 0, column: 0, message };
  return { severity, ...place, column: place.column || columnIn(message, place, texts), message };
}

const indent = (line: string): number => line.length - line.trimStart().length;

/** Finds the column in the rest: JavaScript prints it, Python marks it below the line; 0: none. */
function columnIn(text: string, { file, line }: Place, texts: Texts): number {
  const named = `at ${file}:${line}:`;
  const behind = text.indexOf(named);
  if (behind >= 0) return Number.parseInt(text.slice(behind + named.length), 10) || 0;
  const lines = text.split('\n');
  const at = lines.findLastIndex((each) => each.includes(`File "${file}", line ${line}`));
  const [, shown, marks] = at < 0 ? [] : lines.slice(at);
  if (shown === undefined || marks === undefined || !/^\s*[~^]+\s*$/.test(marks)) return 0;
  const source = texts[file]!.split('\n')[line - 1] ?? '';
  return indent(source) + indent(marks) - indent(shown) + 1;
}
