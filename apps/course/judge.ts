/**
 * Runs a lesson's check or tests, and returns a verdict with an explanation for the learner. It
 * uses no API of Node: `glossa learn` calls it in Node, and the playground in a browser's worker.
 */
import { basename, dirname } from '../../bridges/host/paths.ts';
import { makeTesting } from '../../bridges/testing/library.ts';
import { makeLocalTests } from '../../bridges/testing/local-tests.ts';
import { isModuleFile } from '../../bridges/testing/log-lines.ts';
import type { FindTranslator } from '../../bridges/testing/test-context.ts';
import { type FileSettings, runTests, type TestReport } from '../../bridges/testing/test-runner.ts';
import type { StartTests } from '../../bridges/testing/tests.ts';
import { type Check, type LessonLanguage, translateNames, WrongResult } from './lessons/check.ts';

/** Messages about a module that the interpreter's limits ended, with their meaning. */
const messageMeanings: readonly (readonly [RegExp, string])[] = [
  [
    /(?:_glossa\.TimeLimit: |TimeLimit: |Error: )?the call (?:took|ran) longer than (?:its time limit|[\d.]+ s \(option time-limit\))/g,
    'it computed for seconds and came to no end. Is there a loop that never ends?',
  ],
  [
    /an async function took too long and was interrupted \(option time-limit\)|a call ran too long (?:\([\d.]+ s\) )?and would not be interrupted(?: \(option time-limit\))?/g,
    'it goes on and on, and came to no end. Is there a loop, or a promise behind each promise, that never ends?',
  ],
  [
    /async functions took more memory than there is \(option memory-limit\)/g,
    'it took more memory than there is. Is there a promise behind each promise, without an end?',
  ],
  [
    /(?:the interpreter (?:is lost|broke down): )+(?:\w+: )*(?:the interpreter broke down: )?Program terminated with exit\(\d+\)/g,
    'it ended the whole interpreter, as `os._exit` does. A translator answers a request, and goes on.',
  ],
  [
    /(?<=: )(?:MemoryError|InternalError: out of memory)$/gm,
    '$&: it took more memory than there is',
  ],
];

/** Matches a traceback's lines about Python's own library. */
const LIBRARY_LINES_PATTERN = /^ *File "\/lib\/.*\n(?:(?! *File | *\S+: )(?: {4,}).*\n)*/gm;

/** Matches four or more equal lines, as in the traceback of an endless recursion. */
const REPEATED_LINE_PATTERN = /^(.*)\n(?:\1\n){3,}/gm;

/** Matches the last line of a traceback after a time limit, which repeats the message. */
const TIME_LIMIT_LINE_PATTERN = /^ *_glossa\.TimeLimit: .*\n/gm;

/** Shortens tracebacks to the learner's own lines, and explains the interpreter's limits. */
export function simplifyMessage(text: string): string {
  const ownText = `${text}\n`
    .replace(TIME_LIMIT_LINE_PATTERN, '')
    .replace(LIBRARY_LINES_PATTERN, '')
    .replace(
      REPEATED_LINE_PATTERN,
      // The match ends with a newline, so `split` returns one part more than lines.
      (lines, line: string) => `${line}\n… and ${lines.split('\n').length - 2} times more\n`,
    );
  return messageMeanings
    .reduce((message, [pattern, meaning]) => message.replace(pattern, meaning), ownText)
    .trimEnd();
}

/** Time that a translator, or a test in its language, may compute without a pause. */
const TIME_LIMIT_SECONDS = 10;

/**
 * Matches the runtime's warning about an undeclared option. Verdicts omit it: `describeError`
 * explains it for learners.
 */
const UNKNOWN_OPTION_PATTERN = /option '([^']*)' is not known here/;

/** Matches log lines about an exception in a method of the module. */
const EXCEPTION_PATTERN = / failed: /;
/** Matches log lines about the end of the interpreter. */
const LOST_INTERPRETER_PATTERN = /^the interpreter is lost/;
/**
 * Matches log lines about a call that the time or memory limit has ended. That is the learner's
 * mistake even if all requests got replies.
 */
const LIMIT_PATTERN = /\(option (?:time|memory)-limit\)$/m;

/** The result of a check, for the learner. */
export interface Verdict {
  /** Whether the module does what the lesson asks for. */
  readonly passed: boolean;
  /** Sentences for the learner. */
  readonly answer: string;
}

/** The learner's module, and how it is loaded. */
export interface LearnerModule {
  /** Absolute path. */
  readonly path: string;
  readonly language: LessonLanguage;
  readonly findTranslator: FindTranslator;
  /** Called with each graph of the check, once it is up. */
  readonly onGraphStarted?: FileSettings['onGraphStarted'];
}

/** Runs a check of the course on the learner's module. */
export async function judgeModule(check: Check, learnerModule: LearnerModule): Promise<Verdict> {
  const { path } = learnerModule;
  let answer = '';
  const startTests: StartTests = async (_, bed) => {
    const session = makeTesting({ call: (message) => bed.call(message) });
    const module = basename(path);
    session.api.test('check', async () => {
      answer = await check({ volume: (options) => session.api.graph(module, options) });
    });
    return makeLocalTests(session, (error) => ({
      outcome: 'failed',
      message: describeError(error),
    }));
  };
  return judgeByTests([{ path, startTests }], dirname(path), learnerModule, () => answer);
}

/** Shortens paths in a folder to file names; in `/`, the playground's folder, only modules'. */
const stripFolder = (text: string, folder: string): string =>
  folder === '/'
    ? text.replace(/(^|[\s"'(])\/(?=[\w-]+\.(?:py|js)\b)/gm, '$1')
    : text.replaceAll(`${folder}/`, '');

/** A file of tests, and the function that starts its interpreter. */
export interface LessonTestFile {
  readonly path: string;
  readonly startTests: StartTests;
}

/**
 * Runs a lesson's own tests.
 * @param folder from which the tests load the module
 * @param formatSuccess returns the answer when all tests pass
 * @throws {Error} when tests cannot be loaded
 */
export async function judgeByTests(
  tests: readonly LessonTestFile[],
  folder: string,
  { language, findTranslator, onGraphStarted }: Omit<LearnerModule, 'path'>,
  formatSuccess: () => string,
): Promise<Verdict> {
  const warnings = new Set<string>();
  const makeVerdict = (passed: boolean, answer: readonly string[]): Verdict => ({
    passed,
    answer: translateNames(
      simplifyMessage(stripFolder([...new Set(answer)].join('\n\n'), folder)),
      language,
    ),
  });
  for (const { path, startTests } of tests) {
    const reports: TestReport[] = [];
    await runTests(path, folder, startTests, {
      findTranslator,
      filter: undefined,
      timeLimit: TIME_LIMIT_SECONDS,
      ...(onGraphStarted && { onGraphStarted }),
      warn: (text) => void (UNKNOWN_OPTION_PATTERN.test(text) || warnings.add(text)),
      onTestEnded: (report) => void reports.push(report),
    });
    const failure = reports.find(
      (report) => report.outcome === 'failed' || wasStoppedByLimit(report),
    );
    if (failure !== undefined) return makeVerdict(false, describeFailure(failure, warnings));
  }
  return makeVerdict(true, [formatSuccess(), ...warnings]);
}

/** Explains a failed test: the warnings, the module's error, and what the test saw. */
function describeFailure(report: TestReport, warnings: Iterable<string>): string[] {
  const errors = listErrors(report);
  const hasPassed = report.outcome !== 'failed';
  const result = hasPassed ? 'Nothing else is wrong.' : (report.message ?? 'It failed.');
  // An error inside the module explains the failure that the test saw.
  const hasModuleCause = !hasPassed && errors.some((text) => EXCEPTION_PATTERN.test(text));
  const resultText = hasModuleCause ? `What came of it: ${result}` : result;
  return [...warnings, ...errors, resultText];
}

/** Whether the time or memory limit ended a call of the learner's module. */
const wasStoppedByLimit = ({ log }: TestReport): boolean =>
  log.some(
    ([level, file, , , text]) => level === 'E' && isModuleFile(file) && LIMIT_PATTERN.test(text),
  );

/**
 * Returns the log line of the first error in the learner's module; without one, the line about the
 * end of the interpreter. The list is empty or has one line.
 */
function listErrors({ log }: TestReport): string[] {
  // The levels from error upwards: EMERGENCY (M), ALERT, CRITICAL, ERROR.
  const errors = log.filter(([level]) => 'MACE'.includes(level));
  const moduleErrors = errors.filter(([, file]) => isModuleFile(file));
  // A module may itself log errors that are no failures, so exceptions come first.
  const syntaxWarnings = log.filter(([, , , , text]) => text.startsWith('SyntaxWarning'));
  const shownLine =
    moduleErrors.find(([, , , , text]) => EXCEPTION_PATTERN.test(text)) ??
    moduleErrors[0] ??
    syntaxWarnings[0];
  if (shownLine !== undefined) {
    const [, file, line, , text] = shownLine;
    return [`${file}:${line}: ${text}`];
  }
  return errors
    .map(([, , , , text]) => text)
    .filter((text) => LOST_INTERPRETER_PATTERN.test(text))
    .slice(0, 1);
}

/** Explains an exception of a check in terms of the learner's own file. */
function describeError(error: unknown): string {
  if (error instanceof WrongResult) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const match = /(?:nothing answers|were unanswered:) (.*)$/.exec(text);
  if (match !== null) {
    return (
      `A request never got an answer: ${match[1]!.replaceAll(' (held back below)', '')}. Every way through a fop ends in \`frame.wind()\` or ` +
      'an answer, and every way through a callback in `frame.unwind(…)`.'
    );
  }
  if (typeof (error as { errno?: unknown }).errno === 'number') {
    return `Something that works without your translator failed: ${text}.`;
  }
  const option = UNKNOWN_OPTION_PATTERN.exec(text)?.[1];
  if (option !== undefined) {
    return (
      `The volfile says \`option ${option} …\`, and your translator does not know that option. Declare it in ` +
      '`options`.'
    );
  }
  return text.replace(/^volume 'test' \(features\/glupy\): /, 'Your translator does not start. ');
}
