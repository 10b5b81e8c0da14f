/**
 * Tests of the course: every solution passes, every starter fails, and each mistake has its answer;
 * half of the mistakes run in `test:long`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../apps/course/judge.ts';
import {
  type LessonLanguage,
  lessonLanguageNames,
  lessonLanguages,
} from '../../apps/course/lessons/check.ts';
import { checkFile } from '../../apps/course/terminal/check-file.ts';
import {
  findLessons,
  type Lesson,
  makeModuleFileName,
} from '../../apps/course/terminal/lessons.ts';
import { makeFolder } from '../support/folder.ts';
import { onlyInFirst, selectVariants } from '../support/test-selection.ts';
import { factualSentences, listMistakes } from './mistakes.ts';

const folder = makeFolder();

const lessons = findLessons(undefined, {});
const languages = lessonLanguageNames;

function judgeText(lesson: Lesson, language: LessonLanguage, text: string): Promise<Verdict> {
  const path = join(folder, makeModuleFileName(lesson.name, language));
  writeFileSync(path, text);
  return checkFile(lesson, language, path);
}

/** Lists the sentences of a lesson's text that say 'must', 'never', 'always' or 'only', without its pictures and its part about C. */
function listRules(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/^## In C$.*/ms, '');
  return prose
    .split(/\n\n|(?<=[.:|])\s+/)
    .map((sentence) => sentence.replace(/\s+/g, ' '))
    .filter((sentence) => /\b(must|never|always|only)\b/i.test(sentence));
}

/** The first hint of each starter. */
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
  '10-storage': /The folder \/ was listed, and your storage gave no names/,
};

describe.each(lessons.map((lesson) => [lesson.name, lesson] as const))(
  'lesson %s',
  (name, lesson) => {
    it.each(selectVariants(languages, () => true))(
      'has a solution in %s that passes, and a starter file that fails with a hint',
      async (language) => {
        const solution = lesson.read(`solution${lessonLanguages[language].extension}`);
        expect(await judgeText(lesson, language, solution)).toMatchObject({ passed: true });
        const starter = lesson.read(`starter${lessonLanguages[language].extension}`);
        const { passed, answer } = await judgeText(lesson, language, starter);
        expect(passed).toBe(false);
        expect(answer).toMatch(starters[name]!);
      },
    );

    const likely = listMistakes(name);

    onlyInFirst(() =>
      it('has answers to at least ten likely mistakes', () => {
        expect(likely.length).toBeGreaterThanOrEqual(10);
      }),
    );

    onlyInFirst(() =>
      it("has a mistake for each of its sentences that says 'must', 'never', 'always' or 'only'", () => {
        const broken = [
          ...likely.flatMap(({ breaks }) => (breaks === undefined ? [] : [breaks])),
          ...factualSentences,
        ];
        const sentences = listRules(lesson.read('lesson.md'));
        expect(sentences.filter((rule) => !broken.some((part) => rule.includes(part)))).toEqual([]);
      }),
    );

    it.each(selectVariants(likely, (each) => likely.indexOf(each) % 3 === 0))(
      'explains the mistake: $name',
      async ({ language, from, to, answer }) => {
        const solution = lesson.read(`solution${lessonLanguages[language].extension}`);
        expect(solution).toContain(from);
        const verdict = await judgeText(lesson, language, solution.replaceAll(from, to));
        expect(verdict.answer).toMatch(answer);
        expect(verdict.passed).toBe(false);
      },
    );
  },
);

/** Code beyond the limits, and the expected answer. */
const RUNAWAYS: readonly (readonly [
  what: string,
  language: LessonLanguage,
  lookup: string,
  answer: RegExp,
])[] = [
  [
    'a loop without an end',
    'javascript',
    'for (;;) {}',
    /stack\.js:\d+: .*Is there a loop that never ends/,
  ],
  [
    'promises without an end',
    'javascript',
    'if (!this.on) (this.on = () => Promise.resolve().then(this.on))();',
    // By a limit of time, by that of memory, or with the interpreter: as the machine is.
    /\bit (computed for seconds|goes on|took more)\b.*\b(never ends|without an end)\?/,
  ],
  [
    'a hundred thousand lines',
    'javascript',
    'for (let i = 0; i < 1e5; i++) this.log.error("line %d", i); throw new Error("enough")',
    /enough|Is there a loop/,
  ],
  [
    'a function that calls itself',
    'javascript',
    'const f = () => f() + 1; f();',
    /stack overflow\n.*\n… and \d+ times/,
  ],
  [
    'the end of the process',
    'javascript',
    'process.exit(3);',
    /process is undefined.*no access to its host/,
  ],
  [
    'all memory',
    'python',
    'x = [0]\n        while True: x = x + x',
    /stack\.py:7: .*more memory than there is/,
  ],
  [
    'the end of the interpreter',
    'python',
    '__import__("os")._exit(3)',
    /it ended the whole interpreter, as `os\._exit` does/,
  ],
];

onlyInFirst(() => {
  describe("a learner's module that exceeds a limit", () => {
    const lesson = lessons[0]!;

    it.each(RUNAWAYS)(
      'fails the lesson with a short explanation: %s, in %s',
      async (_, language, lookup, answer) => {
        const solution = lesson.read(`solution${lessonLanguages[language].extension}`);
        const text = solution.replace(/(self|this)\.log\.info/, (log) =>
          language === 'python' ? `${lookup}\n        ${log}` : `${lookup}\n    ${log}`,
        );
        const verdict = await judgeText(lesson, language, text);
        expect(verdict.answer).toMatch(answer);
        expect(verdict.passed).toBe(false);
        expect(verdict.answer.length).toBeLessThan(2000);
      },
    );

    it('fails the lesson with a short explanation if loading it never ends', async () => {
      const { passed, answer } = await judgeText(lesson, 'javascript', 'for (;;) {}');
      expect(passed).toBe(false);
      expect(answer).toMatch(/does not start.*Is there a loop that never ends/s);
    });
  });

  it('the verdict of a passed lesson still names a method that is never called', async () => {
    const lesson = lessons[1]!;
    const text = lesson.read('solution.js').replace('{}', '{ lokup() {} }');
    const { passed, answer } = await judgeText(lesson, 'javascript', text);
    expect(passed).toBe(true);
    expect(answer).toMatch(/lokup .*never called \(did you mean 'lookup'\?\)/);
  });
});
