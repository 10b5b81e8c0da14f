/**
 * What the run on a bare system leaves out (scripts/bare-root.sh) starts no program: none could be
 * missing there alone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';

const script = readFileSync(join(packageRoot, 'scripts/bare-root.sh'), 'utf8');
const inside = /^readonly INSIDE='([^']*)'$/m.exec(script)![1]!.split(/\s+/);

const below = (folder: string): string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(folder, path),
  );
const files = [
  ...inside.flatMap(below),
  ...['examples', 'test/contract'].flatMap(below).filter((path) => /\.engine\.test/.test(path)),
].filter((path) => path.endsWith('.test.ts') && !/\.(more|long)\./.test(path));

/** Node's module, and what is in test/support for that. */
const STARTS =
  /from '(node:child_process|.*\/support\/(mount|stage|client|compiled|tools|cli)\.ts)'/;

it('leaves out tests that start no program', () => {
  expect(files.length).toBeGreaterThan(50);
  const text = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
  expect(files.filter((path) => STARTS.test(text(path)))).toEqual([]);
});
