/** Checks a learner's file by the course's check, or by the tests of a teacher's own lesson. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { findTestLanguage, languages } from '../../../bridges/languages.ts';
import { findSubject } from '../../../bridges/testing/subject.ts';
import { formatReason } from '../../../terminal/exit.ts';
import { judgeByTests, judgeModule, type Verdict } from '../judge.ts';
import type { LessonLanguage } from '../lessons/check.ts';
import { type Lesson, makeModuleFileName } from './lessons.ts';

/** Checks the learner's module at `path`; the lesson's own check comes before tests. */
export async function checkFile(
  lesson: Lesson,
  language: LessonLanguage,
  path: string,
): Promise<Verdict> {
  const learnerModule = { path: resolve(path), language, findTranslator: findSubject };
  if (lesson.check !== undefined) return judgeModule(lesson.check, learnerModule);
  const folder = mkdtempSync(join(tmpdir(), 'glossa-learn-'));
  try {
    return await checkByTests(lesson, folder, learnerModule);
  } catch (error) {
    return { passed: false, answer: formatReason(error) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a lesson's tests on a copy of the module in `folder`, named as the tests load it. */
async function checkByTests(
  { tests }: Lesson,
  folder: string,
  learnerModule: Parameters<typeof judgeModule>[1],
): Promise<Verdict> {
  const { language, path } = learnerModule;
  const languageTests = tests.filter((test) =>
    languages[language].tests.pattern.test(basename(test)),
  );
  for (const test of languageTests)
    copyFileSync(path, join(folder, makeModuleFileName(dirname(test), language)));
  const lessonTests = languageTests.map(async (test) => ({
    path: test,
    startTests: await findTestLanguage(basename(test))!.load(),
  }));
  const formatSuccess = (): string => 'All tests of this lesson pass.';
  return judgeByTests(await Promise.all(lessonTests), folder, learnerModule, formatSuccess);
}
