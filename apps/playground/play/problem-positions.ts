/** Finds the file, line and column of a graph's problems in the messages about them. */
import type { VolfileProblem } from '../../../runtime/volfile/problems.ts';
import type { Problem, Texts } from './protocol.ts';

/** Converts a problem of a volfile for the page; its hint goes into the message. */
export function convertVolfileProblem({
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

/** A position in a text; line and column from 1, 0 if unknown. */
interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Matches the prefix `/file.js:3:7: ` of a message; some languages have no column. */
const POSITION_PREFIX_PATTERN = /^(\/[^\s:'"]+):(\d+)(?::(\d+))?: /;
/** Matches the prefix `volume 'x' (features/glupy): ` of a message about a graph's start. */
const VOLUME_PREFIX_PATTERN = /^volume '[^']*' \([^)]*\): /;

/**
 * Makes a problem from a message, which it splits into position and text. A message begins with the
 * position of the volume; the position in the volume's module may follow, and is preferred.
 */
export function makeProblemFromMessage(
  text: string,
  severity: Problem['severity'],
  texts: Texts,
): Problem {
  let position: Position | null = null;
  let message = text;
  for (;;) {
    const [prefix, file, line, column] = POSITION_PREFIX_PATTERN.exec(message) ?? [];
    if (prefix === undefined || texts[file!] === undefined) break;
    position = { file: file!, line: Number(line), column: Number(column ?? 0) };
    message = message.slice(prefix.length);
    const [volumePrefix = ''] = VOLUME_PREFIX_PATTERN.exec(message) ?? [];
    // A position in the module replaces the volume.
    if (POSITION_PREFIX_PATTERN.test(message.slice(volumePrefix.length)))
      message = message.slice(volumePrefix.length);
  }
  if (position === null) return { severity, file: null, line: 0, column: 0, message };
  return {
    severity,
    ...position,
    column: position.column || findColumn(message, position, texts),
    message,
  };
}

/** Counts the blanks at the beginning of a line. */
const countIndent = (line: string): number => line.length - line.trimStart().length;

/**
 * Finds the column in the rest of a message: JavaScript prints it after the line's number, Python
 * marks it by `^` below the line. Returns 0 without a column.
 */
function findColumn(text: string, { file, line }: Position, texts: Texts): number {
  const positionText = `at ${file}:${line}:`;
  const index = text.indexOf(positionText);
  if (index >= 0) return Number.parseInt(text.slice(index + positionText.length), 10) || 0;
  const lines = text.split('\n');
  const shownIndex = lines.findLastIndex((candidate) =>
    candidate.includes(`File "${file}", line ${line}`),
  );
  const [, shownLine, marks] = shownIndex < 0 ? [] : lines.slice(shownIndex);
  if (shownLine === undefined || marks === undefined || !/^\s*[~^]+\s*$/.test(marks)) return 0;
  const source = texts[file]!.split('\n')[line - 1] ?? '';
  // Python shows the line with an indentation of its own.
  return countIndent(source) + countIndent(marks) - countIndent(shownLine) + 1;
}
