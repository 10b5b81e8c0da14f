/** The disk example with clients that others have written. */
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Client } from '../../test/support/client.ts';
import { DiskProgram } from '../../test/support/disk-program.ts';

it('a disk serves nbdinfo, nbdcopy, fio and a file system of qemu without an error', async () => {
  const program = new DiskProgram();
  const { folder } = program;
  expect(await program.run('create', '64M')).toBe('disk: 67108864 bytes\n');
  const server = await program.serve('host');
  const uri = `'nbd+unix:///disk?socket=${folder}/socket'`;
  const script = `set -e
    nbdinfo --size ${uri}
    head -c 10000000 /dev/urandom > image; truncate -s 64M image
    nbdcopy --flush image ${uri}; nbdcopy ${uri} copy; cmp image copy
    fio --name=f --ioengine=nbd --uri=${uri} --rw=randrw --bs=4k --iodepth=64 --size=4M --verify=crc32c \\
      --output=fio.txt
    touch raw
    qemu-storage-daemon --blockdev driver=nbd,node-name=n,server.type=unix,server.path=socket,export=disk \\
      --export type=fuse,id=e,node-name=n,mountpoint=raw,writable=on & daemon=$!
    trap 'kill $daemon; wait $daemon' EXIT
    until [ -s raw ]; do sleep 0.05; done
    mkfs.ext4 -q -F raw
    debugfs -w -R "write ${join(packageRoot, 'README.md')} readme" raw > debugfs.txt 2>&1
    debugfs -R "cat readme" raw 2> debugfs.txt | cmp - ${join(packageRoot, 'README.md')}
    fsck.ext4 -fn raw > fsck.txt 2>&1
    echo all well`;
  const { out, err, status } = await new Client(folder, script).outcome;
  expect([out, status], err).toEqual(['67108864\nall well\n', 0]);
  server.kill('SIGTERM');
  expect((await once(server, 'exit'))[0]).toBe(0);
});
