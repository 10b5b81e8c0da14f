/** The storage directory is moved away under a mount, and back. */
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { errnoName } from '../../runtime/core/errno.ts';
import { describeFrontEnds, everyFrontEnd } from '../support/front-ends.ts';
import { startMount } from '../support/mount.ts';

const volfile = (directory: string): string => `volume brick
    type storage/posix
    option directory ${directory}
    option health-check-interval 1
end-volume
`;

/** Node has no name for ESTALE. */
const catchErrno = async (action: Promise<unknown>): Promise<string> => {
  try {
    await action;
    return '';
  } catch (error) {
    return errnoName(-((error as NodeJS.ErrnoException).errno ?? 0));
  }
};

describeFrontEnds('a mount whose storage directory is moved away', everyFrontEnd, (front) => {
  it('returns ESTALE, logs one line, and serves the directory again once it is back', () =>
    front.withScratch(async (scratch) => {
      const { mkdir, readdir, readFile, rename, writeFile } = scratch.fs;
      const brick = await scratch.makeFolder('brick');
      await mkdir(join(brick, 'd'));
      await writeFile(join(brick, 'd/f'), 'text');
      const mount = await startMount(scratch, volfile(brick));
      const [directory, file] = [join(mount.path, 'd'), join(mount.path, 'd/f')];
      expect(await readFile(file, 'utf8')).toBe('text');
      await rename(brick, `${brick}-away`);
      await vi.waitFor(
        async () => expect(await catchErrno(readdir(directory))).toBe('ESTALE'),
        20_000,
      );
      expect(await catchErrno(writeFile(join(directory, 'new'), 'lost'))).toBe('ESTALE');
      expect(await catchErrno(mkdir(join(mount.path, 'e')))).toBe('ESTALE');
      await rename(`${brick}-away`, brick);
      await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe('text'), 50_000);
      await writeFile(join(directory, 'new'), 'kept');
      expect((await readdir(join(brick, 'd'))).sort()).toEqual(['f', 'new']);
      const lines = mount.log().split('\n');
      expect(lines.filter((line) => line.includes('is gone'))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('is back'))).toHaveLength(1);
      expect(await mount.stop()).toBe(0);
    }));
});
