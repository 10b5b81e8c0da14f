/**
 * System calls without a shell command. Omits those that FUSE itself refuses:
 * FALLOC_FL_COLLAPSE_RANGE, _INSERT_RANGE and _UNSHARE_RANGE, FICLONE, FIEMAP, and epoll(7), which
 * only accepts files of a FUSE mount.
 */
import { describe, expect, it } from 'vitest';
import { compileClient } from '../support/compile-client.ts';
import { brickKinds, distributeKinds, everyKind } from '../support/stacks.ts';
import { describeStages, type Stage, type Where } from '../support/stage.ts';

const anywhere = [
  ['O_TMPFILE creates, uses and names a file', 'tmpfile'],
  [
    'copy_file_range copies within and between files, at the end of a file, and refuses invalid ranges',
    'copy',
  ],
  ['O_APPEND appends with several writers, also once set later', 'append'],
  ['statx returns a constant time of birth', 'birth'],
  ['ioctl and poll of regular files behave as on a disk', 'requests'],
  [
    'fallocate in every mode that FUSE passes on, SEEK_DATA, SEEK_HOLE and syncfs behave as on a disk',
    'space',
  ],
  ['renameat2 obeys its flags', 'rename'],
  ['O_TRUNC changes the times even of an empty file', 'truncate'],
] as const;
/** With passthrough the kernel opens the disk's file with the flags of the open, and keeps them. */
const throughServer = [['fcntl removes O_APPEND from an open file', 'append-no-more']] as const;
const ofDisk = [
  ['the inode flags append-only and immutable are obeyed', 'flags'],
  ['renameat2 leaves a whiteout', 'whiteout'],
] as const;

const tries = (stage: Stage, cases: readonly (readonly [string, string])[]): void =>
  it.each(cases)('%s', async (_, group) => {
    await stage.compareScript(`${compileClient('calls')} ${group}`);
  });

const where = {
  kernel: [...everyKind, ...brickKinds, ...distributeKinds],
  user: ['python'],
  'fuse-native': ['posix'],
} satisfies Where;

const calls = (stage: Stage): void => {
  tries(stage, anywhere);
  if (stage.kind !== 'memory' && stage.front.name !== 'fuse-native') {
    it('lsattr returns the inode versions of the disk', async () => {
      const { mounted, name } = stage.nextFolders();
      const show = 'lsattr -v f; lsattr -vd .';
      await stage.runOk('echo > f', { in: mounted });
      const expected = await stage.runScript(show, { in: stage.scratch.at('brick', name) });
      expect(await stage.runScript(show, { in: mounted })).toEqual(expected);
    });
  }
  // Root may set these flags and make devices.
  if (stage.kind === 'memory' || stage.front.name === 'user' || process.getuid?.() !== 0) return;
  describe('features of a disk', () => {
    tries(stage, ofDisk);
  });
};

// Stacks without a module, and without passthrough, follow below.
describeStages('a system call', where, calls, { later: ['posix', 'real-client'] });

describeStages(
  'a system call without passthrough',
  ['posix'],
  (stage) => tries(stage, [...anywhere, ...throughServer]),
  { args: ['--no-passthrough'] },
);
