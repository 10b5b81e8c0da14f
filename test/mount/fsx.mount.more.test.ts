/** Random operations on a file through a mount, compared with a buffer in memory (clients/fsx.c): storages, and filters of data. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { compileClient } from '../support/compile-client.ts';
import { TRANSFORM } from '../support/data-modules.ts';
import { describeMounts, type Scratch, startMount, withScratch } from '../support/mount.ts';
import { type Module, makeVolfile, withModule } from '../support/stacks.ts';
import { selected } from '../support/test-selection.ts';

const ENCRYPT: Module = {
  name: 'encrypt',
  text: readFileSync(join(packageRoot, 'examples/files/encrypt.py'), 'utf8'),
  options: ['option passphrase secret'],
};
const ways: Record<string, (scratch: Scratch, directory: string) => Promise<string>> = {
  'storage/posix': (scratch, directory) => makeVolfile(scratch, 'posix', directory),
  'memory.py': (scratch, directory) => makeVolfile(scratch, 'files', directory),
  'memory.mjs': (scratch, directory) => makeVolfile(scratch, 'files-javascript', directory),
  'encrypt.py': async (scratch, directory) =>
    withModule(scratch, await makeVolfile(scratch, 'posix', directory), ENCRYPT),
  'transform_read and transform_write': async (scratch, directory) => {
    const module = { name: 'transform', text: TRANSFORM };
    return withModule(scratch, await makeVolfile(scratch, 'posix', directory), module);
  },
};

describeMounts('fsx', () => {
  it.each(Object.keys(ways))('finds no difference with %s', (way) =>
    withScratch(async (scratch) => {
      const fsx = compileClient('fsx');
      const mount = await startMount(
        scratch,
        await ways[way]!(scratch, await scratch.makeFolder('data')),
      );
      for (const seed of selected.others ? [1, 2, 3, 4, 5, 6] : [7]) {
        const args = [`${mount.path}/f`, String(seed), selected.others ? '5000' : '800'];
        expect(execFileSync(fsx, args, { encoding: 'utf8' })).toContain(`${args[2]} operations`);
      }
      expect(await mount.stop()).toBe(0);
    }),
  );
});
