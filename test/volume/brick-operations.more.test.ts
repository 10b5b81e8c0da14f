/** Compares a volume over a brick with `fs/promises` on a disk, for random operations. */
import { randomBytes } from 'node:crypto';
import * as disk from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Volume } from '../../server/index.ts';
import { runCommand } from '../support/cli.ts';
import { operations, outcome } from '../support/file-operations.ts';
import { makeFolder } from '../support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../support/gluster.ts';

/** Bytes that `glossa fs cp` reads by one request. */
const PIECE_BYTES = 1024 * 1024;

const bricks = {
  async 'our brick'() {
    const folder = makeFolder();
    await disk.mkdir(join(folder, 'files'));
    const brick = await OurBrick.serve(folder, join(folder, 'files'));
    onTestFinished(async () => void (await brick.end()));
    return brick;
  },
  async 'a brick of GlusterFS'() {
    const brick = await RealBrick.start(makeFolder());
    onTestFinished(async () => void (await brick.end()));
    return brick;
  },
};
const kinds = Object.keys(bricks) as (keyof typeof bricks)[];

describe.each(kinds.filter((kind) => kind === 'our brick' || !isWithoutBricks()))(
  'a volume over %s',
  (kind) => {
    it('returns the same results as fs/promises on a disk, for any sequence of operations', async () => {
      const { volfile } = await bricks[kind]();
      await using volume = await Volume.open({ volfile });
      const folder = makeFolder();
      let rounds = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(operations, { minLength: 5, maxLength: 30 }), async (list) => {
          rounds += 1;
          const [onDisk, inVolume] = [join(folder, `${rounds}/top`), `/${rounds}/top`];
          await disk.mkdir(onDisk, { recursive: true });
          await volume.mkdir(inVolume, { recursive: true });
          await disk.chmod(onDisk, 0o700);
          await volume.chmod(inVolume, 0o700);
          const done: string[] = [];
          for (const { text, act } of list) {
            done.push(text);
            const expected = await outcome(act(disk, onDisk));
            const found = await outcome(act(volume as unknown as typeof disk, inVolume));
            expect(found, done.join('\n')).toEqual(expected);
          }
        }),
        { numRuns: 100 },
      );
    });

    it('copies several files at once from and to a disk by glossa fs cp', async () => {
      const { volfile } = await bricks[kind]();
      const folder = makeFolder();
      await disk.writeFile(join(folder, 'brick.vol'), volfile);
      await disk.mkdir(join(folder, 'in'));
      const contents = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 9 * PIECE_BYTES + 1].map((size) =>
        randomBytes(size),
      );
      for (const [at, content] of contents.entries())
        await disk.writeFile(join(folder, `in/${at}`), content);
      for (const words of [
        [join(folder, 'in'), `${folder}/brick.vol:/in`],
        [`${folder}/brick.vol:/in`, join(folder, 'out')],
      ]) {
        const { status, err } = await runCommand(['fs', 'cp', '-r', ...words]);
        expect({ status, err }).toEqual({ status: 0, err: '' });
      }
      for (const [at, content] of contents.entries())
        expect((await disk.readFile(join(folder, `out/${at}`))).equals(content)).toBe(true);
    });
  },
);
