/** Threads of isolated volumes: their memory, their loss, and their replacement. */
import { expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../runtime/core/errno.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { invalidateEntries } from '../../runtime/core/upcall.ts';
import { makeAttributes, makeGfid } from '../../test/support/core.ts';
import {
  isolatedLanguage,
  makeModuleGraph,
  type RunningModule,
  startModule,
} from '../../test/support/module.ts';
import { Channel } from './channel.ts';
import type { ThreadGuest } from './thread-guest.ts';

const source = `import { Translator } from 'glossa';
export class xlator extends Translator {
  seen = new Map();
  lookup(frame, loc, xdata) {
    if (loc.name === 'decided') return frame.fail(2);
    if (loc.name === 'long') for (let i = 0; i < 2e8; i++);
    frame.wind(loc, xdata);
  }
  lookupCbk(frame, ...reply) { frame.unwind(...reply); }
  fstat(frame, fd, xdata) { this.last = fd.flags; frame.wind(fd, xdata); }
  fstatCbk(frame, ...reply) { frame.unwind(...reply); }
  stat(frame, loc) { frame.fail(loc.path.length); }
  access() {}
  // Reads again and again, and answers with what came first.
  readv(frame) { this.reads = 0; frame.wind(); }
  readvCbk(frame, ret, errno, vector, ...rest) {
    this.reads += 1;
    if (this.reads === 1) this.first = vector;
    if (this.reads < 4000) frame.wind();
    else frame.unwind(ret, errno, this.first, ...rest);
  }
  readlink() { for (;;); }
}
`;

const start = (options: Record<string, string> = {}): Promise<RunningModule> =>
  startModule({ 'm.js': source }, { language: isolatedLanguage, options });

const soon = (check: () => void) => vi.waitFor(check, { timeout: 60_000 });

it('a request that receives 500 MiB of replies from the child holds less than 250 MiB of memory', async () => {
  const BYTES = 128 * 1024;
  const run = await start();
  const before = process.memoryUsage().arrayBuffers;
  let reads = 0;
  let most = 0;
  run.leaf.onRequest = ({ answer }) => {
    reads += 1;
    if (reads % 1000 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers);
    answer(
      BYTES,
      0,
      new Uint8Array(BYTES).fill(reads % 251),
      makeAttributes(makeGfid(1)),
      null,
      null,
    );
  };
  const reply = run.ask('readv', new Fd(run.root, 1, 1), BYTES, 0, 0, null);
  await soon(() => expect(reply.count).toBe(1));
  expect([reply.opRet, reply.opErrno]).toEqual([BYTES, 0]);
  expect(reply.values[0]).toEqual(new Uint8Array(BYTES).fill(1));
  // All replies together are 500 MiB.
  expect(most - before).toBeLessThan(250 * 1024 * 1024);
});

it("a module's thread has no request left after ten thousand requests", async () => {
  const run = await start();
  run.leaf.onRequest = ({ name, args, answer }) => {
    if (name !== 'lookup') answer(0, 0, makeAttributes(makeGfid(1)), null);
    else if (args[1] === null) answer(-1, ENOENT, null, null, null, null);
  };
  // The statedump counts leaks exactly.
  for (let i = 0; i < 3_333; i++) {
    const decided = run.ask(
      'lookup',
      new Loc(run.graph.inodes.newInode(), run.root, 'decided'),
      null,
    );
    const passed = run.ask(
      'lookup',
      new Loc(run.graph.inodes.newInode(), run.root, 'passed'),
      null,
    );
    const fd = new Fd(run.root, i, 1);
    const open = run.ask('fstat', fd, null);
    fd.release();
    expect([decided.count, passed.count, open.count]).toEqual([1, 1, 1]);
    run.replies.length = 0;
    run.context.lines.length = 0;
  }
  expect(run.dump()).toMatchObject({ 'requests-in-thread': 0 });
});

it('a module in a thread reads the current path of a file after its parent directory is renamed', async () => {
  const run = await start();
  const directory = run.knownLoc('directory', 2);
  const buf = makeAttributes(makeGfid(7), 1);
  const inode = run.graph.inodes.link(run.graph.inodes.newInode(), directory.inode, 'f', buf)!;
  const ask = () => run.ask('stat', new Loc(inode), null).opErrno;
  expect(ask()).toBe('/directory/f'.length);
  run.graph.inodes.rename(run.root, 'directory', run.root, 'd');
  expect(ask()).toBe('/d/f'.length);
});

it("a crash of a module's thread fails its requests with EIO, and a new thread serves the next ones", async () => {
  const run = await start({ 'restart-backoff': '0' });
  const waiting = run.ask('access', run.knownLoc('a'), 0, null);
  const wound = run.ask('lookup', run.absentLoc('b'), null);
  const [held] = run.takeRequests();
  expect([waiting.count, wound.count, run.dump().threads]).toEqual([0, 0, 1]);
  await crash(run);
  expect(waiting).toMatchObject({ count: 1, opErrno: EIO });
  expect(wound).toMatchObject({ count: 1, opErrno: EIO });
  // The child's late reply is dropped.
  held!.answer(-1, ENOENT, null, null, null, null);
  expect(wound.count).toBe(1);
  const next = run.ask('lookup', run.absentLoc('decided'), null);
  await soon(() => expect(next).toMatchObject({ count: 1, opErrno: ENOENT }));
  expect(run.dump()).toMatchObject({ threads: 2, failures: 2 });
  expect(run.takeLines().join('\n')).toMatch(/the thread is lost[\s\S]*started anew/);
});

/** Ends the volume's thread from outside, as a crash does. */
async function crash(run: RunningModule): Promise<void> {
  (run.host.interpreter.guest as ThreadGuest).handleBroken('the test');
}

it("a request that crashes a module's thread twice is refused, and other requests wait for a new thread", async () => {
  const run = await start();
  const { sleep } = Channel.prototype;
  // The thread ends while it handles that name.
  const spy = vi.spyOn(Channel.prototype, 'sleep').mockImplementation(function (
    this: Channel,
    ...args
  ) {
    const loc = [...run.host.pending.values()].at(-1)?.args[0];
    if (loc instanceof Loc && loc.name === 'long') void crash(run);
    else sleep.apply(this, args);
  });
  for (let times = 0; times < 4; times++) {
    const long = run.ask('lookup', run.absentLoc('long'), null);
    expect(long).toMatchObject({ count: 1, opErrno: EIO });
    const other = run.ask('lookup', run.absentLoc('decided'), null);
    await soon(() => expect(other).toMatchObject({ count: 1, opErrno: ENOENT }));
  }
  expect(run.dump()).toMatchObject({ threads: 3 });
  expect(run.takeLines().join('\n')).toContain("lookup of '/long' ends the interpreter again and");
  expect(await run.reload()).toMatchObject({ ok: true });
  run.ask('lookup', run.absentLoc('long'), null);
  spy.mockRestore();
  const next = run.ask('lookup', run.absentLoc('decided'), null);
  await soon(() => expect(next).toMatchObject({ count: 1, opErrno: ENOENT }));
  // The reload has started one, too.
  expect(run.dump()).toMatchObject({ threads: 5 });
});

it("a module's thread that crashes before its first request is replaced at the next request", async () => {
  const run = await start();
  for (let times = 0; times < 3; times++) {
    await crash(run);
    const next = run.ask('lookup', run.absentLoc('decided'), null);
    await soon(() => expect(next).toMatchObject({ count: 1, opErrno: ENOENT }));
  }
  expect(run.dump()).toMatchObject({ threads: 4 });
});

it('with on-error bypass, a request that waits in a crashed thread is passed to the child', async () => {
  const run = await start({ 'on-error': 'bypass', 'restart-backoff': '3600' });
  const waiting = run.ask('access', run.knownLoc('a'), 0, null);
  await crash(run);
  const [held] = run.takeRequests();
  held!.answer(0, 0, null);
  expect(waiting).toMatchObject({ count: 1, opRet: 0 });
});

it('file descriptors that a module has opened are released when its thread crashes', async () => {
  const run = await startModule(
    {
      'm.js': `import { Translator } from 'glossa';
export class xlator extends Translator {
  async access(frame, loc) {
    const { fd } = await this.child.open(loc, 0);
    this.fd = fd;
    await new Promise(() => {});
  }
}
`,
    },
    { language: isolatedLanguage, options: { 'restart-backoff': '3600' } },
  );
  run.ask('access', run.knownLoc('a'), 0, null);
  const [open] = run.takeRequests();
  const fd = open!.args.find((arg) => arg instanceof Fd) as Fd;
  open!.answer(0, 0, fd, null);
  expect(fd.released).toBe(false);
  await crash(run);
  expect(fd.released).toBe(true);
});

it("a cache invalidation from the child reaches the volumes above without passing the module's thread", async () => {
  const run = await start();
  const heard: string[] = [];
  run.graph.listen((event) => void heard.push(event));
  invalidateEntries(run.graph.xlators[0]!);
  expect(heard).toEqual(['UPCALL']);
});

it("a request that runs endlessly in a module's thread fails with EIO at the time limit", async () => {
  const run = await start({ 'time-limit': '0.3', 'restart-backoff': '0' });
  const reply = run.ask('readlink', run.knownLoc('a'), 10, null);
  await soon(() => expect(reply).toMatchObject({ count: 1, opErrno: EIO }));
});

it('a module keeps its state when option isolation changes from thread to none, and back', async () => {
  const remembers = `import { Translator } from 'glossa';
export class xlator extends Translator {
  count = 0;
  access(frame) { this.count += 1; frame.fail(this.count); }
  dumpState() { return this.count; }
  loadState(count) { this.count = count; }
}
`;
  const run = await startModule({ 'm.js': remembers }, { language: isolatedLanguage });
  const { graph } = run;
  const count = () => run.ask('access', run.knownLoc('a'), 0, null).opErrno;
  expect([count(), count()]).toEqual([1, 2]);
  for (const isolation of ['none', 'thread']) {
    const specs = graph.xlators.map(({ name, translator, volfileOptions, childNames }) => ({
      name,
      translator,
      options: volfileOptions.map((option) =>
        option.key === 'isolation' ? { ...option, value: isolation } : option,
      ),
      subvolumes: childNames,
    }));
    await graph.exchange(specs, 1000);
    expect(run.dump().isolation).toBe(isolation === 'none' ? undefined : isolation);
    expect(count()).toBe(isolation === 'none' ? 3 : 4);
  }
});

it("a request pending in a module's thread gets its reply after a reload and a change of options", async () => {
  const run = await start();
  const waiting = run.ask('lookup', run.absentLoc('a'), null);
  const [held] = run.takeRequests();
  expect(await run.reload()).toMatchObject({ ok: true });
  run.reconfigure({ 'frame-timeout': '100' });
  held!.answer(-1, ENOENT, null, null, null, null);
  expect(waiting).toMatchObject({ count: 1, opErrno: ENOENT });
  expect(run.dump()).toMatchObject({ reloads: 1, threads: 2 });
  run.expectSettled();
});

it("each of thousands of requests gets one reply although the module's thread crashes three times", async () => {
  const run = await start({ 'restart-backoff': '0' });
  run.leaf.onRequest = ({ name, answer }) => {
    if (name === 'lookup') answer(-1, ENOENT, null, null, null, null);
    else answer(0, 0, makeAttributes(makeGfid(1)), null);
  };
  const threads = () => Number(run.dump().threads);
  for (let round = 1; round <= 3; round++) {
    for (let at = 0; at < 2000; at++) {
      run.ask('lookup', run.absentLoc(at % 2 === 0 ? 'decided' : 'passed'), null);
      // Some requests are pending, others wait for the next thread.
      if (at === 1000) await crash(run);
    }
    await soon(() => expect(run.replies.every(({ count }) => count === 1)).toBe(true));
    run.context.lines.length = 0;
    expect(threads()).toBe(round + 1);
    const errnos = new Set(run.replies.splice(0).map(({ opErrno }) => opErrno));
    expect([...errnos].filter((errno) => errno !== ENOENT && errno !== EIO)).toEqual([]);
  }
  expect(run.dump()).toMatchObject({ 'requests-in-thread': 0 });
});

it("each of 60,000 requests that are in a module's thread at once gets one reply", async () => {
  const run = await start({});
  const loc = run.absentLoc('decided');
  for (let at = 0; at < 60_000; at++) run.ask('lookup', loc, null);
  await soon(() => expect(run.replies.every(({ count }) => count === 1)).toBe(true));
  expect(run.replies.every(({ opErrno }) => opErrno === ENOENT)).toBe(true);
  run.expectSettled();
});

it('a reload gives the volume a new thread although the old one crashes during it', async () => {
  const run = await start({ 'restart-backoff': '0' });
  const reload = run.reload();
  await crash(run);
  expect(await reload).toMatchObject({ ok: true });
  const next = run.ask('lookup', run.absentLoc('decided'), null);
  await soon(() => expect(next).toMatchObject({ count: 1, opErrno: ENOENT }));
  expect(await run.reload()).toMatchObject({ ok: true });
  expect(run.dump()).toMatchObject({ threads: 3, reloads: 2 });
  run.expectSettled();
});

it('a volume fails to start, with the reason, if its module loops endlessly at load in a thread', async () => {
  const run = makeModuleGraph(
    { 'm.js': 'for (;;);' },
    { language: isolatedLanguage, options: { 'time-limit': '0.3' } },
  );
  await expect(run.graph.start()).rejects.toThrow(/m\.js|time-limit/);
});
