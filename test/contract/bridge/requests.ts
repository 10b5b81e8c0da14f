/**
 * The bridge contract for requests: what a module does with the caller's requests, and its own
 * ones. Each test starts the module of its name.
 */
import { expect, it, vi } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EAGAIN, EINTR, ENOENT, errnoNumber } from '../../../runtime/core/errno.ts';
import { IA_IFDIR, type Iatt } from '../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { type HeldRequest, makeAttributes, makeGfid } from '../../support/core.ts';
import {
  hostedLanguage,
  type Language,
  makeQuietStart,
  type RunningModule,
} from '../../support/module.ts';

const EACCES = errnoNumber('EACCES')!;
const ETIMEDOUT = errnoNumber('ETIMEDOUT')!;
const ENOTSUP = errnoNumber('ENOTSUP')!;

/** Attributes with a size. */
export function makeSized(size: number): Iatt {
  return Object.assign(makeAttributes(makeGfid(size + 1)), { iaSize: size });
}

/** The logged texts, without level and place. */
export const takeTexts = (run: RunningModule): string[] =>
  run.takeLines().map((line) => line.slice(line.indexOf('0-top: ') + '0-top: '.length));

const pid = ({ frame }: HeldRequest): number => frame.root.pid;
const OWN_PID = -100;

export function requestContract(folder: string, language: Language = hostedLanguage): void {
  const start = makeQuietStart(folder, language);

  it('notes: frame.local lasts from the fop to its callback, for each request', async () => {
    const run = await start('notes');
    run.ask('stat', run.knownLoc('a'), null);
    run.ask('stat', run.knownLoc('b'), null);
    const [a, b] = run.takeRequests();
    b!.answer(0, 0, makeSized(1), null);
    a!.answer(0, 0, makeSized(2), null);
    expect(takeTexts(run)).toEqual(['b', 'a']);
    run.expectSettled();
  });

  it('cookies: a callback gets the given cookie, or else the child that replied', async () => {
    const run = await start('cookies', { leaves: 2 });
    run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests(0)[0]!.answer(0, 0, makeSized(1), null);
    run.ask('access', run.knownLoc('a'), 0, null);
    run.takeRequests(1)[0]!.answer(0, 0, null);
    run.ask('readlink', run.knownLoc('a'), 100, null);
    run.takeRequests(0)[0]!.answer(1, 0, 'x', makeSized(1), null);
    expect(takeTexts(run)).toEqual(['leaf0', 'leaf1', 'a note']);
    run.expectSettled();
  });

  it("who: a request has its caller's ids, groups, lock owner and fop", async () => {
    const run = await start('who');
    const caller = { uid: 1000, gid: 2 ** 32 - 2, pid: 4711, groups: [4, 24], lkOwner: '00ff' };
    run.askAs(caller, 'stat', run.knownLoc('a'), null);
    expect(run.takeRequests()[0]!.frame.root.uid).toBe(1000);
    expect(JSON.parse(takeTexts(run)[0]!)).toEqual([
      'stat',
      1000,
      2 ** 32 - 2,
      4711,
      [4, 24],
      '00ff',
      'STAT',
      true,
    ]);
    run.askAs({ uid: 7 }, 'access', run.knownLoc('a'), 0, null);
    run.takeRequests()[0]!.answer(0, 0, null);
    expect(takeTexts(run)).toEqual(['["access", 7]']);
  });

  it('fan: a wind to all children reaches each before the first reply', async () => {
    const run = await start('fan', { leaves: 3 });
    const reply = run.ask('setattr', run.knownLoc('a'), makeSized(1), 1, null);
    const held = [0, 1, 2].map((at) => run.takeRequests(at)[0]!);
    held[2]!.answer(0, 0, makeSized(1), makeSized(2), null);
    held[0]!.answer(-1, ENOENT, null, null, null);
    expect(reply.count).toBe(0);
    held[1]!.answer(0, 0, makeSized(1), makeSized(2), null);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
    expect(takeTexts(run)).toEqual(['leaf2: 0', 'leaf0: -1', 'leaf1: 0']);
    run.expectSettled();
  });

  it('fan: children may reply before they return', async () => {
    const run = await start('fan', { leaves: 3 });
    for (const leaf of run.leaves) {
      leaf.onRequest = (held) => held.answer(0, 0, makeSized(1), makeSized(2), null);
    }
    const reply = run.ask('setattr', run.knownLoc('a'), makeSized(1), 1, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(takeTexts(run)).toEqual(['leaf0: 0', 'leaf1: 0', 'leaf2: 0']);
    run.expectSettled();
  });

  it('first: the callback also gets the replies after the answer', async () => {
    const run = await start('first', { leaves: 3 });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    const held = [0, 1, 2].map((at) => run.takeRequests(at)[0]!);
    held[1]!.answer(-1, ENOENT, null, null);
    held[2]!.answer(0, 0, makeSized(5), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect((reply.values[0] as Iatt).iaSize).toBe(5);
    held[0]!.answer(0, 0, makeSized(6), null);
    expect(takeTexts(run)).toEqual(['leaf1: -1', 'leaf2: 0', 'leaf0: 0 late']);
    run.expectSettled();
  });

  it('first: an early answer does not cancel the winds to other children', async () => {
    const run = await start('first', { leaves: 3 });
    run.leaf.onRequest = (held) => held.answer(0, 0, makeSized(1), null);
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect(reply.count).toBe(1);
    run.takeRequests(1)[0]!.answer(0, 0, makeSized(2), null);
    run.takeRequests(2)[0]!.answer(0, 0, makeSized(3), null);
    run.expectSettled();
  });

  it('retry: a callback may wind to the next child after a failure', async () => {
    const run = await start('retry', { leaves: 3 });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests(0)[0]!.answer(-1, ENOENT, null, null);
    run.takeRequests(1)[0]!.answer(-1, EACCES, null, null);
    const buf = makeSized(3);
    run.takeRequests(2)[0]!.answer(0, 0, buf, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(reply.values[0]).toBe(buf);
    run.expectSettled();
  });

  it('retry_cbk: a callback without a fop method winds with the original arguments', async () => {
    const run = await start('retry_cbk');
    const loc = run.knownLoc('a');
    const xdata = Dict.of({ key: 1 });
    const reply = run.ask('stat', loc, xdata);
    run.takeRequests()[0]!.answer(-1, EAGAIN, null, null);
    const [held] = run.takeRequests();
    expect(held!.args[0]).toBe(loc);
    expect(held!.args[1]).toBe(xdata);
    held!.answer(-1, ENOENT, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
    run.expectSettled();
  });

  it('retry_cbk: a callback winds a thousand times without a deeper stack', async () => {
    const run = await start('retry_cbk');
    let requestCount = 0;
    run.leaf.onRequest = (held) => {
      requestCount += 1;
      held.answer(-1, requestCount < 1000 ? EAGAIN : ENOENT, null, null);
    };
    const reply = run.ask('stat', run.knownLoc('a'), null);
    // A slow machine carries the winds out in several turns.
    await vi.waitFor(() => expect([requestCount, reply.opErrno]).toEqual([1000, ENOENT]), 30_000);
    run.expectSettled();
  });

  it.each([
    ['unlink', [0]],
    ['rmdir', [0]],
  ] as const)('other: %s winds a stat before itself', async (fop, more) => {
    const run = await start('other');
    const loc = run.knownLoc('a');
    const reply = run.ask(fop, loc, ...more, null);
    const [stat] = run.takeRequests();
    expect([stat!.name, (stat!.args[0] as Loc).inode]).toEqual(['stat', loc.inode]);
    stat!.answer(0, 0, makeSized(9), null);
    const [then] = run.takeRequests();
    expect(then!.name).toBe(fop);
    then!.answer(0, 0, makeSized(1), makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(reply.values).toHaveLength(3);
    expect(takeTexts(run)).toEqual(['it has 9 bytes']);
    const failing = run.ask(fop, loc, ...more, null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null);
    expect(failing).toMatchObject({ count: 1, opErrno: ENOENT });
    run.expectSettled();
  });

  it('gather: one of several awaited replies is returned as the same object', async () => {
    const run = await start('gather', { leaves: 3 });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    const held = [0, 1, 2].map((at) => run.takeRequests(at)[0]!);
    const largest = makeSized(9);
    const xdata = Dict.of({ from: 'leaf1' });
    held[1]!.answer(0, 0, largest, xdata);
    held[2]!.answer(0, 0, makeSized(2), null);
    held[0]!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(reply.values[0]).toBe(largest);
    expect(reply.values[1]).toBe(xdata);
    run.expectSettled();
  });

  it("gather: one child's failure fails the request, and late replies are dropped", async () => {
    const run = await start('gather', { leaves: 2 });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests(0)[0]!.answer(-1, EACCES, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EACCES });
    run.takeRequests(1)[0]!.answer(0, 0, makeSized(1), null);
    const other = run.ask('access', run.knownLoc('a'), 0, null);
    run.takeRequests(0)[0]!.answer(-1, EACCES, null);
    run.takeRequests(1)[0]!.answer(0, 0, null);
    expect(other).toMatchObject({ count: 1, opRet: 0 });
    expect(takeTexts(run)).toEqual([]);
    run.expectSettled();
  });

  it('shared: one reply answers all simultaneous requests', async () => {
    const run = await start('shared');
    const replies = [1, 2, 3].map(() => run.ask('stat', run.knownLoc('a'), null));
    const [held, ...more] = run.takeRequests();
    expect(more).toEqual([]);
    const [buf, xdata] = [makeSized(5), Dict.of({ key: 'value' })];
    held!.answer(0, 0, buf, xdata);
    for (const reply of replies) {
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
      expect(reply.values[0]).toEqual(buf);
      expect((reply.values[1] as Dict).get('key')).toBe('value');
    }
    expect(takeTexts(run)).toEqual([]);
    run.expectSettled();
  });

  it("shared: a request may answer with another request's reply", async () => {
    const run = await start('shared');
    const [a, b] = [
      run.ask('readlink', run.knownLoc('a'), 9, null),
      run.ask('readlink', run.knownLoc('b'), 9, null),
    ];
    const [heldA, heldB] = run.takeRequests();
    heldA!.answer(1, 0, 'A', makeSized(1), null);
    expect([a.count, b.count]).toEqual([0, 0]);
    heldB!.answer(1, 0, 'B', makeSized(2), null);
    expect(a).toMatchObject({ count: 1, opRet: 1 });
    expect(b).toMatchObject({ count: 1, opRet: 1 });
    expect([a, b].map(({ values: [to, buf] }) => [to, (buf as Iatt).iaSize])).toEqual([
      ['B', 2],
      ['A', 1],
    ]);
    run.expectSettled();
  });

  it('hold: stored requests are wound when another request releases them', async () => {
    const run = await start('hold');
    const [a, b] = [
      run.ask('stat', run.knownLoc('a'), null),
      run.ask('stat', run.knownLoc('b'), null),
    ];
    const link = run.ask('readlink', run.knownLoc('c'), 10, null);
    expect(run.takeRequests()).toEqual([]);
    run.expectKept(3);
    const flush = run.ask('flush', new Fd(run.root, 0, 1), null);
    const held = run.takeRequests();
    expect(held.map(({ name }) => name)).toEqual(['flush', 'stat', 'stat', 'readlink']);
    held[0]!.answer(0, 0, null);
    held[3]!.answer(1, 0, 'x', makeSized(1), null);
    held[2]!.answer(0, 0, makeSized(2), null);
    held[1]!.answer(0, 0, makeSized(1), null);
    expect([a, b, flush, link].map((reply) => reply.opRet)).toEqual([0, 0, 0, 1]);
    expect(takeTexts(run)).toEqual(['b is back', 'a is back']);
    run.expectSettled();
  });

  it("own_requests: init, hooks and notify may wind requests with the module's own pid", async () => {
    const run = await start('own_requests');
    run.context.advance(1);
    const held = run.takeRequests();
    expect(held.map((h) => [h.name, pid(h), h.frame.root.op])).toEqual([
      ['stat', OWN_PID, 'STAT'],
      ['stat', OWN_PID, 'STAT'],
    ]);
    expect(run.xl.calls.list()).toEqual(held.map((h) => h.frame.root));
    held[0]!.answer(0, 0, makeSized(1), Dict.of({ key: 'value' }));
    held[1]!.answer(0, 0, makeSized(2), null);
    run.context.advance(2);
    expect(takeTexts(run).sort()).toEqual(['CHILD_UP: 2 bytes, -', 'init: 1 bytes, value']);
    const reply = run.ask('mkdir', run.absentLoc('new'), 0o755, 0, null);
    run.takeRequests()[0]!.answer(0, 0, null, null, null, null, null);
    expect(reply.opRet).toBe(0);
    run.context.advance(1);
    run.takeRequests()[0]!.answer(0, 0, makeSized(3), null);
    run.context.advance(2);
    expect(takeTexts(run)).toEqual(['new: 3 bytes, -']);
    run.expectSettled();
  });

  it("own_requests: a wind after the answer has the module's own pid and uid", async () => {
    const run = await start('own_requests');
    run.context.advance(1);
    for (const held of run.takeRequests()) held.answer(0, 0, makeSized(1), null);
    run.context.advance(2);
    run.takeLines();
    const reply = run.askAs({ uid: 7, pid: 42 }, 'access', run.knownLoc('a'), 0, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    const [held] = run.takeRequests();
    expect([held!.name, pid(held!), held!.frame.root.uid]).toEqual(['readlink', OWN_PID, 0]);
    held!.answer(-1, ENOENT, null, null, null);
    expect(takeTexts(run)).toEqual(['readlink: ENOENT']);
    run.expectSettled();
  });

  it("own_requests: a lookup of the module's own loc has the caller's uid and an inode", async () => {
    const run = await start('own_requests');
    run.context.advance(1);
    for (const held of run.takeRequests()) held.answer(0, 0, makeSized(1), null);
    run.context.advance(2);
    run.takeLines();
    const known = run.knownLoc('a.old', IA_IFDIR);
    const reply = run.askAs({ uid: 7 }, 'lookup', run.absentLoc('a'), null);
    const [a, beside] = run.takeRequests();
    expect(beside!.frame.root.uid).toBe(7);
    expect((beside!.args[0] as Loc).inode).toBe(known.inode);
    beside!.answer(0, 0, known.inode, makeAttributes(known.gfid, IA_IFDIR), null, null);
    a!.answer(-1, ENOENT, null, null, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
    expect(takeTexts(run)).toEqual(['beside: type 2']);
    run.ask('lookup', run.absentLoc('b'), null);
    const [, fresh] = run.takeRequests();
    expect((fresh!.args[0] as Loc).inode?.linked).toBe(false);
    for (const held of [fresh!]) held.answer(-1, ENOENT, null, null, null, null);
  });

  it('own_fds: a module reads a file that it opens, and closes it', async () => {
    const run = await start('own_fds');
    const { inode } = run.knownLoc('a');
    const reply = run.askAs({ pid: 42 }, 'getxattr', new Loc(inode), 'x', null);
    const [open] = run.takeRequests();
    const [loc, flags, fd] = open!.args as [Loc, number, Fd];
    expect([loc.inode, flags, fd.inode, fd.flags, fd.pid]).toEqual([inode, 0, inode, 0, 42]);
    expect(inode!.fdCount).toBe(1);
    open!.answer(0, 0, fd, null);
    const [read] = run.takeRequests();
    expect(read!.args[0]).toBe(fd);
    read!.answer(4, 0, new TextEncoder().encode('text'), null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: 0 });
    expect((reply.values[0] as Dict).bytes('content')).toEqual(new TextEncoder().encode('text'));
    expect(inode!.fdCount).toBe(0);
    run.expectSettled();
  });

  it('own_fds: a failed open leaves no fd', async () => {
    const run = await start('own_fds');
    const { inode } = run.knownLoc('a');
    const reply = run.ask('getxattr', new Loc(inode), 'x', null);
    run.takeRequests()[0]!.answer(-1, EACCES, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EACCES });
    expect(inode!.fdCount).toBe(0);
    run.expectSettled();
  });

  it('own_fds: a module lists a directory that it opens', async () => {
    const run = await start('own_fds');
    const dir = run.knownLoc('dir', IA_IFDIR);
    run.ask('access', dir, 0, null);
    const [opendir] = run.takeRequests();
    const fd = opendir!.args[1] as Fd;
    expect([fd.isDir, fd.inode]).toEqual([true, dir.inode]);
    opendir!.answer(0, 0, fd, null);
    run.takeRequests()[0]!.answer(0, 0, [], null);
    expect(takeTexts(run)).toEqual(['0 entries']);
    expect(dir.inode!.fdCount).toBe(0);
    run.expectSettled();
  });

  it('own_fds: an fd of a created file is released when the volume stops', async () => {
    const run = await start('own_fds');
    const make = (): Fd => {
      run.ask('removexattr', run.knownLoc('a'), 'new', null);
      const [create] = run.takeRequests();
      const fd = create!.args[4] as Fd;
      expect(fd.inode).toBe((create!.args[0] as Loc).inode);
      create!.answer(0, 0, fd, fd.inode, makeSized(1), null, null, null);
      run.takeRequests()[0]!.answer(7, 0, null, null, null);
      return fd;
    };
    const [one, two] = [make(), make()];
    expect([one.inode.fdCount, two.inode.fdCount]).toEqual([1, 1]);
    expect(run.ask('fsync', one, 0, null)).toMatchObject({ count: 1, opRet: 0 });
    expect([one.inode.fdCount, two.inode.fdCount]).toEqual([0, 1]);
    run.expectSettled();
    await run.graph.stop();
    expect(two.inode.fdCount).toBe(0);
  });

  it("own_fds: closing the caller's fd fails", async () => {
    const run = await start('own_fds');
    const fd = new Fd(run.root, 0, 1);
    expect(run.ask('flush', fd, null)).toMatchObject({ count: 1, opRet: -1 });
    expect(takeTexts(run)[0]).toMatch(/not opened by this module/);
    fd.release();
    run.expectSettled();
  });

  it('clock: a sleep delays its own request only', async () => {
    const run = await start('clock');
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.context.advance(4999);
    expect([run.takeRequests().length, reply.count]).toEqual([0, 0]);
    run.context.advance(2);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.expectSettled();
  });

  it('clock: a timeout answers ETIMEDOUT, and the late reply is dropped', async () => {
    const run = await start('clock');
    const access = run.ask('access', run.knownLoc('a'), 0, null);
    const link = run.ask('readlink', run.knownLoc('a'), 100, null);
    run.context.advance(1999);
    expect([access.count, link.count]).toEqual([0, 0]);
    run.context.advance(2);
    expect(access).toMatchObject({ count: 1, opRet: -1, opErrno: ETIMEDOUT });
    expect(link).toMatchObject({ count: 1, opRet: 4, values: ['late', null, null] });
    const [a, b] = run.takeRequests();
    a!.answer(0, 0, null);
    b!.answer(1, 0, 'x', makeSized(1), null);
    expect(takeTexts(run)).toEqual([]);
    run.expectSettled();
  });

  it('clock: an event that another request sets wakes every waiting request', async () => {
    const run = await start('clock');
    const fd = new Fd(run.root, 0, 1);
    const waiting = [run.ask('flush', fd, null), run.ask('flush', fd, null)];
    expect(waiting.map(({ count }) => count)).toEqual([0, 0]);
    run.ask('fsync', fd, 0, null);
    expect(waiting.map(({ count, opRet }) => [count, opRet])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    run.expectSettled();
  });

  it('clock: a cancelled task runs its finally block, and a cancelled request fails with EINTR', async () => {
    const run = await start('clock');
    const reply = run.ask('fstat', new Fd(run.root, 0, 1), null);
    expect(reply).toMatchObject({ count: 1, opErrno: ENOTSUP });
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect(takeTexts(run)).toEqual(['given up']);
    const cancelled = run.ask('statfs', new Loc(run.root), null);
    expect(cancelled).toMatchObject({ count: 1, opErrno: EINTR });
    for (const held of run.takeRequests()) held.answer(0, 0, null, null);
    run.expectSettled();
  });
}
