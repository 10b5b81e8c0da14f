/** Finds the places of a graph's problems in its texts. */
import type { VolfileProblem } from '../../../runtime/volfile/problems.ts';
import type { Problem, Texts } from './protocol.ts';

/** As a terminal has it, without the place, which stands apart. */
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

/** `/file.js:3:7: ` begins what is said of a place; some languages tell no column. */
const PLACE = /^(\/[^\s:'"]+):(\d+)(?::(\d+))?: /;
/** Of whom it is said, when a graph starts. */
const VOLUME = /^volume '[^']*' \([^)]*\): /;

/**
 * What is told in words begins with places: of the volume, and of its module, which is nearer. They
 * stand apart here, and the rest is the message.
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
    // Of a module it is said by the file whose it is.
    if (PLACE.test(message.slice(volume.length))) message = message.slice(volume.length);
  }
  if (place === null) return { severity, file: null, line: 0, column: 0, message };
  return { severity, ...place, column: place.column || columnIn(message, place, texts), message };
}

const indent = (line: string): number => line.length - line.trimStart().length;

/** The column that is told further on: by JavaScript in words, by Python with marks below the line; 0 for none. */
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
