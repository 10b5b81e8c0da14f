/**
 * Simultaneous renames of the same names by glossa's client and GlusterFS's, on bricks of
 * GlusterFS.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bytes } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, type RealBrick } from '../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../test/support/gluster-volume.ts';

const CHILDREN = ['wz', 'wa', 'wm'];
const FILES = 6;
const NAMES = 12;
const TURNS = 1500;
/** Errors of a client that comes too late. */
const LATE = /ENOENT|ESTALE|EEXIST/;

/** Renames at random, from a seed. */
const THEIRS = `
import os, random, sys
random.seed(7)
done = 0
for _ in range(int(sys.argv[2])):
    old, new = (os.path.join(sys.argv[1], 'n%d' % random.randrange(int(sys.argv[3]))) for _ in '01')
    try:
        os.rename(old, new)
        done += 1
    except (FileNotFoundError, FileExistsError):
        pass
    except OSError as error:
        if error.errno != 116:
            raise
print(done)
`;

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Paths of a brick's files. */
const filesIn = (brick: RealBrick): string[] =>
  readdirSync(join(brick.files, 'd')).map((name) => join(brick.files, 'd', name));

const isLinkto = (file: string): boolean => {
  const { mode, size } = statSync(file);
  return (mode & 0o7777) === 0o1000 && size === 0;
};

describe.skipIf(isWithoutBricks())('glossa and GlusterFS clients on bricks of GlusterFS', () => {
  test('neither lose nor duplicate a file when both rename the same names at once', {
    timeout: 580_000,
  }, async () => {
    const volume = await GlusterVolume.start(CHILDREN);
    onTestFinished(() => volume.end());
    const { folder, bricks, ours, theirs } = volume;
    await theirs.runScript('mkdir d');
    const refill = async (): Promise<void> => {
      for (let n = 0; n < FILES; n++) await ours.ask('write', `/d/n${n}`, bytes(`${n}`), null);
    };
    await refill();

    const [pick, errors] = [numbers(1), [] as string[]];
    let ourDone = 0;
    const run = `python3 -c "$(cat ../theirs.py)" d ${TURNS} ${NAMES}`;
    writeFileSync(join(folder, 'theirs.py'), THEIRS);
    let isOver = false;
    const theirTurns = theirs.runScript(run).finally(() => {
      isOver = true;
    });
    for (let turn = 0; turn < TURNS || !isOver; turn++) {
      const [from, to] = [pick(NAMES), pick(NAMES)];
      // Renames over files reduce their number.
      if (turn % 40 === 0) await refill().catch((error) => errors.push(String(error)));
      try {
        await ours.ask('rename', `/d/n${from}`, `/d/n${to}`);
        ourDone += 1;
      } catch (error) {
        if (!LATE.test(String(error))) errors.push(String(error));
      }
    }
    const theirDone = Number(await theirTurns);
    expect(errors.filter((error) => !LATE.test(error))).toEqual([]);
    expect(ourDone).toBeGreaterThan(100);
    expect(theirDone).toBeGreaterThan(100);

    // Both list the same names; each is one file, stored once.
    const listed = ((await ours.ask('listdir', '/d')) as string[]).sort();
    expect((await theirs.runScript('LC_ALL=C ls d')).trim().split('\n')).toEqual(
      [...listed].sort(),
    );
    expect(new Set(listed).size).toBe(listed.length);
    const inodes = (await theirs.runScript('stat -c %i d/*')).trim().split('\n');
    expect(new Set(inodes).size).toBe(listed.length);
    for (const name of listed) {
      const text = await theirs.runScript(`cat d/${name}`);
      expect(text).toMatch(/^\d$/);
      expect(await ours.ask('read', `/d/${name}`, 9, 0)).toEqual(bytes(text));
    }
    const data = bricks.flatMap((brick) => filesIn(brick).filter((file) => !isLinkto(file)));
    expect(data.map((file) => statSync(file).nlink)).toEqual(data.map(() => 2));
    expect(data.map((file) => file.split('/').at(-1)).sort()).toEqual(listed);

    // No lock and no file is left.
    for (const [at, name] of listed.entries()) {
      if (at % 2 === 0) await ours.ask('unlink', `/d/${name}`);
      else await theirs.runScript(`rm d/${name}`);
    }
    await ours.ask('rmdir', '/d');
    expect(await theirs.runScript('ls')).toBe('');
    for (const brick of bricks) {
      const { stdout } = spawnSync('find', [join(brick.files, '.glusterfs'), '-xtype', 'l']);
      expect(stdout.toString()).toBe('');
    }
  });
});
