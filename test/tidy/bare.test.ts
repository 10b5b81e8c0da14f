/**
 * Tests that tools/bare-root.sh omits only tests that start no program, neither directly nor
 * through test/support: no program could be missing there alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { readSources } from './sources.ts';

const script = readFileSync(join(packageRoot, 'tools/bare-root.sh'), 'utf8');
const meets = new RegExp(/^readonly MEETS="(.*)"$/m.exec(script)![1]!);

const texts = new Map(readSources('.ts').map(({ path, text }) => [path, text]));

/** Whether a file starts programs, directly or through test/support. */
function startsPrograms(path: string, visited = new Set<string>()): boolean {
  if (visited.has(path)) return false;
  visited.add(path);
  const text = texts.get(path) ?? '';
  if (/from 'node:child_process'/.test(text)) return true;
  const imported = [...text.matchAll(/(?:from|import) '(\.[^']*\.ts)'/g)]
    .map(([, to]) => join(path, '..', to!))
    .filter((to) => /\.test\.ts$|^test\/support\//.test(to));
  return imported.some((to) => startsPrograms(to, visited));
}

it('tools/bare-root.sh omits only tests that start no program', () => {
  const omitted = [...texts.keys()].filter(
    (path) => /(?<!\.(more|long))\.test\.ts$/.test(path) && !meets.test(texts.get(path)!),
  );
  expect(omitted.length).toBeGreaterThan(100);
  expect(omitted.filter((path) => startsPrograms(path))).toEqual([]);
});
