/** mount(8) after `glossa setup`, in a mount namespace whose system folders are overlays. */
import { expect, it } from 'vitest';
import { describeMounts, GLOSSA, run, withScratch } from '../../test/support/mount.ts';
import { isSkipped } from '../../test/support/obstacle.ts';

const volfile = 'volume m\n type storage/memory\nend-volume\n';

/** The short PATH that mount(8) gives its helpers has neither node nor glossa. */
const script = `set -e
cd "$1"; node=$2; main=$3
mount -t tmpfs none layers
for folder in usr/bin usr/sbin usr/local etc var/lib; do
  mkdir -p "layers/$folder/up" "layers/$folder/work"
  mount -t overlay -o "lowerdir=/$folder,upperdir=layers/$folder/up,workdir=layers/$folder/work" none "/$folder"
done
ln -s "$node" opt/node
"$PWD/opt/node" "$main" setup >steps
export PATH=/usr/bin:/bin
man -w glossa-mount mount.glossa
check() {
  echo "$1" >mnt/file
  findmnt -no FSTYPE,SOURCE mnt | tr -s ' '
  df --output=fstype mnt | tail -1
  grep " $PWD/mnt " /proc/mounts >fstab
  cat mnt/file
  umount mnt
}
mount -t fuse.glossa "$PWD/m.vol" "$PWD/mnt"
check type
sed 's/^/# a comment\\n/' fstab >again
mount -a -T again
mount -a -T again
check fstab
mount -t glossa "$PWD/m.vol" "$PWD/mnt" -o ro
touch mnt/file 2>&1 | grep -o 'Read-only file system'
umount mnt
"$node" "$main" setup --undo >steps
ls /sbin | grep glossa || echo nothing is left
man -w glossa-mount 2>/dev/null || echo no page is left
# Without a helper of its own, mount.fuse looks for the program, with the same PATH.
printf '#!/bin/sh\\nexec "%s" "%s" "$@"\\n' "$node" "$main" >/usr/bin/glossa
chmod +x /usr/bin/glossa
mount -t fuse.glossa "$PWD/m.vol" "$PWD/mnt" -o nosuid
check mount.fuse
mount -t fuse "glossa#$PWD/m.vol" "$PWD/mnt"
check source
`;

const why = process.getuid?.() === 0 ? '' : 'only root can set it up for the system';

describeMounts('mount(8) after glossa setup', () => {
  it.skipIf(isSkipped('glossa setup and mount(8)', why))(
    'mounts the file system types fuse.glossa and glossa, also from fstab, and man finds its pages, until setup --undo',
    () =>
      withScratch(async (scratch) => {
        const file = await scratch.writeFile('m.vol', volfile);
        for (const folder of ['mnt', 'layers', 'opt']) await scratch.makeFolder(folder);
        const args = ['-m', 'sh', '-c', script, 'sh', scratch.path, process.execPath, GLOSSA];
        const { status, out, err } = await run(scratch, 'unshare', args);
        const checked = (word: string) => `fuse.glossa ${file}\nfuse.glossa\n${word}\n`;
        expect({ status, out, err }).toEqual({
          status: 0,
          out:
            '/usr/local/share/man/man1/glossa-mount.1\n/usr/local/share/man/man8/mount.glossa.8\n' +
            `${checked('type')}${checked('fstab')}Read-only file system\nnothing is left\nno page is left\n` +
            `${checked('mount.fuse')}${checked('source')}`,
          err: '',
        });
      }),
  );
});
