/**
 * Timers and asynchronous work proceed while the mount is under full load. The tests count, and
 * measure no times.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { runGlossa } from '../support/mount.ts';
import { describeStages } from '../support/stage.ts';

const MODULE = `
import asyncio

from glupy import ENOENT, Translator


class xlator(Translator):
    def init(self):
        self.ticks = {"task": 0, "later": 0}
        self.released = asyncio.Event()
        self.beat = asyncio.create_task(self.count())
        asyncio.get_running_loop().call_later(0.005, self.later)

    async def count(self):
        while True:
            await asyncio.sleep(0.005)
            self.ticks["task"] += 1

    def later(self):
        self.ticks["later"] += 1
        asyncio.get_running_loop().call_later(0.005, self.later)

    async def lookup(self, frame, loc, xdata):
        if loc.name == "first":
            self.log.info("first waits")
            await self.released.wait()
            self.log.info("first goes on")
        elif loc.name == "second":
            for _ in range(10):
                await asyncio.sleep(0.002)
            self.log.info("second has slept")
            self.released.set()
        elif loc.name and loc.name.startswith("slow"):
            for _ in range(3):
                await asyncio.sleep(0.001)
        return await self.child.lookup(loc, xdata)

    def getxattr(self, frame, loc, name, xdata):
        if name is None or not name.startswith("user.ticks."):
            return frame.wind()
        value = str(self.ticks[name[11:]]).encode()
        frame.unwind(len(value), 0, {name: value}, None)
`;

describeStages(
  'a mount under full load',
  { kernel: ['python'], 'fuse-native': ['python'] },
  (stage) => {
    let load: Client[];
    let folder: string;

    /** The number of replies that both clients have received. */
    async function answers(): Promise<number> {
      const before = load.map((client) => client.out.length);
      for (const client of load) client.child.stdin!.write('count\n');
      let sum = 0;
      for (const [i, client] of load.entries()) {
        await client.waitForOutput(new RegExp(`^[^]{${before[i]}}(\\d+)\\n`));
        sum += Number(client.out.slice(before[i]));
      }
      return sum;
    }

    beforeEach(async () => {
      folder = stage.nextFolders().mounted;
      await stage.runOk(':', { in: folder });
      load = [0, 1].map(() => stage.startClient(folder, 'exec "$NODE" "$CLIENTS/hammer.mjs"'));
      for (const client of load) await client.waitForOutput(/started/);
    });

    afterEach(async () => {
      for (const client of load) client.release();
      for (const client of load) expect(await client.outcome).toMatchObject({ status: 0, err: '' });
    });

    it('replies to an asynchronous fop that waits for a later one', async () => {
      const before = await answers();
      const first = stage.startClient(folder, 'cat first');
      await vi.waitFor(() => expect(stage.mount.log()).toMatch('first waits'), 50_000);
      // With fuse-native the kernel looks up one name of a directory at a time.
      const isParallel = stage.front.name !== 'fuse-native';
      const there = isParallel ? folder : stage.nextFolders().mounted;
      const second = stage.startClient(there, 'cat second');
      for (const client of [second, first]) {
        expect((await client.outcome).err).toMatch(/No such file or directory/);
      }
      const order = stage.mount.log().match(/(first|second) (waits|has slept|goes on)/g);
      expect(order).toEqual(['first waits', 'second has slept', 'first goes on']);
      expect(await answers()).toBeGreaterThan(before);
    });

    it('replies to 40 concurrent asynchronous fops', async () => {
      const out = await stage.runOk(
        `for i in $(seq 40); do echo $i > slow$i & done; wait; cat slow* | sort -n | uniq | wc -l`,
        { in: folder },
      );
      expect(out).toBe('40\n');
    });

    it.each(['task', 'later'])("keeps a module's repeating timer running (%s)", async (kind) => {
      const ticks = async (): Promise<number> =>
        Number(await stage.runOk(`getfattr --only-values -n user.ticks.${kind} .`, { in: folder }));
      const [from, lookups] = [await ticks(), await answers()];
      await vi.waitFor(async () => expect(await ticks()).toBeGreaterThan(from + 50), 60_000);
      expect(await answers()).toBeGreaterThan(lookups);
    });

    it('completes synchronous writes, which use the thread pool', () =>
      stage.runOk(
        `for i in 1 2 3 4 5; do seq 30000 | dd of=f$i oflag=sync status=none bs=64k
        sync f$i; done`,
        {
          in: folder,
        },
      ));

    it('returns correct data for reads from the disk', async () => {
      const hash = await stage.runOk('seq 500000 > f; md5sum < f', { in: folder });
      const before = await answers();
      const disk = folder.replace(stage.mount.path, stage.scratch.at('brick'));
      for (let round = 0; round < 3; round++) {
        await stage.runOk('sync f; dd if=f iflag=nocache count=0 status=none', { in: disk });
        const read = 'for n in 1 2 3 4; do md5sum < f & done; wait';
        expect(await stage.runOk(read, { in: folder })).toBe(hash.repeat(4));
      }
      expect(await answers()).toBeGreaterThan(before);
    });

    it('handles SIGHUP and glossa stats', async () => {
      stage.mount.child.kill('SIGHUP');
      await vi.waitFor(() => expect(stage.mount.log()).toMatch('reopened the log'), 50_000);
      const stats = await runGlossa(stage.scratch, ['stats', stage.mount.path]);
      expect(stats).toMatchObject({ status: 0, err: '' });
      expect(stats.out).toMatch('LOOKUP');
    });
  },
  // All data passes through the server.
  { above: { name: 'under-load', text: MODULE }, args: ['--no-passthrough'] },
);
