/** Runs a lesson's check, and makes one answer of what came of it: to be read by the learner. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { languageOfTest } from '../../../bridges/languages.ts';
import { makeTesting } from '../../../bridges/testing/library.ts';
import { isScript } from '../../../bridges/testing/log.ts';
import { runTests, type TestReport } from '../../../bridges/testing/run.ts';
import type { StartTests } from '../../../bridges/testing/tests.ts';
import { testsHere } from '../../../bridges/testing/typescript.ts';
import { type Check, inLanguage, type LessonLanguage, Wrong } from '../../../lessons/check.ts';
import { reason } from '../reason.ts';
import { type Lesson, moduleName } from './lessons.ts';
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

/** @param path the learner's module */
export async function judge(
  lesson: Lesson,
  language: LessonLanguage,
  path: string,
): Promise<Verdict> {
  const verdict =
    lesson.check === undefined
      ? await byTests(lesson, language, resolve(path))
      : await byCheck(lesson.check, resolve(path));
  return { ...verdict, answer: inLanguage(plain(verdict.answer), language) };
}

/** A check of the course. */
async function byCheck(check: Check, path: string): Promise<Verdict> {
  let done = '';
  const begin: StartTests = async (_, bed) => {
    const session = makeTesting({ call: (message) => bed.call(message) });
    const module = basename(path);
    session.api.test('check', async () => {
      done = await check({ volume: (options) => session.api.graph(module, options) });
    });
    return testsHere(session, (error) => ({ outcome: 'failed', message: sentence(error) }));
  };
  const { wrong, remarks } = await run(path, dirname(path), begin);
  return wrong ?? { passed: true, answer: [done, ...remarks].join('\n\n') };
}

/** Tests in a folder of somebody's own lessons: they find the module by the lesson's name. */
async function byTests(
  { tests }: Lesson,
  language: LessonLanguage,
  path: string,
): Promise<Verdict> {
  const mine = tests.filter((test) => test.endsWith('.py') === (language === 'python'));
  const folder = mkdtempSync(join(tmpdir(), 'glossa-learn-'));
  try {
    for (const test of mine) {
      const begin = await languageOfTest(basename(test))!.load();
      copyFileSync(path, join(folder, moduleName(dirname(test), language)));
      const { wrong } = await run(test, folder, begin);
      if (wrong !== null) return wrong;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { passed: true, answer: 'All tests of this lesson pass.' };
}

interface Outcome {
  /** Of the first failure; null when all went well. */
  readonly wrong: Verdict | null;
  /** What looks like a mistake, and did no harm. */
  readonly remarks: readonly string[];
}

async function run(path: string, folder: string, begin: StartTests): Promise<Outcome> {
  const warnings: string[] = [];
  const reports: TestReport[] = [];
  try {
    await runTests(path, folder, begin, {
      filter: undefined,
      timeLimit: TIME_LIMIT,
      warned: (text) => void warnings.push(text),
      ended: (report) => void reports.push(report),
    });
  } catch (error) {
    return { wrong: { passed: false, answer: reason(error) }, remarks: [] };
  }
  const first = reports.find((report) => report.outcome === 'failed' || wasEnded(report));
  const remarks = warnings.filter((text) => !UNKNOWN_OPTION.test(text));
  if (first === undefined) return { wrong: null, remarks };
  const troubles = troublesOf(first);
  const isRight = first.outcome !== 'failed';
  const seen = isRight ? 'Nothing else is wrong.' : (first.message ?? 'It failed.');
  // What went wrong inside of the module explains what was seen from outside.
  const isCause = !isRight && troubles.some((text) => FAILED.test(text));
  const last = isCause ? `What came of it: ${seen}` : seen;
  const answer = [...new Set([...remarks, ...troubles]), last].join('\n\n');
  return { wrong: { passed: false, answer: answer.replaceAll(`${folder}/`, '') }, remarks };
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
