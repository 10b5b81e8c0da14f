/** Tests of the tests' own tables: closing lines of a run, machines that differ, and files that run again. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { isMachine, ROWS, rowsAsMarkdown } from '../anywhere/rows.ts';
import { REPEATED_FILES } from '../repeated-files.ts';
import { readSources } from './sources.ts';

const FILE = `
describe('a stage', () => {
  afterAll(() => { throw new Error('the log has an error'); });
  it('serves files', () => {});
  it('keeps gfids', () => { throw new Error('a gfid is shown'); });
});
`;

it('the closing lines name each failed test and hook with its reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glossa-closing-line-'));
  try {
    await writeFile(join(folder, 'some.test.ts'), FILE);
    const args = ['run', '--root', folder, '--globals', '--no-cache'];
    const reporter = join(packageRoot, 'test/support/closing-line.ts');
    const vitest = join(packageRoot, 'node_modules/vitest/vitest.mjs');
    const out = await new Promise<string>((resolve) => {
      const env = { ...process.env, NO_COLOR: '1', VITEST: undefined };
      const command = [vitest, ...args, '--reporter', reporter];
      execFile(process.execPath, command, { env, cwd: folder }, (_, stdout) => resolve(stdout));
    });
    expect(out.trimEnd().split('\n')).toEqual([
      'failed: some.test.ts > a stage > keeps gfids: a gfid is shown',
      'failed: some.test.ts > a stage: the log has an error',
      '1 passed, 2 failed',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('CONTRIBUTING.md has the table of machines', () => {
  expect(readFileSync('CONTRIBUTING.md', 'utf8')).toContain(`\n${rowsAsMarkdown()}\n`);
});

it('every row of the table of machines has a name of its own, and files that exist', () => {
  const names = ROWS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  const files = ROWS.flatMap(({ how }) => (isMachine(how) ? [] : how));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

const { bricks, others, all } = REPEATED_FILES;
const otherWays: readonly string[] = [...others, ...all];
const onBricks: readonly string[] = [...bricks, ...all];
const files: readonly string[] = [...bricks, ...otherWays];

/** A pattern in a test file, and the rows of the table that may list the file. */
const rows: readonly { what: string; names: RegExp; among: readonly string[] }[] = [
  {
    what: 'by other front ends and stacks',
    names:
      /\beveryFrontEnd\b|\b(every|all)Kinds?\b|\buser: \[|'(user|fuse-native|memory|rebuilt|awaited\S*)'|\blater: /,
    among: otherWays,
  },
  {
    what: 'through bricks',
    names:
      /\b(brick|foreign|our|distribute)Kinds\b|'(real-brick|own-brick|real-client|distribute-\w+)'/,
    among: onBricks,
  },
];

it.each(rows)(
  'every test that runs $what is in the table of repeated files',
  ({ names, among }) => {
    const missing = [...readSources('.mount.test.ts'), ...readSources('.mount.more.test.ts')]
      .filter(({ text }) => /\bon(Stage|FrontEnds)\(/.test(text) && names.test(text))
      .map(({ path }) => path)
      .filter((path) => !among.includes(path));
    expect(missing).toEqual([]);
  },
);

it('every row of the table of repeated files exists', () => {
  expect(files.filter((path) => !existsSync(path))).toEqual([]);
});

it('no test for other ways stands in a group that is registered in the first way only', () => {
  const lost = readSources('.test.ts').flatMap(({ path, text }) =>
    [...text.matchAll(/^( *)onlyInFirst\([^\n]*[{>]\n.*?^\1\}?\);$/gms)]
      .filter(([group]) => /\bselectVariants\(|\bselected\.others\b/.test(group))
      .map(([group]) => `${path}: ${group.split('\n', 2).join(' ')}`),
  );
  expect(lost).toEqual([]);
});
