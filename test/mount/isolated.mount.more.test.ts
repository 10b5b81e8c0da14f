/** Isolated volumes: other requests do not wait for what a module does in its thread. */
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { describeTooLong } from '../support/endless-code.ts';
import { describeMounts, startMount, withScratch } from '../support/mount.ts';

const PYTHON = `import decimal
from glupy import Translator

class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == "hang":
            decimal.Context(prec=10**7).exp(decimal.Decimal(2))
        frame.wind(loc, xdata)
`;

const JAVASCRIPT = `import { Translator } from 'glossa';
export class xlator extends Translator {
  lookup(frame, loc, xdata) { frame.wind(loc, xdata); }
  async readv(frame, ...args) {
    const reply = await this.child.readv(...args);
    return reply;
  }
}
`;

const volfile = (folder: string): string => `volume files
    type storage/posix
    option directory ${folder}
end-volume

volume below
    type features/glupy
    option module-name m.js
    option isolation thread
    subvolumes files
end-volume

volume hangs
    type features/glupy
    option module-name m.py
    option isolation thread
    option time-limit 2
    option restart-backoff 0
    subvolumes below
end-volume
`;

describeMounts('an isolated module that hangs in C code', () => {
  it('does not delay reads of files that it does not handle', () =>
    withScratch(async (scratch) => {
      const folder = await scratch.makeFolder('files');
      await scratch.writeFile('m.py', PYTHON);
      await scratch.writeFile('m.js', JAVASCRIPT);
      const args = ['--entry-timeout', '0', '--attribute-timeout', '0'];
      const mount = await startMount(scratch, volfile(folder), { args });
      const path = join(mount.path, 'f');
      await writeFile(path, 'text');
      const file = await open(path);
      let over = false;
      const hung = stat(join(mount.path, 'hang')).then(
        () => 'found',
        (error: NodeJS.ErrnoException) => error.code,
      );
      void hung.then(() => {
        over = true;
      });
      for (let round = 0; round < 50; round++) {
        const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
        expect(buffer.toString()).toBe('text');
      }
      expect(over).toBe(false);
      expect(await hung).toBe('EIO');
      await file.close();
      await vi.waitFor(async () => expect(await readFile(path, 'utf8')).toBe('text'), 60_000);
      expect(mount.log()).toMatch(/0-hangs: the thread is lost .*time-limit/);
      expect(await mount.stop()).toBe(0);
    }));
});

describeTooLong('python', ['sum of bytes', 'a regular expression'], 'thread');
describeTooLong('javascript', ['normalize'], 'thread');
