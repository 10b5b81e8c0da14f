/** Finds the file, line and column of a graph's problems in the messages about them. */
import type { VolfileProblem } from '../../../runtime/volfile/problems.ts';
import type { Problem, Texts } from './protocol.ts';

/** Converts a problem of a volfile for the page; its hint goes into the message. */
export function toProblem({
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

interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The prefix `/file.js:3:7: ` of a message; some languages have no column. */
const POSITION = /^(\/[^\s:'"]+):(\d+)(?::(\d+))?: /;
/** The prefix `volume 'x' (features/glupy): ` of a message about the start of a graph. */
const VOLUME = /^volume '[^']*' \([^)]*\): /;

/**
 * Splits a message into position and text. A message begins with the position of the volume, and
 * may go on with the position in its module, which is preferred.
 */
export function locateProblem(text: string, severity: Problem['severity'], texts: Texts): Problem {
  let position: Position | null = null;
  let message = text;
  for (;;) {
    const [start, file, line, column] = POSITION.exec(message) ?? [];
    if (start === undefined || texts[file!] === undefined) break;
    position = { file: file!, line: Number(line), column: Number(column ?? 0) };
    message = message.slice(start.length);
    const [volume = ''] = VOLUME.exec(message) ?? [];
    // A position in the module replaces the volume.
    if (POSITION.test(message.slice(volume.length))) message = message.slice(volume.length);
  }
  if (position === null) return { severity, file: null, line: 0, column: 0, message };
  return {
    severity,
    ...position,
    column: position.column || findColumn(message, position, texts),
    message,
  };
}

const indentWidth = (line: string): number => line.length - line.trimStart().length;

/**
 * Finds the column in the rest of a message: JavaScript prints it behind the line, Python marks it
 * by `^` below the line. 0 without a column.
 */
function findColumn(text: string, { file, line }: Position, texts: Texts): number {
  const positionText = `at ${file}:${line}:`;
  const index = text.indexOf(positionText);
  if (index >= 0) return Number.parseInt(text.slice(index + positionText.length), 10) || 0;
  const lines = text.split('\n');
  const at = lines.findLastIndex((candidate) => candidate.includes(`File "${file}", line ${line}`));
  const [, shownLine, marks] = at < 0 ? [] : lines.slice(at);
  if (shownLine === undefined || marks === undefined || !/^\s*[~^]+\s*$/.test(marks)) return 0;
  const source = texts[file]!.split('\n')[line - 1] ?? '';
  // Python shows the line with an indentation of its own.
  return indentWidth(source) + indentWidth(marks) - indentWidth(shownLine) + 1;
}
