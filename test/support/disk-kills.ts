/** Tests of the disk example that kill the server, its bricks or its client again and again, some rounds each. */
import { Volume } from 'glossa';
import { ChunkStore, Disk, listDisks } from 'glossa/chunks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DiskProgram, end, listBricks, startOnBrick } from './disk-program.ts';
import { SectorLog } from './sector-log.ts';

const DISK_BYTES = 32 * 2 ** 20;
const CHUNK_BYTES = 4 * 2 ** 20;
/** Flushes that must succeed after a restart of the brick. */
const FLUSHES_AFTER = 3;
const MAX_COMMANDS = 60;
const MAX_DELAY_MS = 50;

const randomDelay = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_DELAY_MS));

/** Waits for some commands, and a moment, so that the next command may be at any step. */
async function awaitSome(log: SectorLog): Promise<void> {
  await log.awaitCommands(1 + Math.floor(Math.random() * MAX_COMMANDS));
  await randomDelay();
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
    'a disk has all that was flushed, after its client has gone at any time',
    async () => {
      const program = new DiskProgram();
      await program.run('create', '32M');
      const log = new SectorLog(DISK_BYTES, CHUNK_BYTES);
      await program.serve('host');
      for (let round = 0; round < rounds.client; round += 1) {
        const client = await program.connect();
        await log.check(client);
        const changing = log.change(client);
        await awaitSome(log);
        client.close();
        await changing;
      }
      expect(log.flushCount).toBeGreaterThan(0);
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
