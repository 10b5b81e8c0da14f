/** Swapped or wrong operands of `glossa mount`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXIT_USAGE } from '../terminal/exit.ts';
import { runCommand } from '../test/support/cli.ts';
import { makeFolder } from '../test/support/folder.ts';

async function mount(...args: string[]): Promise<string> {
  const { status, err } = await runCommand(args);
  expect(status).toBe(EXIT_USAGE);
  return err;
}

it('glossa mount with swapped or wrong operands prints the right command', async () => {
  const at = makeFolder();
  const [mnt, volfile] = [join(at, 'mnt'), join(at, 'a.vol')];
  mkdirSync(mnt);
  writeFileSync(volfile, 'volume m\n type storage/memory\nend-volume\n');
  const right = `are they swapped? glossa mount ${volfile} ${mnt}`;
  expect(await mount('mount', mnt, volfile)).toContain(right);
  expect(await mount('mount', '-f', mnt, volfile)).toContain(right);
  expect(await mount('mount', join(at, 'absent'), volfile)).toContain('are they swapped?');
  expect(await mount('mount', mnt, mnt)).toContain('is a folder, and no volfile');
  expect(await mount('mount', volfile, mnt, '--subdir-mount', 'a/b')).toContain(
    "--subdir-mount takes a path from the root of the volume, not 'a/b'",
  );
});
