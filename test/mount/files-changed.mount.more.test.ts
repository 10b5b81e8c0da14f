/** A file system by path says what has changed, and the kernel asks anew; else it keeps what `timeout` allows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { renderVolume } from '../support/brick-clients.ts';
import { describeMounts, startMount, withScratch } from '../support/mount.ts';

const MODULE = `from glupy import Files, absent, attributes, directory


class xlator(Files):
    def init(self):
        self.count = 0
        self.names = ["told", "untold", "step"]

    def list(self, path):
        return self.names

    def stat(self, path):
        if path == "/":
            return directory()
        if path[1:] not in self.names:
            return absent(timeout=1000)
        return attributes(len(self.read(path)), timeout=1000)

    def read(self, path):
        return b"x" * self.count

    def write(self, path, offset, data):
        self.count += 1
        self.names.append("new")
        self.changed("/told")
        self.changed("/new")

    def truncate(self, path, size):
        pass
`;

describeMounts('changed', () => {
  it('has the kernel ask for a file and a name anew, and for no other', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.py', MODULE);
      const options = { 'module-name': 'm', 'module-path': scratch.path };
      const mount = await startMount(scratch, renderVolume('top', 'features/glupy', options, null));
      const at = (name: string): string => join(mount.path, name);
      const read = (name: string): number => readFileSync(at(name)).length;
      expect([read('told'), read('untold')]).toEqual([0, 0]);
      expect(() => read('new')).toThrow('ENOENT');
      writeFileSync(at('step'), 'go');
      // Notices reach the kernel some time after the write.
      await vi.waitFor(() => expect([read('told'), read('new')]).toEqual([1, 1]), 10_000);
      expect(read('untold')).toBe(0);
      expect(await mount.stop()).toBe(0);
    }));
});
