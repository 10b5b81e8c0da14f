/** Chunks, watches and locks of several clients of a brick: glossa's, GlusterFS's, and below modules in Python and JavaScript. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Volume } from 'glossa';
import { ChunkStore, type ChunkStoreSettings, Disk, formatChunkName } from 'glossa/chunks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { findFreePort, isWithoutBricks, OurBrick, RealBrick } from '../../test/support/gluster.ts';
import { packageRoot } from '../sys/paths.ts';

const upcall = { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '60' };

const addVolume = (type: string, name: string, below: string, options = ''): string =>
  `volume ${name}\n  type ${type}\n${options}  subvolumes ${below}\nend-volume\n`;

/** Modules through which the requests of watches, locks and writes go. */
const MODULES = {
  'pass.py': `from glupy import Translator


class xlator(Translator):
    def getxattr(self, frame, loc, name, xdata):
        frame.wind()

    def fsetxattr(self, frame, fd, dict, flags, xdata):
        frame.wind()

    def writev(self, frame, fd, data, offset, flags, xdata):
        frame.wind()
`,
  'pass.js': `import { Translator } from 'glossa';

export class xlator extends Translator {
  getxattr(frame) {
    frame.wind();
  }

  inodelk(frame) {
    frame.wind();
  }

  writev(frame) {
    frame.wind();
  }
}
`,
};

const stacks = ['our brick', 'a brick of GlusterFS', 'our brick below modules'] as const;

/** Awaits an operation. @returns the error's code */
const code = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
};

describe.each(stacks.filter((stack) => !stack.includes('GlusterFS') || !isWithoutBricks()))(
  'chunks over %s',
  (stack) => {
    async function start(): Promise<{
      volfile: string;
      folder: string;
      brick: RealBrick | OurBrick;
      open(settings?: ChunkStoreSettings): Promise<ChunkStore>;
    }> {
      const folder = makeFolder();
      const files = join(folder, 'files');
      mkdirSync(files);
      const brick = stack.includes('GlusterFS')
        ? await RealBrick.start(folder, { files, upcall })
        : await OurBrick.serve(folder, files, { upcall, port: await findFreePort() });
      onTestFinished(async () => void (await brick.end()));
      let text = `${brick.volfile}${addVolume('features/watch', 'watch', 'utime')}`;
      if (stack.endsWith('modules')) {
        for (const [name, code] of Object.entries(MODULES)) writeFileSync(join(folder, name), code);
        const option = (name: string): string =>
          `  option module-name ${name}\n  option module-path ${folder}\n`;
        text += addVolume('features/glupy', 'python', 'watch', option('pass.py'));
        text += addVolume('features/glupy', 'javascript', 'python', option('pass.js'));
      }
      const volfile = join(folder, 'client.vol');
      writeFileSync(volfile, text);
      const open = async (settings?: ChunkStoreSettings): Promise<ChunkStore> => {
        const volume = await Volume.open(volfile);
        onTestFinished(() => volume.close());
        return ChunkStore.open(volume, settings);
      };
      return { volfile, folder, brick, open };
    }

    /** Runs a program that uses `store` and `volume`, until it prints a line. @returns a function that kills it */
    async function startProgram(volfile: string, program: string): Promise<() => Promise<void>> {
      const code = `import { Volume } from 'glossa'; import { ChunkStore } from 'glossa/chunks';
        const volume = await Volume.open(${JSON.stringify(volfile)});
        const store = await ChunkStore.open(volume); ${program}`;
      const args = ['--input-type=module', '-e', code];
      const child = spawn(process.execPath, args, {
        cwd: packageRoot,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const end = async (): Promise<void> => {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      };
      onTestFinished(end);
      const ended = once(child, 'exit').then(() => {
        throw new Error('the program has ended');
      });
      ended.catch(() => {});
      await Promise.race([once(child.stdout, 'data'), ended]);
      return end;
    }

    it('creates, writes, reads, copies, hashes and removes 64 chunks at a time', async () => {
      const { open } = await start();
      const [ours, other] = [await open(), await open()];
      const names = Array.from({ length: 64 }, (_, index) => formatChunkName('volume', index));
      await Promise.all(
        names.map(async (name, index) => {
          await using chunk = await ours.open(name, { create: true, exclusive: true });
          await chunk.write(index, name);
        }),
      );
      await Promise.all(
        names.map(async (name, index) => {
          await using chunk = await other.open(name);
          expect(Buffer.from(await chunk.read(index, 100)).toString()).toBe(name);
          expect((await other.stat(name)).size).toBe(index + name.length);
          await other.copy(name, `copy-${name}`);
          expect(await ours.hash(`copy-${name}`)).toBe(await other.hash(name));
          await ours.unlink(name);
        }),
      );
      await expect(other.stat(names[0]!)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('hand a lock from one client to the next, in the order of requests', async () => {
      const { open } = await start();
      const first = await open();
      const lock = await first.locks.lock('disk', 'holder');
      const order: string[] = [];
      const waiting: Promise<void>[] = [];
      for (const owner of ['a', 'b', 'c']) {
        const store = await open();
        const request = store.locks.lock('disk', owner);
        while ((await first.locks.lockInfo('disk')).waiters.at(-1)?.owner !== owner);
        waiting.push(
          request.then(async (held) => {
            order.push(owner);
            await held.unlock();
          }),
        );
      }
      await lock.unlock();
      await Promise.all(waiting);
      expect(order).toEqual(['a', 'b', 'c']);
    });

    it("give a waiter its lock by the brick's report of the record, without a hint", async () => {
      const { volfile, open } = await start();
      const first = await open();
      const lock = await first.locks.lock('disk', 'holder');
      const waiting = (await open()).locks.lock('disk', 'waiter');
      let record: { fence: number; lastTicket: number; waiters: unknown[] };
      await using other = await Volume.open(volfile);
      const [path, name] = ['/chunks/.locks/disk', 'user.glossa.lock'];
      do record = JSON.parse(Buffer.from(await other.getxattr(path, name)).toString());
      while (record.waiters.length === 0);
      // As the holder's unlock does, but nothing is written into the mailbox: the waiter's own reads are a minute apart.
      const holder = { owner: 'waiter', since: 1, expiresAt: null, ticket: record.lastTicket };
      const granted = { ...record, fence: record.fence + 1, holder, waiters: [] };
      await other.setxattr(path, name, JSON.stringify(granted));
      expect((await waiting).fence).toBe(lock.fence + 1);
      // Less than the minute.
    }, 45_000);

    it('keep the lock of a program that was killed, and skip one that was killed while it waited', async () => {
      const { volfile, open } = await start();
      const killHolder = await startProgram(
        volfile,
        `await store.locks.lock('disk', 'killed'); console.log('locked');`,
      );
      await killHolder();
      const store = await open();
      await expect(store.locks.lock('disk', 'other', { wait: false })).rejects.toMatchObject({
        code: 'EAGAIN',
        holder: { owner: 'killed' },
      });
      const killWaiter = await startProgram(
        volfile,
        `store.locks.lock('disk', 'waiting');
         while ((await store.locks.lockInfo('disk')).waiters.length === 0);
         console.log('waiting');`,
      );
      const alive = (await open()).locks.lock('disk', 'alive');
      while ((await store.locks.lockInfo('disk')).waiters.length < 2);
      await killWaiter();
      await store.locks.breakLock('disk', 'killed', 'administrator');
      // The brick may notice the end of a connection later: then the waiter is still in front.
      const granted = await Promise.race([alive, giveUpFor(store, 'waiting')]);
      expect((granted ?? (await alive)).owner).toBe('alive');
    });

    it('grant a lock to the waiters in their order after the brick was killed and restarted', async () => {
      const { brick, open } = await start();
      const [holder, first, second] = [await open(), await open(), await open()];
      const lock = await holder.locks.lock('disk', 'holder');
      const earlier = first.locks.lock('disk', 'first');
      while ((await holder.locks.lockInfo('disk')).waiters.length < 1);
      const later = second.locks.lock('disk', 'second');
      while ((await holder.locks.lockInfo('disk')).waiters.length < 2);
      await brick.end('SIGKILL');
      await brick.run();
      // All clients are connected again when each has got a reply.
      for (const store of [holder, first, second]) await retry(() => store.locks.lockInfo('disk'));
      await lock.unlock();
      const held = await earlier;
      expect(held.owner).toBe('first');
      await held.unlock();
      expect((await later).owner).toBe('second');
    });

    it('remove the mailbox of a program that was killed while it waited', async () => {
      const { volfile, open } = await start();
      const store = await open();
      const lock = await store.locks.lock('disk', 'holder');
      const killWaiter = await startProgram(
        volfile,
        `store.locks.lock('disk', 'waiting');
         while ((await store.locks.lockInfo('disk')).waiters.length === 0);
         console.log('waiting');`,
      );
      const listMailboxes = (): Promise<string[]> =>
        store.volume.readdir('/chunks/.locks/.waiting');
      const [killed] = await listMailboxes();
      await killWaiter();
      const alive = (await open()).locks.lock('disk', 'alive');
      while ((await store.locks.lockInfo('disk')).waiters.length < 2);
      await lock.unlock();
      // The brick may notice the end of a connection later: then the dead one gets the lock.
      const granted = await Promise.race([alive, giveUpFor(store, 'waiting')]);
      expect((granted ?? (await alive)).owner).toBe('alive');
      await expect.poll(listMailboxes, { timeout: 20_000 }).not.toContain(killed);
    });

    it('refuse a write whose lock was broken by another client', async () => {
      const { open } = await start();
      const [ours, other] = [await open(), await open()];
      const lock = await ours.locks.lock('disk', 'ours');
      const chunk = await ours.open('a', { create: true, lock });
      await chunk.write(0, 'first', { lock });
      await other.locks.breakLock('disk', 'ours', 'other');
      const theirs = await other.locks.lock('disk', 'other');
      await (await other.open('a')).write(0, 'other', { lock: theirs });
      await expect(chunk.write(0, 'later', { lock })).rejects.toMatchObject({ code: 'ESTALE' });
      expect(Buffer.from(await other.readWhole('a')).toString()).toBe('other');
    });

    it('are opened as open(2) does, also by two clients at once; wrong names and writes beyond their end are refused', async () => {
      const { open } = await start();
      const [ours, other] = [await open({ chunkSize: 1024 }), await open({ chunkSize: 1024 })];
      expect(await code(ours.open('a'))).toBe('ENOENT');
      const exclusive = { create: true, exclusive: true };
      const both = [ours, other].map((store) => code(store.open('a', exclusive)));
      expect((await Promise.all(both)).sort()).toEqual(['EEXIST', 'no error']);
      expect((await other.stat('a')).size).toBe(0);
      for (const name of ['..', 'a/b', 'a\0b', 'x'.repeat(256)])
        expect(await code(ours.open(name, { create: true })), name).toBe('EINVAL');
      await using chunk = await ours.open('a');
      expect(await code(chunk.write(1023, 'ab'))).toBe('EFBIG');
      // Neighbours within a block, by both clients.
      await using same = await other.open('a');
      const parts = Array.from({ length: 60 }, (_, index) => 511 + 3 * index);
      await Promise.all(
        parts.map((at, index) =>
          (index % 2 === 0 ? chunk : same).write(at, new Uint8Array(3).fill(index + 1)),
        ),
      );
      const expected = parts.flatMap((_, index) => Array(3).fill(index + 1));
      expect([...(await same.read(500, 1024))]).toEqual([...Array(11).fill(0), ...expected]);
    });

    it('keep the rest of a removed chunk out of a new one, and queue what is more than may be under way', async () => {
      const { open } = await start();
      const store = await open({ inFlight: 2, openFiles: 2 });
      const names = Array.from({ length: 8 }, (_, index) => formatChunkName('volume', index));
      const written = Promise.all(names.map((name) => store.writeWhole(name, 'old')));
      expect([store.queue.inFlight, store.queue.queued]).toEqual([2, 6]);
      await written;
      for (const name of names) await store.unlink(name);
      for (const name of names) await (await store.open(name, { create: true })).close();
      for (const name of names) expect((await store.stat(name)).size, name).toBe(0);
    });

    it('make disks whose snapshots stay, and whose clones share their chunks', async () => {
      const { open } = await start();
      const [ours, other] = [await open({ chunkSize: 4096 }), await open({ chunkSize: 4096 })];
      await using disk = await Disk.create(ours, 'disk', { size: 16_384, owner: 'ours' });
      expect(await disk.read(4090, 12)).toEqual(new Uint8Array(12));
      await disk.write(4095, new Uint8Array([1, 2]));
      await disk.snapshot('snapshot');
      await disk.clone('clone');
      await disk.write(4095, new Uint8Array([3]));
      await using snapshot = await Disk.open(other, 'snapshot', { owner: 'other' });
      await using clone = await Disk.open(other, 'clone', { owner: 'other' });
      await clone.write(4096, new Uint8Array([4]));
      expect(await code(snapshot.write(0, new Uint8Array(1)))).toBe('EROFS');
      const read = async (from: Disk): Promise<number[]> => [...(await from.read(4094, 4))];
      expect(await read(snapshot)).toEqual([0, 1, 2, 0]);
      expect(await read(disk)).toEqual([0, 3, 2, 0]);
      expect(await read(clone)).toEqual([0, 1, 4, 0]);
    });

    it('have locks that their owner alone unlocks, renews or lets expire, and others break', async () => {
      const { open } = await start();
      const [{ locks: ours }, { locks: theirs }] = [await open(), await open()];
      const old = await ours.lock('a', 'ab');
      const renewed = await theirs.lock('a', 'ab');
      expect(renewed.fence).toBeGreaterThan(old.fence);
      expect(await code(old.unlock())).toBe('ESTALE');
      for (const owner of ['abc', 'a']) expect(await code(ours.unlock('a', owner))).toBe('EPERM');
      await expect(ours.lock('a', 'abc', { wait: false })).rejects.toMatchObject({
        code: 'EAGAIN',
        holder: { owner: 'ab' },
      });
      const controller = new AbortController();
      const aborted = code(ours.lock('a', 'impatient', { signal: controller.signal }));
      while ((await theirs.lockInfo('a')).waiters.length < 1);
      const waiting = ours.lock('a', 'patient');
      while ((await theirs.lockInfo('a')).waiters.length < 2);
      controller.abort();
      expect(await aborted).toBe('ECANCELED');
      expect(await code(theirs.breakLock('a', 'other', 'admin'))).toBe('ESTALE');
      const { lastBreak } = await theirs.breakLock('a', 'ab', 'admin');
      expect(lastBreak).toMatchObject({ owner: 'ab', by: 'admin', fence: renewed.fence });
      expect(await code(renewed.unlock())).toBe('EPERM');
      expect((await theirs.lockInfo('a')).holder?.owner).toBe('patient');
      expect(await (await waiting).unlock()).toEqual({ existed: true });
      expect(await theirs.unlock('a', 'patient')).toEqual({ existed: false });
      await ours.lock('a', 'short', { ttl: 100 });
      expect((await theirs.lock('a', 'next')).owner).toBe('next');
    });

    it('tell each watcher of each notice once, in order, but not a later watcher', async () => {
      const { open } = await start();
      const [ours, other] = [await open(), await open()];
      await ours.writeWhole('a', 'x');
      const listTexts = async (store: ChunkStore): Promise<{ texts: Promise<string[]> }> => {
        const events = await store.watch('a');
        const collect = async (): Promise<string[]> => {
          const texts: string[] = [];
          for await (const event of events) if ('text' in event) texts.push(event.text);
          return texts;
        };
        return { texts: collect() };
      };
      const early = [await listTexts(ours), await listTexts(other)];
      const sent = Array.from({ length: 20 }, (_, index) => `notice ${index}`);
      for (const text of sent) await ours.notify('a', text);
      const late = await listTexts(other);
      await ours.notify('a', 'last');
      await ours.unlink('a');
      for (const { texts } of early) expect(await texts).toEqual([...sent, 'last']);
      expect(await late.texts).toEqual(['last']);
    });

    it('tell the other client of a notice and of a removal', async () => {
      const { open } = await start();
      const [ours, other] = [await open(), await open()];
      const events = await other.watch('a');
      const first = events.next();
      await ours.writeWhole('a', new Uint8Array(1));
      await first;
      await ours.notify('a', 'text');
      await ours.unlink('a');
      const kinds = new Set<string>();
      for await (const { kind } of events) kinds.add(kind);
      expect([...kinds].at(-1)).toBe('removed');
    });
  },
);

/** Runs a request until the connection to the brick is there again. */
async function retry<R>(request: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTCONN') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Breaks a lock that was granted to a dead owner. @returns null */
async function giveUpFor(store: ChunkStore, owner: string): Promise<null> {
  for (;;) {
    const { holder } = await store.locks.lockInfo('disk');
    if (holder === null || holder.owner === 'alive') return null;
    if (holder.owner === owner) await store.locks.breakLock('disk', owner, 'administrator');
  }
}
