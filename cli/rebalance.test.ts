import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { command } from '../test/support/cli.ts';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'glossa-rebalance-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** A volume over storages in memory: they keep extended attributes for whoever runs the test. */
function distributed(names: readonly string[], failing = ''): string {
  const children = names.map(
    (name) => `volume ${name}-memory
  type storage/memory
end-volume
volume ${name}-locks
  type features/locks
  subvolumes ${name}-memory
end-volume
volume ${name}
  type debug/error-gen
${failing}  subvolumes ${name}-locks
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

it('says at what it failed, wherever that is', async () => {
  const said = new Set<string>();
  for (let seed = 1; seed <= 12; seed += 1) {
    const failing = ['failure 50%', 'error-no EIO', 'enable SETXATTR', `seed ${seed}`];
    const lines = failing.map((option) => `  option ${option}\n`).join('');
    const volfile = distributed(['one', 'two'], lines);
    const { status, err } = await command(['rebalance', volfile, 'fix-layout']);
    const [, what] = /^(not done: .*|glossa: .*)$/m.exec(err) ?? [];
    expect(status, err).toBe(what === undefined ? 0 : 1);
    if (what !== undefined) said.add(what);
  }
  expect([...said].sort()).toEqual([
    expect.stringMatching(/^glossa: all directories are done, but there is no commit hash \(EIO: /),
    'not done: /',
  ]);
});
