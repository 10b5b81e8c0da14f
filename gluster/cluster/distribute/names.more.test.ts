/** Unusual and numerous names, through GlusterFS's client and glossa's, on bricks of GlusterFS. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeName } from '../../../runtime/core/bytes.ts';
import { type BrickClient, bytes } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, type RealBrick, type RealMount } from '../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../test/support/gluster-volume.ts';
import { selected, selectVariants } from '../../../test/support/test-selection.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LONGEST = 255;
const PATIENCE = { timeout: 120_000 };

const text = (name: string): Buffer => Buffer.from(name);
const raw = (...codes: number[]): Buffer => Buffer.from(codes);

/** Random bytes except 0 and '/', from a seed. */
function randomNames(count: number): Buffer[] {
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const allowed = [...Array(256).keys()].filter((code) => code !== 0 && code !== 0x2f);
  return Array.from({ length: count }, () =>
    Buffer.from(Array.from({ length: 1 + next(60) }, () => allowed[next(allowed.length)]!)),
  );
}

const KINDS: Readonly<Record<string, readonly Buffer[]>> = {
  'of equal hash': [text('é'), text('Ω'), raw(0x61, 0xa9), raw(0xff, 0xa9)],
  'not UTF-8': [raw(0xff), raw(0x80), raw(0xc3), raw(0xed, 0xa0, 0x80), ...randomNames(80)],
  'as long as can be': [
    text('x'.repeat(LONGEST)),
    text('z'.repeat(LONGEST)),
    text(`${'é'.repeat(127)}x`),
    Buffer.alloc(LONGEST, 0xff),
    text(`.${'y'.repeat(LONGEST - 8)}.Ab12Cd`),
  ],
  'of rsync': ['.foo.txt.Ab12Cd', 'foo.txt', '.a.b', '.hidden', '..a', '...', '.a..', '.é.1'].map(
    text,
  ),
  'that programs trip over': ['-n', ' ', '\n', 'a\nb', '\\', '*', "'", '%s', '\x01', 'd:0'].map(
    text,
  ),
};

/** Creates, reads or removes files whose names are given in hexadecimal. */
const THEIRS = `
import os, sys
what, dir, names = sys.argv[1], os.fsencode(sys.argv[2]), open(sys.argv[3]).read().split()
listed = os.listdir(dir)
assert what == 'make' or sorted(listed) == sorted(map(bytes.fromhex, names)), listed
for name in names:
    path = os.path.join(dir, bytes.fromhex(name))
    if what == 'make':
        with open(path, 'x') as file:
            file.write(name)
    elif what == 'read':
        assert open(path).read() == name
    else:
        os.unlink(path)
`;

/** Changes further names until a file tells it to end; reports its start by another. */
const CHANGES = `
import os, sys
dir, n = sys.argv[1], 0
while not os.path.exists(sys.argv[2]):
    new, other = (os.path.join(dir, '%s%d' % (kind, n % 97)) for kind in ('new', 'other'))
    if n % 3 == 0:
        open(new, 'w').close()
    elif n % 3 == 1:
        for path in (new, other):
            if os.path.exists(path):
                os.rename(new, other) if path == new else os.unlink(path)
    else:
        try:
            os.mkdir(new + 'd')
        except FileExistsError:
            os.rmdir(new + 'd')
    n += 1
    if n == 51:
        open(sys.argv[3], 'w').close()
print(n)
`;

describe.skipIf(isWithoutBricks())('files with names', () => {
  let folder: string;
  let bricks: RealBrick[];
  let volume: GlusterVolume | undefined;
  let ours: BrickClient;
  let theirs: RealMount;

  beforeAll(async () => {
    volume = await GlusterVolume.start(NAMES);
    ({ folder, bricks, ours, theirs } = volume);
    writeFileSync(join(folder, 'theirs.py'), THEIRS);
    writeFileSync(join(folder, 'changes.py'), CHANGES);
  });
  afterAll(async () => {
    await volume?.end();
  });

  /** The names of a directory on each brick, in hexadecimal. */
  const placed = (dir: string): Record<string, string[]> =>
    Object.fromEntries(
      NAMES.map((brick, at) => {
        const found = readdirSync(join(bricks[at]!.files, dir), { encoding: 'buffer' });
        return [brick, found.map((name) => name.toString('hex')).sort()];
      }),
    );

  test.each(selectVariants(Object.keys(KINDS), () => true))(
    '%s are created, read, renamed, listed and removed in the same way by glossa and GlusterFS clients',
    async (kind) => {
      const dir = kind.replaceAll(' ', '-');
      const all = KINDS[kind]!;
      const hex = all.map((name) => name.toString('hex'));
      expect(new Set(hex).size).toBe(hex.length);
      writeFileSync(join(folder, 'names'), hex.join(' '));
      const byTheirs = (what: string): Promise<string> =>
        theirs.runScript(`python3 ../theirs.py ${what} ${dir} ../names 2>&1`);
      const path = (name: Buffer): string => `/${dir}/${decodeName(name)}`;
      const sorted = all.map((name) => decodeName(name)).sort();

      expect(await theirs.runScript(`mkdir ${dir}`)).toBe('');
      expect(await byTheirs('make')).toBe('');
      const where = placed(dir);
      expect(Object.values(where).flat().sort()).toEqual([...hex].sort());
      expect(((await ours.ask('listdir', `/${dir}`)) as string[]).sort()).toEqual(sorted);
      for (const [at, name] of all.entries()) {
        expect(await ours.ask('read', path(name))).toEqual(bytes(hex[at]!));
        await ours.ask('unlink', path(name));
      }
      // glossa's files are on the same bricks.
      for (const [at, name] of all.entries()) {
        await ours.ask('write', path(name), bytes(hex[at]!), null);
      }
      expect(placed(dir)).toEqual(where);
      expect(await byTheirs('read')).toBe('');
      // Each file takes the next one's name, across bricks, and the last a new one.
      const spare = `/${dir}/spare`;
      const turn = [spare, ...all.map(path)];
      for (const [at, to] of turn.slice(0, -1).entries())
        await ours.ask('rename', turn[at + 1], to);
      await ours.ask('rename', spare, turn.at(-1));
      const texts = await Promise.all(all.map((name) => ours.ask('read', path(name))));
      expect(texts).toEqual([...hex.slice(1), hex[0]!].map(bytes));
      expect(await byTheirs('remove')).toBe('');
      expect(Object.values(placed(dir)).flat()).toEqual([]);
    },
  );

  // More than one reply of a brick holds; many times that in test:long.
  const count = selected.first ? 3000 : 20_000;

  test(`a listing of ${count} names returns each once to both clients, while both change others`, async () => {
    await ours.ask('mkdir', '/many', 0o755);
    expect(await theirs.runScript(`cd many && seq -f stays%.0f 1 ${count} | xargs touch`)).toBe('');
    const stays = Array.from({ length: count }, (_, n) => `stays${n + 1}`).sort();
    const steady = (names: readonly string[]): string[] =>
      names.filter((name) => name.startsWith('stays')).sort();

    const changing = theirs.runScript('python3 ../changes.py many ../over ../begun');
    await expect.poll(() => existsSync(join(folder, 'begun')), PATIENCE).toBe(true);
    const listed = [(await ours.ask('readdir', '/many')) as string[]];
    let isOver = false;
    const beside = theirs.runScript('ls -f many').finally(() => {
      isOver = true;
    });
    let changes = 0;
    for (; !isOver || changes <= 5; changes++) {
      const name = `/many/ours${changes % 50}`;
      await ours.ask('write', name, bytes(''), null);
      await ours.ask('rename', name, `${name}-more`);
      await ours.ask('unlink', `${name}-more`);
    }
    listed.push((await beside).split('\n').filter((name) => name !== ''));
    writeFileSync(join(folder, 'over'), '');
    expect(Number(await changing)).toBeGreaterThan(50);
    // Names that are created or removed meanwhile may be listed or not, as on a disk.
    for (const names of listed) {
      const found = steady(names);
      expect(found.length).toBe(count);
      expect(found).toEqual(stays);
    }
  });
});
