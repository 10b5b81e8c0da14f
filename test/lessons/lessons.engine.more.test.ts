/** The course: every solution is right, every starter is not yet, and each mistake gets its answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LessonLanguage } from '../../lessons/check.ts';
import { judge, type Verdict } from '../../runtime/cli/learn/checking.ts';
import {
  EXTENSION,
  findLessons,
  type Lesson,
  moduleName,
} from '../../runtime/cli/learn/lessons.ts';
import { mistakes } from './mistakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'glossa-lessons-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lessons = findLessons(undefined, {});
const languages = Object.keys(EXTENSION) as LessonLanguage[];

function judgeText(lesson: Lesson, language: LessonLanguage, text: string): Promise<Verdict> {
  const path = join(folder, moduleName(lesson.name, language));
  writeFileSync(path, text);
  return judge(lesson, language, path);
}

/** What each starter is told first. */
const starters: Readonly<Record<string, RegExp>> = {
  '1-stack': /It should say the path that is asked for/,
  '2-nothing': /does not start.*no class xlator/s,
  '3-fop': /The file \/ghost was looked up, and it was found/,
  '4-callback': /the storage found \/cat\. Your callback logged nothing/,
  '5-local': /It mixed them up/,
  '6-options': /The volume started, and nothing was logged/,
  '7-cache': /looked up 3 times, and the storage was asked 3 times/,
  '8-wrong': /Then a file was made \(create\), and your translator still says/,
  '9-measure': /`option kernel-timeout …`, and your translator does not know that option/,
};

describe.each(lessons.map((lesson) => [lesson.name, lesson] as const))(
  'lesson %s',
  (name, lesson) => {
    it.each(languages)(
      'has a solution in %s that is right, and a starter that is not',
      async (language) => {
        const solution = lesson.read(`solution${EXTENSION[language]}`);
        expect(await judgeText(lesson, language, solution)).toMatchObject({ passed: true });
        const starter = lesson.read(`starter${EXTENSION[language]}`);
        const { passed, answer } = await judgeText(lesson, language, starter);
        expect(passed).toBe(false);
        expect(answer).toMatch(starters[name]!);
      },
    );

    it.each(mistakes[name]!)('answers: $name', async ({ js, py, answer }) => {
      const [language, [from, to]] =
        js === undefined ? ['python' as const, py!] : ['javascript' as const, js];
      const solution = lesson.read(`solution${EXTENSION[language]}`);
      expect(solution).toContain(from);
      const verdict = await judgeText(lesson, language, solution.replaceAll(from, to));
      expect(verdict.answer).toMatch(answer);
      expect(verdict.passed).toBe(false);
    });
  },
);
