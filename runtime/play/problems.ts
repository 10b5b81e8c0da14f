/** What is wrong with a graph's texts, at its place in them. */

import type { VolfileProblem } from '../graph/problems.ts';
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

/** `/file.py:3:7`, wherever in a text; without a column in some languages. */
const PLACE = /(\/[^\s:'"]+):(\d+)(?::(\d+))?/g;
/** A line of Python's traceback. */
const TRACEBACK = /File "([^"]+)", line (\d+)/g;

/** What is told in words: its place is the last that it names of the texts. */
export function problemIn(text: string, severity: Problem['severity'], texts: Texts): Problem {
  const places = [...text.matchAll(PLACE), ...text.matchAll(TRACEBACK)].filter(
    ([, file]) => texts[file!] !== undefined,
  );
  const modules = places.filter(([, file]) => file !== places[0]?.[1]);
  const [, file, line, column] = modules.at(-1) ?? places[0] ?? [];
  return {
    severity,
    file: file ?? null,
    line: Number(line ?? 0),
    column: Number(column ?? 0),
    message: text,
  };
}
