/** The disk example with clients that others have written, and its server killed again and again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Client } from '../../test/support/client.ts';
import { NbdClient } from '../../test/support/nbd-client.ts';
import { COMMAND } from './nbd-codec.ts';

const PROGRAM = [join(packageRoot, 'dist/examples/disk/disk.js')];
const SECTOR_BYTES = 512;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'chunks'));
  copyFileSync(join(import.meta.dirname, 'disk.vol'), join(folder, 'disk.vol'));
  return folder;
}

/** Runs the program to its end. @returns its output, errors included */
async function run(folder: string, command: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [...PROGRAM, command, join(folder, 'disk.vol'), ...args], {
    cwd: packageRoot,
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      out += data;
    });
  await once(child, 'close');
  return out;
}

/** Starts a server, and returns when it serves. */
async function serve(folder: string, ...args: string[]): Promise<ChildProcess> {
  const all = [
    'serve',
    join(folder, 'disk.vol'),
    'disk',
    '--socket',
    join(folder, 'socket'),
    ...args,
  ];
  const child = spawn(process.execPath, [...PROGRAM, ...all], { cwd: packageRoot });
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const served = once(child.stdout, 'data');
  const ended = once(child, 'close').then(() => {
    throw new Error(`the server has ended: ${errors}`);
  });
  ended.catch(() => {});
  await Promise.race([served, ended]);
  return child;
}

it('a disk serves nbdinfo, nbdcopy, fio and a file system of qemu without an error', async () => {
  const folder = makeFolder();
  expect(await run(folder, 'create', 'disk', '64M')).toBe('disk: 67108864 bytes\n');
  const server = await serve(folder);
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

it('a disk is served by one server, unless another takes it with --break', async () => {
  const folder = makeFolder();
  await run(folder, 'create', 'disk', '1M');
  await serve(folder, '--owner', 'first');
  const first = await NbdClient.open(join(folder, 'socket'));
  await first.go('disk');
  const write = (client: NbdClient) =>
    client.command(COMMAND.WRITE, 0, 1, { data: Buffer.from('x') });
  expect((await write(first))[0]).toBe(0);
  const socket = join(folder, 'second');
  expect(await run(folder, 'serve', 'disk', '--socket', socket, '--owner', 'second')).toContain(
    "'first' has it",
  );
  await serve(folder, '--owner', 'second', '--break', 'first');
  expect((await write(first))[0]).not.toBe(0);
  const second = await NbdClient.open(join(folder, 'socket'));
  await second.go('disk');
  expect((await write(second))[0]).toBe(0);
  for (const client of [first, second]) client.close();
});

it('a disk has all that was flushed, after kill -9 of its server at any time', async () => {
  const folder = makeFolder();
  await run(folder, 'create', 'disk', '32M');
  /** By sector: the newest stamp that was written, and the newest that a flush has covered. */
  const written = new Map<number, number>();
  const flushed = new Map<number, number>();
  let stamp = 0;
  for (let round = 0; round < 8; round += 1) {
    const server = await serve(folder, '--owner', 'host');
    const client = await NbdClient.open(join(folder, 'socket'));
    await client.go('disk');
    for (const [sector, oldest] of flushed) {
      const [errno, bytes] = await client.command(
        COMMAND.READ,
        sector * SECTOR_BYTES,
        SECTOR_BYTES,
      );
      expect(errno).toBe(0);
      const found = bytes.readUInt32BE(0);
      expect(found).toBeGreaterThanOrEqual(oldest);
      expect(found).toBeLessThanOrEqual(written.get(sector)!);
      // The whole sector is of one write.
      expect(bytes.equals(makeSector(found))).toBe(true);
    }
    const writing = writeUntilEnd(client);
    setTimeout(() => server.kill('SIGKILL'), 20 + 40 * round);
    await writing;
    client.close();
  }
  expect(flushed.size).toBeGreaterThan(0);

  async function writeUntilEnd(client: NbdClient): Promise<void> {
    try {
      for (;;) {
        const pending = new Map<number, number>();
        for (let count = 0; count < 8; count += 1) {
          stamp += 1;
          const sector = (stamp * 7919) % ((32 * 1024 * 1024) / SECTOR_BYTES);
          written.set(sector, stamp);
          const data = makeSector(stamp);
          const [errno] = await client.command(COMMAND.WRITE, sector * SECTOR_BYTES, SECTOR_BYTES, {
            data,
          });
          if (errno === 0) pending.set(sector, stamp);
        }
        const [errno] = await client.command(COMMAND.FLUSH, 0, 0);
        if (errno === 0) for (const [sector, newest] of pending) flushed.set(sector, newest);
      }
    } catch {
      // The server was killed.
    }
  }
});

/** Makes the data of a sector: its stamp in each word. */
function makeSector(stamp: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(SECTOR_BYTES);
  for (let offset = 0; offset < SECTOR_BYTES; offset += 4) bytes.writeUInt32BE(stamp, offset);
  return bytes;
}
