/** The disk example with two servers of one disk: one has it, and the other takes it. */
import { describe, expect, it } from 'vitest';
import { DiskProgram, end, listBricks, startOnBrick } from '../../test/support/disk-program.ts';
import type { NbdClient } from '../../test/support/nbd-client.ts';
import { COMMAND } from './nbd-codec.ts';

const SECTOR_BYTES = 512;
const SECTORS = 64;
/** Writes of each sector by the server that is stopped. */
const REPEATS = 10;
const EIO = 5;

const write = async (client: NbdClient, offset: number, value: number): Promise<number> => {
  const data = Buffer.alloc(SECTOR_BYTES, value);
  return (await client.command(COMMAND.WRITE, offset, SECTOR_BYTES, { data }))[0];
};

describe.each(['a folder', ...listBricks()] as const)('a disk in %s', (place) => {
  const start = async (): Promise<DiskProgram> => {
    const program = place === 'a folder' ? new DiskProgram() : (await startOnBrick(place)).program;
    expect(await program.run('create', '1M')).toBe('disk: 1048576 bytes\n');
    return program;
  };

  it('is served by one server, unless another takes it with --break', async () => {
    const program = await start();
    await program.serve("$&'s first");
    const first = await program.connect();
    expect(await write(first, 0, 1)).toBe(0);
    const socket = `${program.socket}2`;
    const refused = await program.run('serve', '--socket', socket, '--owner', 'second');
    expect(refused).toMatch(
      /'\$&'s first' has it since .*; if it never comes back: --break \$&'s first\n$/,
    );
    await program.serveAt(socket, 'second', '--break', "$&'s first");
    expect(await write(first, 0, 1)).toBe(EIO);
    const second = await program.connect(socket);
    expect(await write(second, 0, 2)).toBe(0);
  });

  it('is served at the socket of a killed server, but not of one that runs', async () => {
    const program = await start();
    const { socket } = program;
    const first = await program.serve('first');
    const client = await program.connect();
    const args = ['serve', '--socket', socket, '--owner', 'second', '--break', 'first'] as const;
    expect(await program.run(...args)).toBe(
      `disk: a server runs at '${socket}': end it, or use another --socket\n`,
    );
    // It has kept its disk and its socket.
    expect(await write(client, 0, 1)).toBe(0);
    expect(await write(await program.connect(), 0, 2)).toBe(0);
    await end(first);
    await program.serve('second', '--break', 'first');
    expect(await write(await program.connect(), 0, 3)).toBe(0);
  });

  // Servers of a folder know nothing of each other's requests.
  if (place === 'a folder') return;

  it('is not written by a server that was stopped while another has taken it, and goes on', async () => {
    const program = await start();
    const stopped = await program.serve('first');
    const first = await program.connect();
    const offsets = Array.from({ length: SECTORS }, (_, index) => index * SECTOR_BYTES);
    const data = Buffer.alloc(SECTOR_BYTES, 1);
    // It is stopped in the middle of some requests, and has others that it has not begun.
    for (let count = 0; count < REPEATS; count += 1)
      for (const offset of offsets)
        first.sendCommand(COMMAND.WRITE, offset, SECTOR_BYTES, { data });
    for (let count = 0; count < SECTORS; count += 1)
      expect((await first.takeReplyHead())[0]).toBe(0);
    stopped.kill('SIGSTOP');
    const socket = `${program.socket}2`;
    await program.serveAt(socket, 'second', '--break', 'first');
    const second = await program.connect(socket);
    for (const offset of offsets) expect(await write(second, offset, 2)).toBe(0);
    stopped.kill('SIGCONT');
    let errno = 0;
    for (let count = 0; count < (REPEATS - 1) * SECTORS; count += 1)
      [errno] = await first.takeReplyHead();
    expect(errno).toBe(EIO);
    const [, found] = await second.command(COMMAND.READ, 0, SECTORS * SECTOR_BYTES);
    expect(found.equals(Buffer.alloc(SECTORS * SECTOR_BYTES, 2))).toBe(true);
  });
});
