/** Files that are replaced while programs use them by their paths: no call fails with ESTALE. */
import { expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import { compileClient } from '../support/compile-client.ts';
import { describeMounts, startMount, withScratch } from '../support/mount.ts';
import { makeVolfile, withModule } from '../support/stacks.ts';

/** The fops of calls by path, besides lookup. */
const FOPS =
  'open opendir stat setattr truncate getxattr setxattr removexattr readlink unlink rmdir mkdir mknod symlink link rename create statfs';

/** Fails the first request of each fop with ESTALE, as a storage does whose file was replaced. */
const MODULE = `from glupy import ESTALE, Translator

FOPS = "${FOPS}".split()


def once(fop):
    def method(self, frame, *args):
        if fop in self.failed:
            return frame.wind(*args)
        self.failed.add(fop)
        self.log.warning("failed %s", fop)
        frame.fail(ESTALE)
    return method


class xlator(Translator):
    def init(self):
        self.failed = set()


for fop in FOPS:
    setattr(xlator, fop, once(fop))
`;

/** A call by path for each of the fops; a failure ends it. */
const CALLS = `
import os
open('f', 'x').close()
os.truncate('f', 3)
open('f').close()
os.stat('f')
os.chmod('f', 0o600)
os.setxattr('f', 'user.a', b'b')
os.getxattr('f', 'user.a')
os.removexattr('f', 'user.a')
os.mkdir('d')
os.listdir('d')
os.mknod('p', 0o10600)
os.symlink('f', 's')
os.readlink('s')
os.link('f', 'l')
os.rename('l', 'm')
os.unlink('m')
os.rmdir('d')
os.statvfs('f')
print('done')
`;

describeMounts('on a mount', () => {
  it('no call by path fails while the file is replaced again and again', () =>
    withScratch(async (scratch) => {
      const volfile = await makeVolfile(scratch, 'posix', await scratch.makeFolder('brick'));
      const mount = await startMount(scratch, volfile);
      const { status, out } = await new Client(mount.path, compileClient('replaced')).outcome;
      expect([status, out]).toEqual([0, '']);
      expect(await mount.stop()).toBe(0);
    }));

  it('the kernel looks a path up again when a call by path fails once with ESTALE', () =>
    withScratch(async (scratch) => {
      const plain = await makeVolfile(scratch, 'posix', await scratch.makeFolder('brick'));
      const volfile = await withModule(scratch, plain, { name: 'estale', text: MODULE });
      // The kernel requests attributes for each stat(2).
      const args = ['--attribute-timeout', '0', '--entry-timeout', '0', '--no-passthrough'];
      const mount = await startMount(scratch, volfile, { args });
      await scratch.writeFile('calls.py', CALLS);
      const script = `python3 ${scratch.at('calls.py')}`;
      const { status, out, err } = await new Client(mount.path, script).outcome;
      expect([status, out, err]).toEqual([0, 'done\n', '']);
      const failed = [...mount.log().matchAll(/failed (\w+)/g)].map(([, fop]) => fop);
      expect(failed.sort()).toEqual(FOPS.split(' ').sort());
      expect(await mount.stop()).toBe(0);
    }));
});
