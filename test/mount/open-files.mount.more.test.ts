/** Open files: lost names, flags of open(2), shared memory, locks. */
import { it } from 'vitest';
import { compileClient } from '../support/compile-client.ts';
import { allKinds, brickKinds, distributeKinds } from '../support/stacks.ts';
import { describeStages, type Stage } from '../support/stage.ts';

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

  it('flags of open(2) are obeyed', () =>
    stage.compareScript('"$NODE" "$CLIENTS/open-flags.mjs"', { status: 0 }));

  it('shared and private mmap read and write as on a disk', () =>
    stage.compareScript(`${compileClient('mmap')} f && md5sum < f`, { status: 0 }));

  it('writes to mapped memory update the times of the file', () =>
    stage.compareScript(`${compileClient('mapped-times')} f`, { status: 0 }));

  it('open_by_handle_at opens files that the kernel has forgotten', () =>
    stage.compareScript(`${compileClient('handles')}`, { status: 0 }));

  it('renameat2 obeys RENAME_NOREPLACE and RENAME_EXCHANGE, and refuses other flags', () =>
    stage.compareScript(`${compileClient('rename')} && cat a/f b/g; ls a b`, { status: 0 }));

  it('the times of a file change with the same operations as on a disk', () =>
    stage.compareScript('"$NODE" "$CLIENTS/times.mjs"', { status: 0 }));

  it('directory listings seek, restart, and return file types as on a disk', () =>
    stage.compareScript(`${compileClient('listing')}`, { status: 0 }));

  it('flock and fcntl locks exclude other processes', () =>
    stage.compareScript(`${compileClient('lock')} f || exit
      flock g sh -c 'flock -n g echo not reached || echo busy'
      flock -s g sh -c 'flock -sn g echo shared'
      for n in 1 2 3 4; do (for i in $(seq 25)
      do flock c sh -c 'n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n'
      done) & done; wait; cat n`));

  it('fsync, fdatasync and sync succeed on files and directories', () =>
    stage.compareScript(`"$NODE" "$CLIENTS/sync.mjs"; sync f d; sync -f .; sync -d f
      dd if=f of=g oflag=sync,dsync status=none
      dd if=f of=h conv=fdatasync status=none; cmp f g; cmp f h`));

  it('seeks, holes and copies within the file system work as on a disk', () =>
    stage.compareScript(`truncate -s 1M f; echo data | dd of=f bs=1 seek=500000 conv=notrunc status=none
      cp --sparse=always f g; cmp f g && du -k --apparent-size g; cp --reflink=auto f h; cmp f h
      cat f g h | md5sum
      "$NODE" "$CLIENTS/copy.mjs" f k; cmp f k`));
};

describeStages(
  'open files',
  {
    kernel: [...allKinds, 'awaited', ...brickKinds, ...distributeKinds],
    user: ['python'],
    'fuse-native': ['posix'],
  },
  openFiles,
  { later: ['posix', 'real-client'] },
);
