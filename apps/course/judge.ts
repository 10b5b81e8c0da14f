/**
 * Runs a lesson's check, and makes one answer of what came of it: to be read by the learner. It uses
 * nothing of Node, so that a page's worker can do the same.
 */
import { basename, dirname } from '../../bridges/host/paths.ts';
import type { FindTranslator } from '../../bridges/testing/clock.ts';
import { testsHere } from '../../bridges/testing/here.ts';
import { makeTesting } from '../../bridges/testing/library.ts';
import { isScript } from '../../bridges/testing/log.ts';
import { type FileSettings, runTests, type TestReport } from '../../bridges/testing/run.ts';
import type { StartTests } from '../../bridges/testing/tests.ts';
import { type Check, inLanguage, type LessonLanguage, Wrong } from './lessons/check.ts';
import { plain } from './plain.ts';

/** Seconds that a translator, or a test in its language, may compute without a pause. */
const TIME_LIMIT = 10;

/** A lesson's check says more of it. */
const UNKNOWN_OPTION = /option '([^']*)' is not known here/;

const FAILED = / failed: /;
const LOST = /^the interpreter is lost/;
/** What a limit has ended: also where every request was answered all the same. */
const ENDED = /\(option (?:time|memory)-limit\)$/m;

export interface Verdict {
  readonly passed: boolean;
  /** What happened, in sentences. */
  readonly answer: string;
}

/** The learner's module, and how it is loaded. */
export interface Work {
  /** Absolute. */
  readonly path: string;
  readonly language: LessonLanguage;
  readonly translatorFor: FindTranslator;
  /** Told of each graph that the check makes, once it is up. */
  readonly started?: FileSettings['started'];
}

/** Of a check as the course has them. */
export async function judge(check: Check, work: Work): Promise<Verdict> {
  const { path } = work;
  let done = '';
  const begin: StartTests = async (_, bed) => {
    const session = makeTesting({ call: (message) => bed.call(message) });
    const module = basename(path);
    session.api.test('check', async () => {
      done = await check({ volume: (options) => session.api.graph(module, options) });
    });
    return testsHere(session, (error) => ({ outcome: 'failed', message: sentence(error) }));
  };
  return judgeByTests([{ path, begin }], dirname(path), work, () => done);
}

/** Files are called by their names alone. */
const withoutFolder = (text: string, folder: string): string =>
  folder === '/'
    ? text.replace(/(^|[\s"'(])\/(?=[\w-]+\.(?:py|js)\b)/gm, '$1')
    : text.replaceAll(`${folder}/`, '');

/** A file of tests, and what runs it. */
export interface LessonTests {
  readonly path: string;
  readonly begin: StartTests;
}

/**
 * @param folder where the tests find the module
 * @param done what to say when all is right @throws {Error} when tests cannot be loaded
 */
export async function judgeByTests(
  tests: readonly LessonTests[],
  folder: string,
  { language, translatorFor, started }: Omit<Work, 'path'>,
  done: () => string,
): Promise<Verdict> {
  const remarks = new Set<string>();
  const verdict = (passed: boolean, answer: readonly string[]): Verdict => ({
    passed,
    answer: inLanguage(plain(withoutFolder([...new Set(answer)].join('\n\n'), folder)), language),
  });
  for (const { path, begin } of tests) {
    const reports: TestReport[] = [];
    await runTests(path, folder, begin, {
      translatorFor,
      filter: undefined,
      timeLimit: TIME_LIMIT,
      ...(started && { started }),
      warned: (text) => void (UNKNOWN_OPTION.test(text) || remarks.add(text)),
      ended: (report) => void reports.push(report),
    });
    const first = reports.find((report) => report.outcome === 'failed' || wasEnded(report));
    if (first !== undefined) return verdict(false, failure(first, remarks));
  }
  return verdict(true, [done(), ...remarks]);
}

/** What a first failure says, after what looked like a mistake before. */
function failure(report: TestReport, remarks: Iterable<string>): string[] {
  const troubles = troublesOf(report);
  const isRight = report.outcome !== 'failed';
  const seen = isRight ? 'Nothing else is wrong.' : (report.message ?? 'It failed.');
  // What went wrong inside of the module explains what was seen from outside.
  const isCause = !isRight && troubles.some((text) => FAILED.test(text));
  const last = isCause ? `What came of it: ${seen}` : seen;
  return [...remarks, ...troubles, last];
}

const wasEnded = ({ log }: TestReport): boolean =>
  log.some(([level, file, , , text]) => level === 'E' && isScript(file) && ENDED.test(text));

/** What the log has of errors in the learner's own lines, with its place; or of the interpreter's end. */
function troublesOf({ log }: TestReport): string[] {
  const errors = log.filter(([level]) => 'MACE'.includes(level));
  const own = errors.filter(([, file]) => isScript(file));
  // What a module logs as an error itself is no failure of it.
  const doubts = log.filter(([, , , , text]) => text.startsWith('SyntaxWarning'));
  const first = own.find(([, , , , text]) => FAILED.test(text)) ?? own[0] ?? doubts[0];
  if (first !== undefined) return [`${first[1]}:${first[2]}: ${first[4]}`];
  return errors
    .map(([, , , , text]) => text)
    .filter((text) => LOST.test(text))
    .slice(0, 1);
}

/** What was thrown, to somebody who knows only their own file. */
function sentence(error: unknown): string {
  if (error instanceof Wrong) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const unanswered = /(?:nothing answers|were unanswered:) (.*)$/.exec(text);
  if (unanswered !== null) {
    return (
      `A request never got an answer: ${unanswered[1]!.replaceAll(' (held back below)', '')}. Every way through a fop ends in \`frame.wind()\` or ` +
      'an answer, and every way through a callback in `frame.unwind(…)`.'
    );
  }
  if (typeof (error as { errno?: unknown }).errno === 'number') {
    return `Something that works without your translator failed: ${text}.`;
  }
  const option = UNKNOWN_OPTION.exec(text)?.[1];
  if (option !== undefined) {
    return (
      `The volfile says \`option ${option} …\`, and your translator does not know that option. Declare it in ` +
      '`options`.'
    );
  }
  return text.replace(/^volume 'test' \(features\/glupy\): /, 'Your translator does not start. ');
}
