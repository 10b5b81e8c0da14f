/**
 * Tests of modules that wind very often or without end: the host's memory for them is bounded, and
 * other requests are served meanwhile.
 */
import { describe, expect, it } from 'vitest';
import { EIO, ENOENT, EPERM } from '../../runtime/core/errno.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import type { HeldRequest } from '../support/core.ts';
import { selectVariants } from '../support/test-selection.ts';
import { type Extension, LANGUAGES, RETRIES, serves, start } from './endless.ts';

/** The host's part, which takes most of the time, is the same for both languages. */
const chosen = selectVariants(LANGUAGES, (language) => language === 'py');

/** Reads 500 MiB, then waits for a child. */
const READS = {
  py: `
    async def fsync(self, frame, fd, datasync, xdata):
        for _ in range(500):
            await self.child.readv(fd, 2**20, 0, 0)
        return await self.child.fsync(fd, 0)`,
  js: `
  async fsync(frame, fd) {
    for (let i = 0; i < 500; i++) await this.child.readv(fd, 2 ** 20, 0, 0);
    return await this.child.fsync(fd, 0);
  }`,
};

/** Winds ten thousand times, then answers. */
const CRAWL = {
  py: `
    async def stat(self, frame, loc, xdata):
        for _ in range(10_000):
            try:
                await self.child.stat(loc)
            except FileNotFoundError:
                pass
        raise PermissionError(EPERM, "no")`,
  js: `
  async stat(frame, loc) {
    for (let i = 0; i < 10_000; i++) {
      await this.child.stat(loc).catch((error) => {
        if (error.errno !== ENOENT) throw error;
      });
    }
    frame.fail(EPERM);
  }`,
};

it.each(chosen)(
  'glossa stores a bounded number of replies for a request that winds in an endless loop (%s)',
  async (extension) => {
    const run = await start(extension, RETRIES['a retry loop']![extension], { 'wind-limit': '0' });
    run.leaf.onRequest = (held) => held.answer(-1, ENOENT, null, null);
    run.ask('stat', run.knownLoc('a'), null);
    for (let turn = 0; turn < 12; turn++) run.context.advance(1);
    const [request] = run.host.pending.values();
    expect(request!.windCount).toBeGreaterThan(10_000);
    // Of each, two values.
    expect([...request!.listValues()].length).toBeLessThan(2 * 4096 + 10);
  },
);

it.each(chosen)(
  'glossa stores at most 80 MiB of reply data for a request (%s)',
  async (extension) => {
    const run = await start(extension, READS[extension]);
    const waiting: HeldRequest[] = [];
    run.leaf.onRequest = (held) => {
      if (held.name === 'fsync') waiting.push(held);
      else held.answer(2 ** 20, 0, new Uint8Array(2 ** 20), new Iatt(), null);
    };
    run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    for (let turn = 0; turn < 20; turn++) run.context.advance(1);
    const [request] = run.host.pending.values();
    expect(request!.windCount).toBe(501);
    const data = [...request!.listValues()].filter((value) => value instanceof Uint8Array);
    expect(data.length).toBeGreaterThan(50);
    // 64 MiB, and the data of the first few replies.
    expect(data.length).toBeLessThanOrEqual(64 + 16);
    for (const held of waiting) held.answer(-1, ENOENT, null, null, null);
    run.expectSettled();
  },
);

it.each(chosen)(
  'a request that winds ten thousand times and then ends gets its reply (%s)',
  async (extension) => {
    const run = await start(extension, CRAWL[extension]);
    run.leaf.onRequest = (held) => held.answer(-1, ENOENT, null, null);
    run.ask('stat', run.knownLoc('a'), null);
    for (let turn = 0; turn < 12; turn++) run.context.advance(1);
    expect(run.replies.at(-1)).toMatchObject({ count: 1, opRet: -1, opErrno: EPERM });
    run.expectSettled();
  },
);

describe("a module's own requests", () => {
  const BOMBS: Readonly<Record<string, Readonly<Record<Extension, string>>>> = {
    'each starts two more': {
      py: `
    async def breed(self):
        try:
            await self.child.stat(self.loc)
        except OSError:
            pass
        await asyncio.gather(self.breed(), self.breed())

    async def stat(self, frame, loc, xdata):
        self.loc = loc.copy()
        self.task = asyncio.create_task(self.breed())
        raise OSError(ENOENT, "no")`,
      js: `
  async breed() {
    await this.child.stat(this.loc).catch(() => {});
    void this.breed();
    void this.breed();
  }
  async stat(frame, loc) {
    this.loc = loc.copy();
    frame.fail(ENOENT);
    void this.breed();
  }`,
    },
    'an endless sequence': {
      py: `
    async def stat(self, frame, loc, xdata):
        loc = loc.copy()
        frame.fail(ENOENT)
        while True:
            try:
                await self.child.stat(loc)
            except OSError:
                pass`,
      js: `
  async stat(frame, loc) {
    const mine = loc.copy();
    frame.fail(ENOENT);
    for (;;) await this.child.stat(mine).catch(() => {});
  }`,
    },
  };
  const bombs = Object.entries(BOMBS).flatMap(([title, texts]) =>
    chosen.map((extension) => [title, extension, texts[extension]] as const),
  );

  it.each(bombs)('do not block other requests: %s (%s)', async (_, extension, text) => {
    const run = await start(extension, text, { 'memory-limit': '128MB' });
    let requestCount = 0;
    run.leaf.onRequest = (held) => {
      requestCount += 1;
      held.answer(-1, EPERM, null, null);
    };
    expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: ENOENT });
    for (let turn = 0; turn < 8; turn++) {
      run.context.advance(1);
      serves(run);
    }
    expect(requestCount).toBeGreaterThan(1000);
    expect(run.host.pending.size).toBeLessThanOrEqual(16_384);
  });

  it.each([
    [
      'py',
      `
    def stat(self, frame, loc, xdata):
        loc = loc.copy()
        frame.fail(ENOENT)
        for _ in range(100_000):
            self.child.stat(loc)`,
    ],
    [
      'js',
      `
  stat(frame, loc) {
    const mine = loc.copy();
    frame.fail(ENOENT);
    for (let i = 0; i < 100_000; i++) void this.child.stat(mine);
  }`,
    ],
  ] as const)(
    'fail the call that sends more than 16,384 at once, and the log has its line (%s)',
    async (extension, text) => {
      const run = await start(extension, text);
      run.ask('stat', run.knownLoc('a'), null);
      const [line] = run.takeLines();
      expect(line).toMatch(/^E \[m\.(py|js):\d+:.*more than 16384 requests of its own at once/);
      expect(run.host.pending.size).toBeLessThanOrEqual(16_384);
      serves(run);
    },
  );
});

describe('many winds of one request', () => {
  const BURST: Readonly<Record<Extension, string>> = {
    py: `
    def stat(self, frame, loc, xdata):
        frame.local = 0
        for _ in range(10_000):
            frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, *reply):
        frame.local += 1
        if frame.local == 10_000:
            frame.fail(ENOENT)

    def statfs(self, frame, loc, xdata):
        frame.wind(loc, None, cookie=1)

    def statfs_cbk(self, frame, *reply):
        frame.unwind(*reply)`,
    js: `
  stat(frame) {
    frame.local = 0;
    for (let i = 0; i < 10_000; i++) frame.wind();
  }
  statCbk(frame) {
    frame.local += 1;
    if (frame.local === 10_000) frame.fail(ENOENT);
  }
  statfs(frame, loc) {
    frame.windTo({ cookie: 1 }, loc, null);
  }
  statfsCbk(frame, ...reply) {
    frame.unwind(...reply);
  }`,
  };

  it.each(LANGUAGES)('alternate with the winds of other requests (%s)', async (extension) => {
    const run = await start(extension, BURST[extension]);
    run.leaf.onRequest = (held) => held.answer(-1, EPERM, null, null);
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect(reply.count).toBe(0);
    const other = run.ask('statfs', new Loc(run.root, null, null), null);
    run.context.advance(1);
    expect(other).toMatchObject({ count: 1, opErrno: EPERM });
    expect(reply.count).toBe(0);
    for (let turn = 0; turn < 20; turn++) run.context.advance(1);
    expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
    run.expectSettled();
  });

  it.each(chosen)(
    'fail the request if they are more than 16,384 at once, and the log has its line (%s)',
    async (extension) => {
      const run = await start(
        extension,
        BURST[extension].replace('10_000)', '100_000)').replace('i < 10_000', 'i < 100_000'),
      );
      expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EIO });
      expect(run.takeLines()[0]).toMatch(/^E \[m\.(py|js):\d+:.*more than 16384 winds/);
      expect(run.takeRequests()).toEqual([]);
      run.expectSettled();
    },
  );
});
