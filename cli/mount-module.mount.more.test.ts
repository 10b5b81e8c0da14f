/** `glossa mount`, `check` and `run` of a module that is a storage, without a volfile. */
import { mkdir, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, findErrors, runGlossa, withScratch } from '../test/support/mount.ts';

const FUSEPY = `import errno, os, stat
from fuse import FUSE, FuseOSError, Operations, fuse_get_context

class Notes(Operations):
    def __init__(self, folder):
        self.folder, self.notes, self.pid = folder, {}, 0

    def getattr(self, path, fh=None):
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755}
        if path not in self.notes:
            raise FuseOSError(errno.ENOENT)
        return {"st_mode": stat.S_IFREG | 0o600, "st_size": len(self.notes[path])}

    def readdir(self, path, fh):
        return [".", "..", *(note[1:] for note in self.notes)]

    def create(self, path, mode):
        self.notes[path] = b""
        return 1

    def read(self, path, size, offset, fh):
        return self.notes[path][offset : offset + size]

    def write(self, path, data, offset, fh):
        self.pid = fuse_get_context()[2]
        self.notes[path] = self.notes[path][:offset] + data
        return len(data)

    def truncate(self, path, length, fh=None):
        self.notes[path] = self.notes[path][:length]

    def unlink(self, path):
        del self.notes[path]

    def rename(self, old, new):
        self.notes[new] = self.notes.pop(old)

    def destroy(self, path):
        with open(self.folder + "/end", "w") as file:
            file.write(f"{self.pid > 0} {sorted(self.notes)}")

if __name__ == "__main__":
    import sys
    FUSE(Notes(sys.argv[1]), sys.argv[2], foreground=True)
`;

const FILES = `from glupy import Files, directory
class xlator(Files):
    def list(self, path):
        return ["a"]
    def stat(self, path):
        return directory() if path == "/" else 3 if path == "/a" else None
    def read(self, path, offset, size):
        return b"abc"[offset : offset + size]
`;

const JAVASCRIPT = `import { Files } from 'glossa';
export class xlator extends Files {
  list() { return ['a']; }
  stat(path) { return path === '/' ? { type: 'directory' } : path === '/a' ? 3 : null; }
  read(path, offset, size) { return new Uint8Array([97, 98, 99]).subarray(offset, offset + size); }
}
`;

describeMounts('a module in place of a volfile', () => {
  it('a file system for fusepy is mounted as it is, with its options', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('notes.py', FUSEPY);
      const out = await scratch.makeFolder('out');
      await mkdir(scratch.at('mnt'));
      const options = [`folder=${out}`, `allow-write=${out}`].flatMap((option) => [
        '--xlator-option',
        `notes.${option}`,
      ]);
      const log = ['--log-file', scratch.at('log')];
      const args = ['mount', 'notes.py', 'mnt', ...options, ...log];
      expect(await runGlossa(scratch, args)).toMatchObject({ status: 0, err: '' });
      await writeFile(scratch.at('mnt/a'), 'text');
      expect(await readFile(scratch.at('mnt/a'), 'utf8')).toBe('text');
      await writeFile(scratch.at('mnt/b'), 'more');
      await unlink(scratch.at('mnt/a'));
      expect(await readdir(scratch.at('mnt'))).toEqual(['b']);
      await expect(mkdir(scratch.at('mnt/d'))).rejects.toMatchObject({ code: 'ENOTSUP' });
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0 });
      await expect.poll(() => readdir(out), { timeout: 10_000 }).toEqual(['end']);
      expect(await readFile(`${out}/end`, 'utf8')).toBe("True ['/b']");
      expect(findErrors(await readFile(scratch.at('log'), 'utf8'))).toEqual([]);
    }));

  it('the program of docs/write/storage-from-fusepy.md reads back', () =>
    withScratch(async (scratch) => {
      const page = await readFile('docs/write/storage-from-fusepy.md', 'utf8');
      await scratch.writeFile('hello.py', /^```py\n(.*?)^```/ms.exec(page)![1]!);
      const option = ['--xlator-option', 'hello.name=reader'];
      const reading = await runGlossa(scratch, [
        'run',
        'hello.py',
        ...option,
        '--',
        'cat',
        'hello',
      ]);
      expect(reading).toMatchObject({ status: 0, out: 'Hello, reader!\n' });
    }));

  it.each([
    ['m.py', FILES],
    ['m.mjs', JAVASCRIPT],
  ])('%s with a Files runs commands', (name, source) =>
    withScratch(async (scratch) => {
      await scratch.writeFile(name, source);
      expect(await runGlossa(scratch, ['check', name])).toMatchObject({
        status: 0,
        out: `${name}: 1 volume, the top is m (features/glupy): no problems\n`,
      });
      const reading = await runGlossa(scratch, ['run', name, '--', 'cat', 'a']);
      expect(reading).toMatchObject({ status: 0, out: 'abc' });
    }),
  );

  it('a module that is no storage, or has a mistake, says so', () =>
    withScratch(async (scratch) => {
      const filter = 'from glupy import Translator\nclass xlator(Translator): pass\n';
      await scratch.writeFile('filter.py', filter);
      await scratch.writeFile('wrong.py', FILES.replace('"""', '').replace('Files):', 'Files:'));
      expect((await runGlossa(scratch, ['run', 'filter.py', '--', 'ls'])).err).toContain(
        'it is no storage, and has none below: glossa dev MODULE DIR',
      );
      expect(await runGlossa(scratch, ['check', 'wrong.py'])).toMatchObject({
        status: 1,
        out: expect.stringContaining('wrong.py:2: SyntaxError'),
      });
      await rm(scratch.at('wrong.py'));
      expect((await runGlossa(scratch, ['check', 'wrong.py'])).err).toContain('is not there');
    }));
});
