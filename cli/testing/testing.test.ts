import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { formatCounts, formatTest } from '../test.ts';
import { findTestFiles } from './find-tests.ts';

function folder(...files: string[]): string {
  const made = makeFolder();
  for (const file of files) {
    const text = file === 'other.test.ts' ? "from 'vitest'" : "from 'glossa/testing'";
    writeFileSync(join(made, file), text);
  }
  return made;
}

it('glossa test finds the test files named after a module, or else all test files beside it', () => {
  const at = folder(
    'a.py',
    'b.py',
    'c.js',
    'd.ts',
    'test_a.py',
    'c.test.js',
    'd.test.ts',
    'x.txt',
    'other.test.ts',
  );
  const find = (name: string) => findTestFiles(join(at, name)).map((path) => basename(path));
  expect(find('a.py')).toEqual(['test_a.py']);
  expect(find('a')).toEqual(['test_a.py']);
  expect(find('c.js')).toEqual(['c.test.js']);
  expect(find('d.ts')).toEqual(['d.test.ts']);
  expect(find('b.py')).toEqual(['c.test.js', 'd.test.ts', 'test_a.py']);
  expect(find('')).toEqual(['c.test.js', 'd.test.ts', 'test_a.py']);
  expect(find('d.test.ts')).toEqual(['d.test.ts']);
});

it('the error for a module without tests names the test files that glossa test looked for', () => {
  const at = folder('a.py', 'b.mjs', 'c.so');
  const why = (name: string) => () => findTestFiles(join(at, name));
  expect(why('a.py')).toThrow('no tests beside it: test_a.py');
  expect(why('b.mjs')).toThrow('no tests beside it: b.test.js');
  expect(why('c.so')).toThrow('no tests beside it: test_c.py or c.test.js or c.test.ts');
  expect(why('.')).toThrow('no tests in it');
  expect(why('absent')).toThrow('is not there');
  const other = folder('a.py', 'other.test.ts');
  expect(() => findTestFiles(join(other, 'a.py'))).toThrow(
    /docs\/write\/testing.md shows how to write some\n {4}.*other\.test\.ts does not import/,
  );
});

const passed = { name: 'a', outcome: 'passed', ms: 5, printed: ['x'], log: [] } as const;
const line = (level: string, text: string) => [level, 'm.py', 3, 'f', text] as const;

it("a test's result is printed as one line, and a failure with its details", () => {
  const looks = { colour: false, showsLog: false };
  expect(formatTest(passed, looks)).toBe('  ✓ a');
  expect(formatTest({ ...passed, ms: 2345 }, looks)).toBe('  ✓ a (2.3 s)');
  const log = [line('I', 'quiet'), line('E', 'loud\nbelow')];
  const failed = { ...passed, outcome: 'failed', traceback: 'Trace:\n  here', log } as const;
  expect(formatTest(failed, looks)).toBe(
    [
      '  ✗ a',
      '      Trace:',
      '        here',
      '      printed:',
      '        x',
      '      the volume logged:',
      '        E m.py:3: loud',
      '        below',
    ].join('\n'),
  );
  expect(formatTest({ ...passed, log }, { ...looks, showsLog: true })).toContain('I m.py:3: quiet');
});

it('the last line of glossa test counts passed and failed tests', () => {
  expect(formatCounts({ passed: 2, failed: 0 }, false)).toBe('2 passed, 0 failed');
  expect(formatCounts({ passed: 0, failed: 1 }, false)).toBe('0 passed, 1 failed');
});
