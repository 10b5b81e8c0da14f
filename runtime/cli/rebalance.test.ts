import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { command } from '../../test/support/cli.ts';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'glossa-rebalance-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** A volume over storages in memory: they keep extended attributes for whoever runs the test. */
function distributed(names: readonly string[]): string {
  const children = names.map(
    (name) => `volume ${name}-memory
  type storage/memory
end-volume
volume ${name}
  type features/locks
  subvolumes ${name}-memory
end-volume
`,
  );
  const volfile = join(folder(), 'v.vol');
  writeFileSync(
    volfile,
    `${children.join('')}volume all
  type cluster/distribute
  subvolumes ${names.join(' ')}
end-volume
`,
  );
  return volfile;
}

it('ends with a commit hash', async () => {
  const volfile = distributed(['one', 'two', 'three']);
  const { status, out, err } = await command(['rebalance', volfile, 'fix-layout', '--json']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(JSON.parse(out)).toEqual({
    directories: 1,
    failed: [],
    commitHash: expect.any(Number),
  });
  const again = await command(['rebalance', volfile, 'fix-layout']);
  expect(again).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^1 directory, commit hash \d+\n$/),
  });
});

it('says what it cannot do', async () => {
  const at = folder();
  const plain = join(at, 'plain.vol');
  writeFileSync(plain, 'volume m\n  type storage/memory\nend-volume\n');
  expect(await command(['rebalance', plain, 'fix-layout'])).toMatchObject({
    status: 1,
    err: `glossa: ${plain} has no volume of type cluster/distribute: there is nothing to deal out\n`,
  });
  expect(await command(['rebalance', plain, 'start'])).toMatchObject({
    status: 2,
    err: expect.stringContaining("rebalance knows 'fix-layout' alone, and no 'start'"),
  });
});
