/** Checks a learner's file by the course's check, or by the tests of a teacher's own lesson. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { findTestLanguage, languages } from '../../../bridges/languages.ts';
import { findSubject } from '../../../bridges/testing/subject.ts';
import { reason } from '../../../terminal/reason.ts';
import { judge, judgeByTests, type Verdict } from '../judge.ts';
import type { LessonLanguage } from '../lessons/check.ts';
import { type Lesson, moduleName } from './lessons.ts';

/** Returns the verdict. @param path the learner's module */
export async function checkFile(
  lesson: Lesson,
  language: LessonLanguage,
  path: string,
): Promise<Verdict> {
  const work = { path: resolve(path), language, translatorFor: findSubject };
  if (lesson.check !== undefined) return judge(lesson.check, work);
  const folder = mkdtempSync(join(tmpdir(), 'glossa-learn-'));
  try {
    return await byTests(lesson, folder, work);
  } catch (error) {
    return { passed: false, answer: reason(error) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a lesson's tests on a copy of the module, which they find by the lesson's name. */
async function byTests(
  { tests }: Lesson,
  folder: string,
  work: Parameters<typeof judge>[1],
): Promise<Verdict> {
  const { language, path } = work;
  const mine = tests.filter((test) => languages[language].tests.pattern.test(basename(test)));
  for (const test of mine) copyFileSync(path, join(folder, moduleName(dirname(test), language)));
  const begun = mine.map(async (test) => ({
    path: test,
    begin: await findTestLanguage(basename(test))!.load(),
  }));
  const done = (): string => 'All tests of this lesson pass.';
  return judgeByTests(await Promise.all(begun), folder, work, done);
}
