/** A mount whose server is stopped does not reply, so a process that enters it hangs. */
import { symlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';

const commands = [
  'mount test.vol mnt -l other.log',
  'mount -N test.vol mnt -l other.log',
  'mount test.vol link/below -l other.log',
  'mount mnt/test.vol other -l other.log',
  'mount test.vol mnt --fuse fuse-native -l other.log',
  'check link/test.vol',
  'stats mnt',
  'statedump mnt',
  'reload mnt',
  'invalidate mnt',
  'invalidate mnt/name',
  'umount mnt/below',
  'dev m.js --mountpoint mnt',
  'dev m.js mnt/files',
  'dev link/m.js',
  'repl link/m.js',
  'test link/m.js',
  'bench mnt/test.vol',
  'graph mnt/test.vol',
  'run mnt/test.vol -- true',
];

describeMounts('at a mount that does not reply', () => {
  it('every glossa command ends with status 1 and gives the process id of the stopped server', () =>
    withScratch(async (scratch) => {
      const stuck = await startMount(scratch, memory);
      await scratch.writeFile('test.vol', memory);
      await scratch.makeFolder('other');
      await scratch.writeFile('m.js', 'export class xlator {}\n');
      await symlink('mnt', scratch.at('link'));
      stuck.child.kill('SIGSTOP');
      const outcomes = commands.map(async (line) => {
        const { status, out, err } = await runGlossa(scratch, line.split(' '));
        return [line, status, out, err.includes(`kill -9 ${stuck.child.pid}`) ? 'says so' : err];
      });
      expect(await Promise.all(outcomes)).toEqual(commands.map((line) => [line, 1, '', 'says so']));
      expect(scratch.findMounts()).toEqual([stuck.path]);
      stuck.child.kill('SIGCONT');
      expect(await stuck.stop()).toBe(0);
    }));
});
