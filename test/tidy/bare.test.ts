/**
 * Tests that tools/bare-root.sh omits only tests that start no program, neither directly nor
 * through test/support: no program could be missing there alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { sources } from './sources.ts';

const script = readFileSync(join(packageRoot, 'tools/bare-root.sh'), 'utf8');
const meets = new RegExp(/^readonly MEETS="(.*)"$/m.exec(script)![1]!);

const textOf = new Map(sources('.ts').map(({ path, text }) => [path, text]));

/** Whether a file starts programs, directly or through test/support. */
function starts(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  const text = textOf.get(path) ?? '';
  if (/from 'node:child_process'/.test(text)) return true;
  const imported = [...text.matchAll(/(?:from|import) '(\.[^']*\.ts)'/g)]
    .map(([, to]) => join(path, '..', to!))
    .filter((to) => /\.test\.ts$|^test\/support\//.test(to));
  return imported.some((to) => starts(to, seen));
}

it('tools/bare-root.sh omits only tests that start no program', () => {
  const left = [...textOf.keys()].filter(
    (path) => /(?<!\.(more|long))\.test\.ts$/.test(path) && !meets.test(textOf.get(path)!),
  );
  expect(left.length).toBeGreaterThan(100);
  expect(left.filter((path) => starts(path))).toEqual([]);
});
