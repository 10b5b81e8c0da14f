/** Tests of the disk example that kill the server, its bricks or its client again and again, some rounds each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { Volume } from 'glossa';
import { ChunkStore, Disk, listDisks } from 'glossa/chunks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { COMMAND } from '../../examples/disk/nbd-codec.ts';
import { DiskProgram, end, listBricks, startOnBrick } from './disk-program.ts';
import type { NbdClient } from './nbd-client.ts';
import { COMMANDS_BETWEEN_FLUSHES, SectorLog } from './sector-log.ts';
import { findMissing, skipFor } from './tools.ts';

const DISK_BYTES = 32 * 2 ** 20;
const CHUNK_BYTES = 4 * 2 ** 20;
/** Flushes that must succeed after a restart of the brick. */
const FLUSHES_AFTER = 3;
const MAX_COMMANDS = 60;
const MAX_DELAY_MS = 50;

const randomDelay = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_DELAY_MS));

/** Waits for a first flush, some commands, and a moment, so that the next command may be at any step. */
async function awaitSome(log: SectorLog): Promise<void> {
  if (log.flushCount === 0) await log.awaitCommands(COMMANDS_BETWEEN_FLUSHES + 1);
  await log.awaitCommands(1 + Math.floor(Math.random() * MAX_COMMANDS));
  await randomDelay();
}

/** Writes that never end, with 64 requests under way, to the first half of the disk. */
const FIO = [
  ...['--name=f', '--ioengine=nbd', '--rw=randwrite', '--bs=4k', '--iodepth=64', '--fsync=100'],
  ...['--size=32M', '--time_based', '--runtime=1h', '--thread'],
];
/** Longest that a server may take until it notices the end of a client. */
const PATIENT = { timeout: 30_000, interval: 10 };

/** The range of a client that is not killed: it sees its own writes. */
class OtherRange {
  private readonly offset: number;
  private value = 0;

  constructor(offset: number) {
    this.offset = offset;
  }

  /** Writes all bytes, in two chunks, and reads them. */
  async change(client: NbdClient): Promise<void> {
    this.value = (this.value + 1) % 256;
    const data = Buffer.alloc(CHUNK_BYTES / 2, this.value);
    const offset = this.offset + CHUNK_BYTES - data.length / 2;
    expect((await client.command(COMMAND.WRITE, offset, data.length, { data }))[0]).toBe(0);
    expect((await client.command(COMMAND.FLUSH, 0, 0))[0]).toBe(0);
    const [errno, found] = await client.command(COMMAND.READ, offset, data.length);
    expect([errno, found.equals(data)]).toEqual([0, true]);
  }
}

/** Lists the sockets of a server, and the removed files that it has open. */
const listClientHandles = ({ pid }: ChildProcess): string[] =>
  readdirSync(`/proc/${pid}/fd`)
    .map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        // It was closed meanwhile.
        return '';
      }
    })
    .filter((path) => path.startsWith('socket:') || path.endsWith(' (deleted)'))
    .sort();

/** Ends a server, which waits for its requests. Its disk can then be removed by any owner. */
async function endInOrder(program: DiskProgram, server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await program.run('remove', '--owner', 'other')).toBe('');
}

/** Longest that some rounds may take. */
const patience = (rounds: number): number => 60_000 + rounds * 15_000;

export interface KillRounds {
  readonly server: number;
  readonly brick: number;
  readonly client: number;
}

export function defineKillTests(rounds: KillRounds): void {
  it(
    'a disk has all that was flushed, after kill -9 of its server at any time',
    async () => {
      const program = new DiskProgram();
      await program.run('create', '32M');
      const log = new SectorLog(DISK_BYTES, CHUNK_BYTES);
      for (let round = 0; round < rounds.server; round += 1) {
        const server = await program.serve('host');
        const client = await program.connect();
        await log.check(client);
        const changing = log.change(client);
        await awaitSome(log);
        await Promise.all([end(server), changing]);
      }
      expect(log.flushCount).toBeGreaterThan(0);
    },
    patience(rounds.server),
  );

  it(
    'a disk has all that was flushed, after kill -9 of a client at any time, and serves another client',
    async () => {
      const program = new DiskProgram();
      await program.run('create', '64M');
      // The clients that are killed change the first half, and the other one the second.
      const [log, otherLog] = [new SectorLog(DISK_BYTES, CHUNK_BYTES), new OtherRange(DISK_BYTES)];
      const server = await program.serve('host');
      const other = await program.connect();
      await otherLog.change(other);
      const handles = listClientHandles(server);
      for (let round = 0; round < rounds.client; round += 1) {
        const { client, child } = await program.connectByProcess();
        await log.check(client);
        const changing = log.change(client);
        await awaitSome(log);
        await Promise.all([end(child), changing, otherLog.change(other)]);
        await vi.waitFor(() => expect(listClientHandles(server)).toEqual(handles), PATIENT);
      }
      expect(log.flushCount).toBeGreaterThan(0);
      await endInOrder(program, server);
    },
    patience(rounds.client),
  );

  it(
    'a disk serves on after kill -9 of fio with 64 requests under way',
    async () => {
      skipFor(findMissing('fio'));
      const program = new DiskProgram();
      await program.run('create', '64M');
      const other = new OtherRange(DISK_BYTES);
      const server = await program.serve('host');
      const client = await program.connect();
      await other.change(client);
      const handles = listClientHandles(server);
      for (let round = 0; round < rounds.client; round += 1) {
        const fio = spawn('fio', [...FIO, `--uri=nbd+unix:///disk?socket=${program.socket}`], {
          cwd: program.folder,
          stdio: 'ignore',
        });
        onTestFinished(() => end(fio));
        // It has connected, and begun to write.
        await vi.waitFor(() => expect(listClientHandles(server)).not.toEqual(handles), PATIENT);
        await randomDelay();
        await Promise.all([end(fio), other.change(client)]);
        await vi.waitFor(() => expect(listClientHandles(server)).toEqual(handles), PATIENT);
      }
      await endInOrder(program, server);
    },
    patience(rounds.client),
  );

  describe.each(listBricks())('over %s', (name) => {
    it(
      'a disk goes on after kill -9 and restart of the brick, and has all that was flushed',
      async () => {
        const { program, brick } = await startOnBrick(name);
        expect(await program.run('create', '32M')).toBe('disk: 33554432 bytes\n');
        await program.serve('host');
        const client = await program.connect();
        const log = new SectorLog(DISK_BYTES, CHUNK_BYTES);
        for (let round = 0; round < rounds.brick; round += 1) {
          let flushesAtRestart = Number.POSITIVE_INFINITY;
          const changing = log.change(
            client,
            () => log.flushCount >= flushesAtRestart + FLUSHES_AFTER,
          );
          await awaitSome(log);
          await brick.end('SIGKILL');
          await randomDelay();
          await brick.run();
          flushesAtRestart = log.flushCount;
          await changing;
          expect(client.hasEnded).toBe(false);
          await log.check(client);
        }
      },
      patience(rounds.brick),
    );

    it(
      'disks are whole or absent after kill -9 of the brick while they are made and removed',
      async () => {
        const { volfile, brick } = await startOnBrick(name);
        const volume = await Volume.open({ volfile });
        onTestFinished(() => volume.close());
        const store = await ChunkStore.open(volume);
        const owner = 'test';
        const data = new Uint8Array(100_000).fill(7);
        {
          await using disk = await Disk.create(store, 'disk', { size: data.length, owner });
          await disk.write(0, data);
        }
        let count = 0;
        /** Makes and removes disks. @returns whether all steps have succeeded */
        async function makeAndRemove(): Promise<boolean> {
          count += 1;
          const names = [`snapshot${count}`, `clone${count}`] as const;
          try {
            await using disk = await Disk.open(store, 'disk', { owner });
            await disk.snapshot(names[0]);
            await disk.clone(names[1]);
            await using clone = await Disk.open(store, names[1], { owner });
            await clone.write(0, new Uint8Array(data));
            await clone.clear(0, data.length);
            await clone.write(0, data);
          } catch {
            // The brick was killed.
            return false;
          }
          return (await Promise.all(names.map(remove))).every((isRemoved) => isRemoved);
        }
        const remove = (disk: string): Promise<boolean> =>
          Disk.remove(store, disk, { owner }).then(
            () => true,
            () => false,
          );
        for (let round = 0; round < rounds.brick; round += 1) {
          let isUp = true;
          let hasSucceeded = false;
          const working = (async () => {
            while (!(isUp && hasSucceeded)) {
              hasSucceeded = await makeAndRemove();
              // Without a brick, a request fails at once.
              await randomDelay();
            }
          })();
          await randomDelay();
          isUp = false;
          await brick.end('SIGKILL');
          await randomDelay();
          await brick.run();
          hasSucceeded = false;
          isUp = true;
          await working;
          for (const disk of await listDisks(store)) {
            const found = await Disk.open(store, disk, { owner }).catch((error) => error.code);
            if (!(found instanceof Disk)) expect(found).toBe('ENOENT');
            else {
              // The clone may have been cleared.
              const bytes = await found.read(0, data.length);
              const isClear = disk.startsWith('clone') && bytes.every((byte) => byte === 0);
              if (!isClear) expect(Buffer.compare(bytes, data)).toBe(0);
              await found.close();
            }
            if (disk !== 'disk') expect(await remove(disk)).toBe(true);
          }
        }
        expect(await remove('disk')).toBe(true);
        const left = (await volume.readdir('/chunks')) as string[];
        // The header of a disk that was not made.
        expect(left.filter((file) => !/^\..*\.disk\./.test(file))).toEqual(['.locks']);
      },
      patience(rounds.brick),
    );
  });
}
