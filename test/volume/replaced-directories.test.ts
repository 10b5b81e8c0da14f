/** Tests of a Volume whose directories another client removes, and makes again. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Volume } from '../../server/open-volume.ts';
import { makeFolder } from '../support/folder.ts';
import { findBrickObstacle, OurBrick, RealBrick } from '../support/gluster.ts';
import { isSkipped } from '../support/obstacle.ts';

/** Starts a storage for clients. Returns the volfile of each. */
async function startStorage(Brick: typeof OurBrick | typeof RealBrick | null): Promise<string> {
  const folder = makeFolder();
  const files = join(folder, 'files');
  mkdirSync(files);
  if (Brick === null) {
    return `volume posix\n type storage/posix\n option directory ${files}\nend-volume\n`;
  }
  const brick =
    Brick === OurBrick
      ? await OurBrick.serve(folder, files)
      : await RealBrick.start(folder, { files });
  onTestFinished(async () => void (await brick.end()));
  return brick.volfile;
}

const withoutBricks = isSkipped('bricks of GlusterFS', findBrickObstacle());

describe.each([
  ['storage/posix', null, false],
  ["glossa's brick", OurBrick, false],
  ["GlusterFS's brick", RealBrick, withoutBricks],
] as const)('a directory on %s that another client has replaced', (_, Brick, isSkippedHere) => {
  async function replace(use: (volume: Volume, other: Volume) => Promise<void>): Promise<void> {
    const volfile = await startStorage(Brick);
    await using volume = await Volume.open({ volfile });
    await using other = await Volume.open({ volfile });
    await other.mkdir('/a/b/c', { recursive: true });
    await other.writeFile('/a/b/c/file', 'old');
    expect(await volume.readFile('/a/b/c/file', 'utf8')).toBe('old');
    await other.rm('/a', { recursive: true });
    await use(volume, other);
  }

  const remake = async (other: Volume): Promise<void> => {
    await other.mkdir('/a/b/c', { recursive: true });
    await other.writeFile('/a/b/c/file', 'newer');
  };

  it.skipIf(isSkippedHere)('shows the files of the new directory', () =>
    replace(async (volume, other) => {
      await remake(other);
      expect((await volume.stat('/a/b/c/file')).size).toBe(5);
    }),
  );

  it.skipIf(isSkippedHere)('accepts new files and directories', () =>
    replace(async (volume, other) => {
      await remake(other);
      await volume.writeFile('/a/b/c/added', 'x');
      await volume.mkdir('/a/b/c/directory');
      expect((await other.readdir('/a/b/c')).toSorted()).toEqual(['added', 'directory', 'file']);
    }),
  );

  it.skipIf(isSkippedHere)('fails with ENOENT until it is created again', () =>
    replace(async (volume, other) => {
      await expect(volume.stat('/a/b/c/file')).rejects.toMatchObject({ code: 'ENOENT' });
      await remake(other);
      expect(await volume.readFile('/a/b/c/file', 'utf8')).toBe('newer');
    }),
  );

  it.skipIf(isSkippedHere)(
    'fails with ENOTDIR while a file has its name, and works once it is created again',
    () =>
      replace(async (volume, other) => {
        await other.writeFile('/a', '');
        await expect(volume.stat('/a/b')).rejects.toMatchObject({ code: 'ENOTDIR' });
        await other.unlink('/a');
        await remake(other);
        expect((await volume.stat('/a/b/c/file')).size).toBe(5);
      }),
  );
});
