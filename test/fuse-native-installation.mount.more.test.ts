/**
 * Tests of the command that messages and documents name for the package fuse-native, in a copy of the checkout: it
 * installs the package, by which a mount works then, and leaves the lock as it is.
 */
import { copyFile, cp, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FUSE_NATIVE_INSTALL } from '../runtime/mount/fuse-native/install-command.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import { describeMounts, run, type Scratch, withScratch } from './support/mount.ts';

/** An installation takes minutes because of the network. */
const PATIENCE_MS = 300_000;
const LOCKS = ['package.json', 'package-lock.json'];

/** Makes what `npm ci` leaves in a clone, without its development packages. */
async function makeCheckout(scratch: Scratch): Promise<void> {
  for (const name of LOCKS) await copyFile(join(packageRoot, name), scratch.at(name));
  await cp(join(packageRoot, 'dist'), scratch.at('dist'), { recursive: true });
  for (const name of ['bridges', 'cli', 'python', 'volfiles'])
    await symlink(join(packageRoot, name), scratch.at(name));
}

const readLocks = (folder: string): Promise<string[]> =>
  Promise.all(LOCKS.map((name) => readFile(join(folder, name), 'utf8')));

describeMounts('a mount by fuse-native in a checkout', () => {
  it('names the command that installs the package, and works after it', () =>
    withScratch(async (scratch) => {
      await makeCheckout(scratch);
      const npm = (...args: readonly string[]) =>
        run(scratch, 'npm', [...args, '--omit=dev', '--loglevel=error', '--prefer-offline'], {
          patience: PATIENCE_MS,
        });
      expect(await npm('ci', '--ignore-scripts')).toMatchObject({ status: 0 });
      await scratch.writeFile('m.vol', 'volume m\n type storage/memory\nend-volume\n');
      await scratch.makeFolder('mnt');
      const mount = () =>
        run(
          scratch,
          process.execPath,
          ['dist/cli/main.cjs', 'mount', '--fuse', 'fuse-native', 'm.vol', 'mnt'],
          { env: { NODE_PATH: '' } },
        );
      const refused = await mount();
      expect(refused.err).toContain(
        `it is not installed); install it with '${FUSE_NATIVE_INSTALL}'`,
      );

      const [, ...words] = FUSE_NATIVE_INSTALL.split(' ');
      expect(await npm(...words)).toMatchObject({ status: 0, err: '' });
      expect(await readLocks(scratch.path)).toEqual(await readLocks(packageRoot));
      expect(await mount()).toMatchObject({ status: 0, err: '' });
      await scratch.writeFile('mnt/greeting', 'hello\n');
      expect(await readFile(scratch.at('mnt/greeting'), 'utf8')).toBe('hello\n');
      expect(await run(scratch, 'umount', ['mnt'])).toMatchObject({ status: 0 });
    }));
});
