/** Tests that the table of repeated test files lists every file that `npm run test:long` repeats. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REPEATED_FILES } from '../repeated-files.ts';
import { readSources } from './sources.ts';

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
