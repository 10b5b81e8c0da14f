/** Runs the tests that docs/write/testing.md shows, as `glossa test` does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { findTestLanguage } from '../bridges/languages.ts';
import { findSubject } from '../bridges/testing/subject.ts';
import { runTests, type TestReport } from '../bridges/testing/test-runner.ts';
import { makeFolder } from './support/folder.ts';

const document = readFileSync(join(import.meta.dirname, '../docs/write/testing.md'), 'utf8');
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(document)![1]!;

it.each([
  ['python', 'test_shown.py', 2],
  ['js', 'shown.test.js', 1],
])(
  'the tests of docs/write/testing.md pass under glossa test: %s',
  async (language, file, count) => {
    const folder = makeFolder();
    const path = join(folder, file);
    // 'negative' is among the bundled examples; its language is said where there are several.
    writeFileSync(path, block(language).replaceAll(/(['"])negative\1/g, '$1negative.py$1'));
    const begin = await findTestLanguage(basename(path))!.load();
    const reports: TestReport[] = [];
    const onReport = (report: TestReport): void => void reports.push(report);
    await runTests(path, folder, begin, {
      findTranslator: findSubject,
      filter: undefined,
      timeLimit: 10,
      onTestEnded: onReport,
    });
    expect(reports.map(({ outcome, message }) => ({ outcome, message }))).toEqual(
      Array(count).fill({ outcome: 'passed', message: undefined }),
    );
  },
);
