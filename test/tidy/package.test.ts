/** What `npm pack` takes along: all that documents and the demo point to. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nextSteps } from '../../runtime/cli/demo/report.ts';

const [pack] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
) as [{ files: readonly { path: string }[] }];
const paths = pack.files.map(({ path }) => path);

/** Whether it is there: a file, or a folder of files. */
const packed = (path: string): boolean =>
  paths.some((each) => each === path || each.startsWith(`${path}/`));

it.each(paths.filter((path) => path.endsWith('.md')))('%s links to what is there', (path) => {
  const links = [...readFileSync(path, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^https?:/.test(link));
  expect(links.filter((link) => !packed(join(path, '..', link)))).toEqual([]);
});

it('has what the demo shows', () => {
  const shown = nextSteps().match(/^ {4}\S+\.(py|ts|vol|md)\b/gm)!;
  expect(shown.map((path) => path.trim()).filter((path) => !packed(path))).toEqual([]);
});
