/**
 * Collects the problems of a volfile, and formats their messages in the order of the file.
 *
 * The table `messages` has the text of each. Its keys are the problems' codes, which stay the same when the text
 * changes. Words from the file are escaped by printable-text.ts.
 */
import { maskAssignment, maskText } from '../core/secrets.ts';
import { makePrintable, quote, shorten } from './printable-text.ts';
import { formatPlace, type Source, type SourcePlace } from './source.ts';

export type Severity = 'error' | 'warning';

/** A mistake in a volfile, with its message and place. */
export interface VolfileProblem {
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly file: string;
  /** Line and column start at 1; `length` is that of the words that the problem is about. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  /** Advice beyond the message. */
  readonly hint?: string | undefined;
}

/** The severity of a problem, and how its message is made of the arguments. */
interface MessageRow<A extends readonly unknown[]> {
  readonly severity: Severity;
  readonly format: (...args: A) => string;
}

const makeError = <A extends readonly unknown[]>(
  format: (...args: A) => string,
): MessageRow<A> => ({
  severity: 'error',
  format,
});

const makeWarning = <A extends readonly unknown[]>(
  format: (...args: A) => string,
): MessageRow<A> => ({
  severity: 'warning',
  format,
});

/** The severity and message of each problem, by the problem's code. */
export const messages = {
  // Words
  'unterminated-string': makeError(() => 'this string has no closing quote on its line'),
  'stray-backslash': makeError(() => "'\\' means something only inside double quotes"),
  'nul-character': makeError(() => 'a NUL character cannot stand in a word'),
  'unterminated-command': makeError(() => 'this backtick has no partner'),
  'command-refused': makeError((command: string) => `commands do not run: ${shorten(command)}`),
  'command-failed': makeError(
    (command: string, reason: string) => `${shorten(command)} ${makePrintable(reason)}`,
  ),
  // Statements
  'no-volume': makeError(() => 'the file has no volume'),
  unexpected: makeError(
    (expected: string, found: string) => `expected ${expected}, found ${found}`,
  ),
  'outside-volume': makeError(
    (found: string) => `expected 'volume', found ${found}: nothing stands outside a volume`,
  ),
  'misspelt-keyword': makeError(
    (found: string, suggestion: string) => `expected '${suggestion}', found ${found}`,
  ),
  'missing-end-volume': makeError(
    (volume: string, line: number, found: string) =>
      `${makeVolumeLabel(volume)} of line ${line} has no 'end-volume' before ${found}`,
  ),
  'duplicate-statement': makeError(
    (keyword: string, volume: string, line: number) =>
      `${makeVolumeLabel(volume)} has a second '${keyword}'; the first is on line ${line}`,
  ),
  'missing-type': makeError((volume: string) => `${makeVolumeLabel(volume)} has no 'type'`),
  'repeated-option': makeWarning(
    (key: string, volume: string, line: number) =>
      `${makeVolumeLabel(volume)} has option ${quote(key)} on line ${line} already; the last one counts`,
  ),
  // Volumes among each other
  'duplicate-volume': makeError(
    (name: string, line: number) => `volume ${quote(name)} exists already, on line ${line}`,
  ),
  'undefined-subvolume': makeError(
    (volume: string, name: string) =>
      `volume ${quote(volume)}: subvolume ${quote(name)} is not defined`,
  ),
  'forward-reference': makeError(
    (volume: string, name: string, line: number) =>
      `volume ${quote(volume)}: subvolume ${quote(name)} is defined only later, on line ${line}`,
  ),
  'self-reference': makeError((volume: string) => `volume ${quote(volume)} is its own subvolume`),
  loop: makeError((loop: readonly string[]) => `subvolumes form a loop: ${formatLoop(loop)}`),
  'too-deep': makeError(
    (volume: string, most: number) =>
      `volume ${quote(volume)} has ${most} volumes one below the other: there may be ${most - 1}`,
  ),
  'repeated-subvolume': makeWarning(
    (volume: string, name: string, times: number) =>
      `volume ${quote(volume)} has ${quote(name)} as a subvolume ${times === 2 ? 'twice' : `${times} times`}`,
  ),
  unreachable: makeWarning(
    (volume: string, top: string) =>
      `volume ${quote(volume)} is not reached from the top volume ${quote(top)}`,
  ),
  // Types and options
  'unknown-type': makeError(
    (volume: string, type: string) => `volume ${quote(volume)}: unknown type ${quote(type)}`,
  ),
  'children-count': makeError(
    (volume: string, type: string, needs: string, has: string) =>
      `volume ${quote(volume)} (${makePrintable(type)}) ${needs}, has ${has}`,
  ),
  'unknown-option': makeWarning(describeInVolume),
  'unknown-option-strict': makeError(describeInVolume),
  'doubtful-option': makeWarning(describeInVolume),
  'wrong-option': makeError(describeInVolume),
  // Reports of translators
  'wrong-volume': makeError(describeInVolume),
  'doubtful-volume': makeWarning(describeInVolume),
  'doubtful-volume-strict': makeError(describeInVolume),
  // --xlator-option
  'malformed-override': makeError(
    (override: string, reason: string) =>
      `expected VOLUME.KEY=VALUE, found ${quote(maskAssignment(override))}, which ${reason}`,
  ),
  'override-without-volume': makeError((glob: string) => `no volume is called ${quote(glob)}`),
};

/** Names a volume in a message. @param volume '' for a volume whose name is missing */
function makeVolumeLabel(volume: string): string {
  return volume === '' ? 'the volume' : `volume ${quote(volume)}`;
}

/** Number of volumes shown at each end of a long loop. */
const LOOP_END_COUNT = 5;

/** Formats a loop as `'a' → 'b' → 'a'`; the middle of a long loop is counted only. */
function formatLoop(names: readonly string[]): string {
  const quotedNames = names.map(quote);
  if (names.length > 2 * LOOP_END_COUNT) {
    quotedNames.splice(
      LOOP_END_COUNT,
      names.length - 2 * LOOP_END_COUNT,
      `(${names.length - 2 * LOOP_END_COUNT} more)`,
    );
  }
  return quotedNames.join(' → ');
}

/** Formats a message about a volume. @param type type of the volume */
function describeInVolume(volume: string, type: string, message: string): string {
  return `volume ${quote(volume)} (${makePrintable(type)}): ${makePrintable(message)}`;
}

export type ProblemCode = keyof typeof messages;
type MessageArgs<C extends ProblemCode> = Parameters<(typeof messages)[C]['format']>;

/** The most problems that are shown; further ones are counted. */
const SHOWN_PROBLEMS_MAX = 100;

/** Collects problems. The arguments of `add` are those that the code's row in `messages` formats. */
export class Problems {
  readonly all: VolfileProblem[];
  /** Whether at least one problem is an error. */
  hasErrors: boolean;

  /** @param earlier problems found before */
  constructor(earlier: readonly VolfileProblem[] = []) {
    this.all = [...earlier];
    this.hasErrors = earlier.some(({ severity }) => severity === 'error');
  }

  /** Adds a problem. @param hint advice beyond the message */
  add<C extends ProblemCode>(
    code: C,
    place: SourcePlace,
    args: MessageArgs<C>,
    hint?: string,
  ): void {
    const { severity, format } = messages[code] as MessageRow<MessageArgs<C>>;
    this.all.push({ severity, code, ...place, message: format(...args), hint });
    if (severity === 'error') this.hasErrors = true;
  }

  /** Whether no further problem will be shown. Callers then omit the search for hints, which takes long. */
  get isFull(): boolean {
    return this.all.length >= SHOWN_PROBLEMS_MAX;
  }

  /** Returns the problems in the order of `sources`, lines and columns. */
  sortBySource(sources: readonly Source[]): VolfileProblem[] {
    const rankByFile = new Map(sources.map(({ file }, i) => [file, i]));
    const findRank = (file: string) => rankByFile.get(file) ?? -1;
    return this.all.toSorted(
      (a, b) => findRank(a.file) - findRank(b.file) || a.line - b.line || a.column - b.column,
    );
  }
}

/** Formats the number of problems by severity: `2 errors`, `1 warning`, without severities that do not occur. */
export function formatSeverityCounts(
  problems: readonly VolfileProblem[],
): readonly (readonly [severity: Severity, words: string])[] {
  return (['error', 'warning'] as const).flatMap((severity) => {
    const count = problems.filter((problem) => problem.severity === severity).length;
    return count === 0
      ? []
      : [[severity, `${count} ${severity}${count === 1 ? '' : 's'}`] as const];
  });
}

/** The problems to show, and the line about those that are not shown. */
interface ProblemSelection {
  readonly selected: readonly VolfileProblem[];
  /** A line with the number of further problems; empty without any. */
  readonly restLines: readonly string[];
}

/** Selects the problems to show. If there are too many, errors are preferred to warnings. */
function selectShown(problems: readonly VolfileProblem[]): ProblemSelection {
  if (problems.length <= SHOWN_PROBLEMS_MAX) return { selected: problems, restLines: [] };
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity !== 'error');
  const shownProblems = new Set([...errors, ...warnings].slice(0, SHOWN_PROBLEMS_MAX));
  const selected = problems.filter((problem) => shownProblems.has(problem));
  const omitted = problems.filter((problem) => !shownProblems.has(problem));
  return {
    selected,
    restLines: [
      `… and ${formatSeverityCounts(omitted)
        .map(([, words]) => words)
        .join(', ')} more`,
    ],
  };
}

/** Lists one line for each problem shown, and one that counts the rest. */
export function listProblems(problems: readonly VolfileProblem[]): string[] {
  const { selected, restLines } = selectShown(problems);
  return [...selected.map(formatProblem), ...restLines];
}

/** Thrown for an unusable volfile. The message has one line for each problem, warnings included. */
export class VolfileError extends Error {
  readonly code = 'GLOSSA_VOLFILE';
  readonly problems: readonly VolfileProblem[];
  /** The texts of the problems, for `formatProblems`. */
  readonly sources: readonly Source[];

  constructor(problems: readonly VolfileProblem[], sources: readonly Source[]) {
    super(listProblems(problems).join('\n'));
    this.name = 'VolfileError';
    this.problems = problems;
    this.sources = sources;
  }
}

/** Formats a problem as `FILE:LINE:COLUMN: error: message (hint)`. */
export function formatProblem(problem: VolfileProblem): string {
  const { severity, message, hint } = problem;
  const note = hint === undefined ? '' : ` (${hint})`;
  return `${formatPlace(problem)}: ${severity}: ${message}${note}`;
}

/** Escape sequences of terminals. */
const COLOURS = { error: '\x1b[1;31m', warning: '\x1b[1;35m', bold: '\x1b[1m', caret: '\x1b[32m' };

/** The most characters of a long line that are shown before the place of the problem, and in all. */
const CHARACTERS_BEFORE_MAX = 60;
const SHOWN_CHARACTERS_MAX = 160;

/** Reads a line of the file, with secret values masked. A value may stand on the line after its key. */
function readMaskedLine(source: Source | undefined, lineNumber: number): string {
  if (source === undefined) return '';
  const line = source.readLine(lineNumber);
  let keyLineNumber = lineNumber - 1;
  while (keyLineNumber > 0 && source.readLine(keyLineNumber).trim() === '') keyLineNumber -= 1;
  const linesBefore = `${source.readLine(keyLineNumber)}\n`;
  return maskAssignment(maskText(linesBefore + line).slice(linesBefore.length));
}

/** Cuts a long line around the words of the problem, and finds their position in the excerpt. */
function cutExcerpt(line: string, column: number, length: number) {
  const cutStart =
    line.length <= SHOWN_CHARACTERS_MAX ? 0 : Math.max(0, column - 1 - CHARACTERS_BEFORE_MAX);
  const ellipses = [
    cutStart > 0 ? '…' : '',
    cutStart + SHOWN_CHARACTERS_MAX < line.length ? '…' : '',
  ] as const;
  const text = `${ellipses[0]}${makePrintable(line.slice(cutStart, cutStart + SHOWN_CHARACTERS_MAX))}${ellipses[1]}`;
  const start = column - 1 - cutStart + ellipses[0].length;
  return { text, start, length: Math.min(length, Math.max(1, text.length - start)) };
}

/**
 * Formats problems for a terminal, each with its line of the file and carets under the place. No
 * newline at the end.
 */
export function formatProblems(
  problems: readonly VolfileProblem[],
  sources: readonly Source[],
  { colour = false } = {},
): string {
  const paint = (name: keyof typeof COLOURS, text: string) =>
    colour ? `${COLOURS[name]}${text}\x1b[0m` : text;
  // Masked lines by number and file: a long line may have many problems.
  const lines = new Map<string, string>();
  /** Finds the masked line, or reads it. */
  const findLine = (file: string, line: number): string => {
    const source = sources.find((candidate) => candidate.file === file);
    const cachedLine = lines.get(`${line} ${file}`);
    if (cachedLine !== undefined) return cachedLine;
    const maskedLine = readMaskedLine(source, line);
    lines.set(`${line} ${file}`, maskedLine);
    return maskedLine;
  };
  const formatBlock = (problem: VolfileProblem): string => {
    const { file, line, column, length, severity, message, hint } = problem;
    const { text, start, length: width } = cutExcerpt(findLine(file, line), column, length);
    const margin = text.slice(0, start).replace(/[^\t]/g, ' ');
    return [
      `${paint('bold', `${formatPlace(problem)}:`)} ${paint(severity, `${severity}:`)} ${message}`,
      `  ${text}`,
      `  ${margin}${paint('caret', '^'.repeat(width))}`,
      ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ].join('\n');
  };
  const { selected, restLines } = selectShown(problems);
  return [...selected.map(formatBlock), ...restLines].join('\n');
}
