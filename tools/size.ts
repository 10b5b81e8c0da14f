/**
 * Prints the size of the project: hand-written lines of the product and of the tests, and what stands at the top of
 * the checkout. `test/tidy/size.test.ts` keeps each below its bound, which is lowered when something leaves.
 *
 *   tsx tools/size.ts    (npm run size)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { generateSources } from './gen/sources.ts';

/** Pages, pictures, records and locks: no code. */
const NO_CODE = /\.(md|svg|png|json|jsonl|txt|bin|lock)$|^LICENSE$|\/(testdata|records)\//;
/** Tests, what supports them, and modules' tests in other languages. */
const OF_TESTS = /^test\/|\.test\.m?[jt]s$|(^|\/)test_[^/]*\.py$/;

/** One row of the table. */
export interface Size {
  readonly what: string;
  readonly count: number;
  /** The most that may be; no more than it was when the bound was set. */
  readonly bound: number;
  /** The count to reach. */
  readonly goal: number;
}

const listTracked = (): string[] =>
  execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').slice(0, -1);

const countLines = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + readFileSync(file, 'latin1').split('\n').length - 1, 0);

/** Measures the checkout in the current folder, which has to be one of git. */
export function measureSize(): readonly Size[] {
  const tracked = listTracked();
  const code = tracked.filter((file) => !NO_CODE.test(file));
  const tests = code.filter((file) => OF_TESTS.test(file));
  const generated = new Set(generateSources().map(({ path }) => path));
  return [
    {
      what: 'lines of the product, without tests, pages and what is generated',
      count: countLines(code) - countLines(tests),
      bound: 196_024,
      goal: 145_000,
    },
    {
      what: 'lines of tests and their support',
      count: countLines(tests),
      bound: 153_461,
      goal: 118_000,
    },
    {
      what: 'generated sources in git',
      count: tracked.filter((file) => generated.has(file) || /\.gen\./.test(file)).length,
      bound: 0,
      goal: 0,
    },
    {
      what: 'folders and files at the top',
      count: new Set(tracked.map((file) => file.split('/')[0])).size,
      bound: 30,
      goal: 30,
    },
  ];
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const formatSize = ({ what, count, bound, goal }: Size) =>
    `${String(count).padStart(8)}  (bound ${bound}, goal ${goal})  ${what}`;
  console.log(measureSize().map(formatSize).join('\n'));
}
