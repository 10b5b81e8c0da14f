/**
 * System calls that shells have no command for. What FUSE itself does not let through is not tried:
 * FALLOC_FL_COLLAPSE_RANGE, _INSERT_RANGE and _UNSHARE_RANGE, FICLONE, FIEMAP, and epoll(7), which
 * takes files of a FUSE mount and no others.
 */
import { describe, expect, it } from 'vitest';
import { compiled } from '../support/compiled.ts';
import { brickKinds, distributeKinds, everyKind } from '../support/stacks.ts';
import { onStage, type Stage, type Where } from '../support/stage.ts';

const anywhere = [
  ['O_TMPFILE: made, used, and given a name', 'tmpfile'],
  ['copy_file_range: within a file and between files, short, and refused', 'copy'],
  ['O_APPEND: several at once, and from now on', 'append'],
  ['statx: the time of birth stays', 'birth'],
  ['ioctl and poll of files that are only files', 'requests'],
  ['fallocate in every mode that FUSE knows, data and holes, syncfs', 'space'],
  ['renameat2 with flags', 'rename'],
  ['O_TRUNC changes times also of what is empty', 'truncate'],
] as const;
/**
 * With passthrough the kernel opens the file of the disk with the flags of the open, and it keeps
 * them.
 */
const throughServer = [['O_APPEND that is taken away', 'append-no-more']] as const;
const ofDisk = [
  ['inode flags: append-only and immutable are obeyed', 'flags'],
  ['renameat2 leaves a whiteout', 'whiteout'],
] as const;

const tries = (stage: Stage, cases: readonly (readonly [string, string])[]): void =>
  it.each(cases)('%s', async (_, group) => {
    await stage.same(`${compiled('calls')} ${group}`);
  });

const where = {
  kernel: [...everyKind, ...brickKinds, ...distributeKinds],
  user: ['python'],
  'fuse-native': ['posix'],
} satisfies Where;

const calls = (stage: Stage): void => {
  tries(stage, anywhere);
  if (stage.kind !== 'memory' && stage.front.name !== 'fuse-native') {
    it('the version of an inode is that of the disk', async () => {
      const { mounted, name } = stage.folders();
      const show = 'lsattr -v f; lsattr -vd .';
      await stage.ok('echo > f', { in: mounted });
      const expected = await stage.sh(show, { in: stage.scratch.at('brick', name) });
      expect(await stage.sh(show, { in: mounted })).toEqual(expected);
    });
  }
  // Root may set these flags, and make devices.
  if (stage.kind === 'memory' || stage.front.name === 'user' || process.getuid?.() !== 0) return;
  describe('of a disk', () => {
    tries(stage, ofDisk);
  });
};

// Without a module, and with all data through the server, below.
onStage('calls', where, calls, { later: ['posix', 'real-client'] });

onStage(
  'calls, all data through the server',
  ['posix'],
  (stage) => tries(stage, [...anywhere, ...throughServer]),
  { args: ['--no-passthrough'] },
);
