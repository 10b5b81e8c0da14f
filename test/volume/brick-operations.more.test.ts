/** Compares a volume over a brick with `fs/promises` on a disk, for random operations. */
import * as disk from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Volume } from '../../index.ts';
import { operations, outcome } from '../support/file-operations.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../support/gluster.ts';

async function makeFolder(): Promise<string> {
  const folder = await disk.mkdtemp(join(tmpdir(), 'glossa-operations-'));
  onTestFinished(() => disk.rm(folder, { recursive: true, force: true }));
  return folder;
}

const bricks = {
  async 'our brick'() {
    const folder = await makeFolder();
    await disk.mkdir(join(folder, 'files'));
    const brick = await OurBrick.serve(folder, join(folder, 'files'));
    onTestFinished(async () => void (await brick.end()));
    return brick;
  },
  async 'a brick of GlusterFS'() {
    const brick = await RealBrick.start(await makeFolder());
    onTestFinished(() => brick.end());
    return brick;
  },
};
const kinds = Object.keys(bricks) as (keyof typeof bricks)[];

describe.each(kinds.filter((kind) => kind === 'our brick' || !isWithoutBricks()))(
  'a volume over %s',
  (kind) => {
    it('does what fs/promises does on a disk, for any operations', async () => {
      const { volfile } = await bricks[kind]();
      await using volume = await Volume.open({ volfile });
      const folder = await makeFolder();
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
  },
);
