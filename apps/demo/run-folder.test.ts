/** A run without a folder for temporary files. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withScratch } from '../../test/support/mount.ts';
import { makeRunFolder } from './run-folder.ts';

it.each(['demo', 'tutorial'])(
  'glossa %s names the directory of TMPDIR in its error message if the directory does not exist',
  async (name) => {
    const before = process.env.TMPDIR;
    await withScratch(async ({ path }) => {
      const none = join(path, 'none');
      process.env.TMPDIR = none;
      try {
        const terminal = { err: () => {} } as never;
        await expect(makeRunFolder(name, terminal)).rejects.toThrow(
          `cannot make a temporary folder in ${none}: No such file or directory; TMPDIR names another place`,
        );
      } finally {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      }
    });
  },
);
