/**
 * What can be wrong with a volfile, in words, and how it is printed.
 *
 * All problems of a volfile are collected and reported together, in the order of the file. The
 * table `messages` holds every sentence; its keys are the codes, which do not change when the
 * words do. Text from the file goes through
 * printable.ts.
 */
import { brief, printable, quote } from './printable.ts';
import { type Place, type Source, where } from './source.ts';

export type Severity = 'error' | 'warning';

export interface VolfileProblem {
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly file: string;
  /** Line and column count from 1; length is that of the words meant. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  /** What to do about it, when that is more than the message says. */
  readonly hint?: string | undefined;
}

interface Message<A extends readonly unknown[]> {
  readonly severity: Severity;
  readonly words: (...args: A) => string;
}

const error = <A extends readonly unknown[]>(words: (...args: A) => string): Message<A> => ({
  severity: 'error',
  words,
});

const warning = <A extends readonly unknown[]>(words: (...args: A) => string): Message<A> => ({
  severity: 'warning',
  words,
});

export const messages = {
  // Words
  'unterminated-string': error(() => 'this string has no closing quote on its line'),
  'stray-backslash': error(() => "'\\' means something only inside double quotes"),
  'unterminated-command': error(() => 'this backtick has no partner'),
  'command-refused': error((command: string) => `commands do not run: ${brief(command)}`),
  'command-failed': error((command: string, why: string) => `${brief(command)} ${printable(why)}`),
  // Statements
  'no-volume': error(() => 'the file has no volume'),
  unexpected: error((expected: string, found: string) => `expected ${expected}, found ${found}`),
  'outside-volume': error(
    (found: string) => `expected 'volume', found ${found}: nothing stands outside a volume`,
  ),
  'misspelt-keyword': error(
    (found: string, meant: string) => `expected '${meant}', found ${found}`,
  ),
  'missing-end-volume': error(
    (volume: string, line: number, found: string) =>
      `${called(volume)} of line ${line} has no 'end-volume' before ${found}`,
  ),
  'duplicate-statement': error(
    (keyword: string, volume: string, line: number) =>
      `${called(volume)} has a second '${keyword}'; the first is on line ${line}`,
  ),
  'missing-type': error((volume: string) => `${called(volume)} has no 'type'`),
  'repeated-option': warning(
    (key: string, volume: string, line: number) =>
      `${called(volume)} has option ${quote(key)} on line ${line} already; the last one counts`,
  ),
  // Volumes among each other
  'duplicate-volume': error(
    (name: string, line: number) => `volume ${quote(name)} exists already, on line ${line}`,
  ),
  'undefined-subvolume': error(
    (volume: string, name: string) =>
      `volume ${quote(volume)}: subvolume ${quote(name)} is not defined`,
  ),
  'forward-reference': error(
    (volume: string, name: string, line: number) =>
      `volume ${quote(volume)}: subvolume ${quote(name)} is defined only later, on line ${line}`,
  ),
  'self-reference': error((volume: string) => `volume ${quote(volume)} is its own subvolume`),
  loop: error(
    (loop: readonly string[]) => `subvolumes form a loop: ${loop.map(quote).join(' → ')}`,
  ),
  'repeated-subvolume': warning(
    (volume: string, name: string) =>
      `volume ${quote(volume)} has ${quote(name)} as a subvolume twice`,
  ),
  unreachable: warning(
    (volume: string, top: string) =>
      `volume ${quote(volume)} is not reached from the top volume ${quote(top)}`,
  ),
  // Types and options
  'unknown-type': error(
    (volume: string, type: string) => `volume ${quote(volume)}: unknown type ${quote(type)}`,
  ),
  'children-count': error(
    (volume: string, type: string, needs: string, has: string) =>
      `volume ${quote(volume)} (${printable(type)}) ${needs}, has ${has}`,
  ),
  'unknown-option': warning(inVolume),
  'unknown-option-strict': error(inVolume),
  'doubtful-option': warning(inVolume),
  'wrong-option': error(inVolume),
  // --xlator-option
  'malformed-override': error(
    (override: string, why: string) =>
      `expected VOLUME.KEY=VALUE, found ${quote(override)}, which ${why}`,
  ),
  'override-without-volume': error((glob: string) => `no volume is called ${quote(glob)}`),
};

/** A volume without a name has '', which no volume can have. */
function called(volume: string): string {
  return volume === '' ? 'the volume' : `volume ${quote(volume)}`;
}

function inVolume(volume: string, type: string, message: string): string {
  return `volume ${quote(volume)} (${printable(type)}): ${printable(message)}`;
}

export type ProblemCode = keyof typeof messages;
type WordsOf<C extends ProblemCode> = Parameters<(typeof messages)[C]['words']>;

/** Collects problems; the arguments of `add` are those of the code's row in `messages`. */
export class Problems {
  readonly all: VolfileProblem[] = [];

  add<C extends ProblemCode>(code: C, at: Place, args: WordsOf<C>, hint?: string): void {
    const { severity, words } = messages[code] as Message<WordsOf<C>>;
    this.all.push({ severity, code, ...at, message: words(...args), hint });
  }

  get hasErrors(): boolean {
    return this.all.some(({ severity }) => severity === 'error');
  }

  /** In the order of `sources`, then of lines and columns. */
  sorted(sources: readonly Source[]): VolfileProblem[] {
    const rank = (file: string) => sources.findIndex((source) => source.file === file);
    return this.all.toSorted(
      (a, b) => rank(a.file) - rank(b.file) || a.line - b.line || a.column - b.column,
    );
  }
}

/** A volfile is not usable. Its message has one line for each problem, warnings included. */
export class VolfileError extends Error {
  readonly code = 'GLOSSA_VOLFILE';
  readonly problems: readonly VolfileProblem[];
  /** What the problems are in, for `formatProblems`. */
  readonly sources: readonly Source[];

  constructor(problems: readonly VolfileProblem[], sources: readonly Source[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'VolfileError';
    this.problems = problems;
    this.sources = sources;
  }
}

/** `FILE:LINE:COLUMN: error: message (hint)`. */
export function formatProblem(problem: VolfileProblem): string {
  const { severity, message, hint } = problem;
  const note = hint === undefined ? '' : ` (${hint})`;
  return `${where(problem)}: ${severity}: ${message}${note}`;
}

const COLOURS = { error: '\x1b[1;31m', warning: '\x1b[1;35m', bold: '\x1b[1m', caret: '\x1b[32m' };

/**
 * The problems for a person at a terminal: each with its line of the file and carets under the
 * place. No newline at the end.
 */
export function formatProblems(
  problems: readonly VolfileProblem[],
  sources: readonly Source[],
  { colour = false } = {},
): string {
  const paint = (name: keyof typeof COLOURS, text: string) =>
    colour ? `${COLOURS[name]}${text}\x1b[0m` : text;
  const block = (problem: VolfileProblem): string => {
    const { file, line, column, length, severity, message, hint } = problem;
    const source = sources.find((candidate) => candidate.file === file);
    const text = printable(source?.line(line) ?? '');
    const margin = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
    return [
      `${paint('bold', `${where(problem)}:`)} ${paint(severity, `${severity}:`)} ${message}`,
      `  ${text}`,
      `  ${margin}${paint('caret', '^'.repeat(length))}`,
      ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ].join('\n');
  };
  return problems.map(block).join('\n');
}
