/**
 * Open files: lost names, handles, listings, mapped memory. The calls on them and their flags are compared with a bare
 * directory in test/conformance.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fcntl } from '../../runtime/sys/libc.ts';
import { compileClient } from '../support/compile-client.ts';
import { allKinds, brickKinds, distributeKinds, isOnDisk } from '../support/stacks.ts';
import { describeStages, type Stage } from '../support/stage.ts';

const F_SETFL = 4;

const openFiles = (stage: Stage): void => {
  it('a file that a rename has replaced is still read through its descriptor', () =>
    stage.compareScript(`echo old contents > f; exec 3< f; read -n 3 w <&3; echo $w; echo new > g; mv g f
      cat <&3; cat f; stat -L -c '%h %s' /proc/self/fd/3; exec 4<> f; echo 4th >&4; rm f
      echo gone > f
      cat /proc/self/fd/4; cat f; exec 5>> f; mv f h; echo appended >&5; cat h; mkdir d; exec 6< h
      mv h d/i; cat <&6
      mv d e; stat -L -c '%n %s' /proc/self/fd/6; cat e/i`));

  it('an unlinked file is read, written, resized and reopened through its descriptor', () =>
    stage.compareScript(`exec 3<> f; echo first >&3; rm f; ls | wc -l; echo second >&3; cat /proc/self/fd/3
      stat -L -c '%h %s %F' /proc/self/fd/3; truncate -s 3 /proc/self/fd/3; cat /proc/self/fd/3
      echo
      chmod 600 /proc/self/fd/3; touch -d @9 /proc/self/fd/3; stat -L -c '%a %Y' /proc/self/fd/3
      echo third > f; cat f; cat /proc/self/fd/3; ln -L /proc/self/fd/3 back || echo refused
      ln f g; exec 4< f; rm f; stat -L -c %h /proc/self/fd/4; rm g; stat -L -c %h /proc/self/fd/4
      cat <&4
      dd if=/dev/zero bs=1M count=3 of=h status=none; exec 5< h; rm h; wc -c <&5; ls | wc -l`));

  it('a removed directory behaves as on a disk for a process inside it', () =>
    stage.compareScript(`mkdir -p d/e; cd d/e; rmdir ../e; ls -la | wc -l; touch f; mkdir g; cd ..; ls
      rmdir e
      exec 3< .; cd ..; rmdir d; ls /proc/self/fd/3/ | wc -l; stat -L -c '%h %F' /proc/self/fd/3
      mkdir d; ls d`));

  it('appends by several processes with O_APPEND lose no data', () =>
    stage.compareScript(`for n in 1 2 3 4; do for i in $(seq 200); do echo "$n $i"; done >> f & done; wait
      wc -l < f; sort f | uniq -d | wc -l; for n in 1 2 3 4; do grep "^$n" f | md5sum; done
      sort -o f f
      printf 0123456789 > g; exec 3>> g; truncate -s 4 g; echo x >&3; cat g`));

  it('writes to mapped memory update the times of the file', () =>
    stage.compareScript(`${compileClient('mapped-times')} f`, { status: 0 }));

  it('open_by_handle_at opens files that the kernel has forgotten', () =>
    stage.compareScript(`${compileClient('handles')}`, { status: 0 }));

  it('statx returns a constant time of birth', () =>
    stage.compareScript(`for f in 1 2 3 4 5 6 7 8; do
      echo > $f; birth=$(stat -c %w $f); chmod 600 $f; mv $f g; mv g $f
      [ "$birth" != - ] && [ "$(stat -c %w $f)" = "$birth" ] && echo the same
      done`));

  it('directory listings seek, restart, and return file types as on a disk', () =>
    stage.compareScript(`${compileClient('listing')}`, { status: 0 }));

  it('fsync, fdatasync and sync succeed on files and directories', () =>
    stage.compareScript(`"$NODE" "$CLIENTS/sync.mjs"; sync f d; sync -f .; sync -d f
      dd if=f of=g oflag=sync,dsync status=none
      dd if=f of=h conv=fdatasync status=none; cmp f g; cmp f h`));

  it('seeks, holes and copies within the file system work as on a disk', () =>
    stage.compareScript(`truncate -s 1M f; echo data | dd of=f bs=1 seek=500000 conv=notrunc status=none
      cp --sparse=always f g; cmp f g && du -k --apparent-size g; cp --reflink=auto f h; cmp f h
      cat f g h | md5sum
      "$NODE" "$CLIENTS/copy.mjs" f k; cmp f k`));

  if (!isOnDisk(stage.kind) || stage.front.name === 'fuse-native') return;
  it('lsattr returns the inode versions of the disk', async () => {
    const { mounted, name } = stage.nextFolders();
    const show = 'lsattr -v f; lsattr -vd .';
    await stage.runOk('echo > f', { in: mounted });
    const expected = await stage.runScript(show, { in: stage.scratch.at('brick', name) });
    expect(await stage.runScript(show, { in: mounted })).toEqual(expected);
  });
};

describeStages(
  'open files',
  {
    kernel: [...allKinds, 'files', 'awaited', ...brickKinds, ...distributeKinds],
    user: ['python'],
    'fuse-native': ['posix'],
  },
  openFiles,
  { later: ['posix', 'real-client'] },
);

// With passthrough the kernel opens the disk's file with the flags of the open, and keeps them.
describeStages(
  'an open file without passthrough',
  ['posix'],
  (stage) => {
    it('no longer appends once fcntl has removed O_APPEND', () => {
      const file = join(stage.mount.path, 'f');
      const fd = openSync(file, 'a+');
      writeSync(fd, '0123');
      expect(fcntl(fd, F_SETFL, 0)).toBe(0);
      writeSync(fd, 'X', 1);
      closeSync(fd);
      expect(readFileSync(file, 'utf8')).toBe('0X23');
    });
  },
  { args: ['--no-passthrough'] },
);
