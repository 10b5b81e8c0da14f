/** The command on the page that runs its files on a mount works. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import { MOUNT_COMMAND } from '../apps/playground/play/share-fragment.ts';
import { readExampleFiles } from '../apps/playground/static-files.ts';
import {
  describeMounts,
  glossaCommand,
  run,
  runGlossa,
  withScratch,
} from '../test/support/mount.ts';
import { toolPath } from '../test/support/tools.ts';

describeMounts('the files of the playground', () => {
  it("can be mounted with the command that the playground's page shows", () =>
    withScratch(async (scratch) => {
      for (const [path, text] of Object.entries(readExampleFiles())) {
        await scratch.writeFile(path.slice(1), text);
      }
      const program = await scratch.writeFile('glossa', `#!/bin/sh\nexec ${glossaCommand} "$@"\n`);
      await chmod(program, 0o755);
      const env = { PATH: [scratch.path, toolPath].join(delimiter) };
      const { status, err } = await run(scratch, 'sh', ['-c', MOUNT_COMMAND], { env });
      expect({ status, err }).toEqual({ status: 0, err: '' });
      await writeFile(scratch.at('mnt', 'file'), 'text');
      await expect(readdir(scratch.at('mnt', 'absent'))).rejects.toThrow('ENOENT');
      await mkdir(scratch.at('mnt', 'absent'));
      expect((await readdir(scratch.at('mnt'))).sort()).toEqual(['absent', 'file']);
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0 });
    }));
});
