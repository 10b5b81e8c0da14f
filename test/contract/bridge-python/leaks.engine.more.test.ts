/**
 * Tests of leaks: thousands of requests of every kind leave host, interpreter and memory as they
 * were. Kinds that differ little run in `test:long`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EAGAIN } from '../../../runtime/core/errno.ts';
import type { Dirent } from '../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { HeldRequest } from '../../support/core.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeModuleGraph, type RunningModule } from '../../support/module.ts';
import { onlyInFirst, selectVariants } from '../../support/test-selection.ts';
import { makeSized } from '../bridge/requests.ts';

const SOURCE = `import asyncio, gc, json, sys, logging
from glupy import *
from glupy import frame as frames, inode, _loop

class xlator(Translator):
    def init(self):
        self.log.setLevel(logging.CRITICAL)

    # What is left: frames, contexts, fds, timers, objects in cycles, and blocks of memory.
    def statfs(self, frame, loc, xdata):
        frame.fail(EPERM)
        gc.collect()
        count = [len(frames.waiting), len(frames.kept), len(inode.contexts)]
        count += [len(inode.Fd.known), len(_loop.loop._timers), len(_loop.loop._ready)]
        print(json.dumps([*count, sys.getallocatedblocks()]))

    def stat(self, frame, loc, xdata):
        getattr(self, "do_" + xdata["kind"])(frame, loc, xdata)

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        getattr(self, "did_" + frame.local)(frame, op_ret, op_errno, buf, xdata)

    def do_fail(self, frame, loc, xdata):
        frame.fail(EPERM)

    def do_raise(self, frame, loc, xdata):
        raise ValueError("raised")

    def do_drop(self, frame, loc, xdata):
        pass

    def do_cycle(self, frame, loc, xdata):
        frame.local = [frame]

    def do_twice(self, frame, loc, xdata):
        frame.fail(EPERM)
        frame.fail(EPERM)

    def do_wrong(self, frame, loc, xdata):
        frame.unwind(0, 0, 7)

    def do_pass(self, frame, loc, xdata):
        frame.local = "pass"
        frame.wind()

    def did_pass(self, frame, *reply):
        frame.unwind(*reply)

    def do_cbk(self, frame, loc, xdata):
        frame.local = "cbk"
        frame.wind()

    def did_cbk(self, frame, *reply):
        raise ValueError("raised")

    def do_change(self, frame, loc, xdata):
        frame.local = "change"
        loc.inode.ctx["seen"] = loc.path
        xdata["more"] = b"bytes"
        frame.wind()

    def did_change(self, frame, op_ret, op_errno, buf, xdata):
        if buf is not None:
            buf.ia_size += 1
        frame.unwind(op_ret, op_errno, buf, xdata)

    def do_fan(self, frame, loc, xdata):
        frame.local = "fan"
        for _ in range(3):
            frame.wind()

    def did_fan(self, frame, op_ret, op_errno, buf, xdata):
        if not frame.answered:
            frame.unwind(op_ret, op_errno, buf, xdata)

    def do_kept(self, frame, loc, xdata):
        asyncio.get_running_loop().call_later(0.001, frame.fail, EPERM)

    async def access(self, frame, loc, mask, xdata):
        return await getattr(self, "go_" + xdata["kind"])(loc)

    async def go_pass(self, loc):
        return await self.child.access(loc, 1)

    async def go_raise(self, loc):
        await self.child.access(loc, 1)
        raise ValueError("raised")

    async def go_sleep(self, loc):
        await asyncio.sleep(0.001)
        return await self.child.access(loc, 1)

    async def go_late(self, loc):
        async with asyncio.timeout(0.001):
            await asyncio.sleep(5)

    async def go_gather(self, loc):
        asked = [self.child.access(loc, 1), self.child.access(loc, 2)]
        return (await asyncio.gather(*asked))[0]

    async def go_own(self, loc):
        task = asyncio.create_task(self.beside(loc))
        return await self.child.access(loc, 1)

    async def beside(self, loc):
        await asyncio.sleep(0.001)
        await self.child.stat(loc)

    async def go_cancel(self, loc):
        task = asyncio.create_task(self.beside(loc))
        await asyncio.sleep(0)
        task.cancel()
        raise OSError(EPERM, "cancelled")

    async def go_open(self, loc):
        with (await self.child.open(loc, 0)).fd as fd:
            fd.ctx["seen"] = fd
        return await self.child.access(loc, 1)

    def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
        if vector is not None:
            vector = bytes(vector)[1:]
        frame.unwind(op_ret, op_errno, vector, stbuf, xdata)

    def readdirp_cbk(self, frame, op_ret, op_errno, entries, xdata):
        if entries is not None:
            entries = entries[1:]
        frame.unwind(op_ret, op_errno, entries, xdata)

    def fstat(self, frame, fd, xdata):
        fd.ctx["seen"] = fd.inode.ctx
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, inode, buf, xdata, postparent):
        if inode is not None:
            inode.ctx["size"] = buf.ia_size
        frame.unwind(op_ret, op_errno, inode, buf, xdata, postparent)

    def entry_created(self, loc):
        if loc.name.startswith("raise"):
            raise ValueError(loc.path)
`;

let run: RunningModule;
const entry = (off: number): Dirent => ({
  name: `entry${off}`,
  off,
  type: 8,
  gfid: makeSized(off).iaGfid,
  stat: makeSized(off),
  dict: null,
  inode: null,
});

/** Replies of the child: a success with all there is, or a failure. */
function answer(held: HeldRequest, fails: boolean): void {
  if (fails) held.answer(-1, EAGAIN, ...held.args.map(() => null), null, null);
  else if (held.name === 'readv') held.answer(64, 0, new Uint8Array(64), makeSized(1), null);
  else if (held.name === 'readdirp') held.answer(2, 0, [entry(1), entry(2)], null);
  else if (held.name === 'lookup') held.answer(0, 0, loc(held).inode, makeSized(5), null, null);
  else if (held.name === 'mkdir') held.answer(0, 0, null, null, null, null, null);
  else if (held.name === 'access') held.answer(0, 0, null);
  else if (held.name === 'open') held.answer(0, 0, held.args[2], null);
  else held.answer(0, 0, makeSized(1), Dict.of({ key: 'value' }));
}

const loc = (held: HeldRequest): Loc => held.args[0] as Loc;

/** Sends `count` requests, some of them at a time, to leaves that fail every third. */
function send(count: number, ask: (at: number) => void): void {
  for (let at = 0; at < count; at += 1) {
    ask(at);
    if (at % 3 === 0) continue;
    for (const [index, held] of run.takeRequests().entries()) answer(held, (at + index) % 3 === 1);
    if (at % 50 === 1) run.context.advance(5);
  }
  for (let times = 0; times < 8; times += 1) {
    for (const held of run.takeRequests()) answer(held, false);
    run.context.advance(1000);
  }
  expect(run.replies.filter(({ count }) => count !== 1).length).toBe(0);
  run.replies.length = 0;
  run.context.lines.length = 0;
}

/** The remaining objects that the module counts. */
function countLeft(): { counts: number[]; blocks: number } {
  run.ask('statfs', new Loc(run.root), null);
  const line = run.context.lines.find((text) => text.includes('0-top: ['))!;
  const counts = JSON.parse(line.slice(line.indexOf('0-top: ') + 7)) as number[];
  run.context.lines.length = 0;
  run.replies.length = 0;
  return { counts, blocks: counts.pop()! };
}

const COUNT = 1000;
/** The allowance for the measurement and resized tables; a leak is COUNT and more. */
const SLACK = COUNT / 4;

function expectNothingLeft(ask: (at: number) => void): void {
  send(COUNT / 4, ask);
  countLeft();
  const before = countLeft();
  const { memoryBytes } = run.host.interpreter.guest;
  send(COUNT, ask);
  const after = countLeft();
  expect(after.counts).toEqual(before.counts);
  expect(run.host.pending.size).toBe(0);
  expect(run.knownLoc('file').inode!.fdCount).toBeLessThan(2);
  expect(after.blocks - before.blocks).toBeLessThan(SLACK);
  expect(run.host.interpreter.guest.memoryBytes).toBe(memoryBytes);
  expect(run.context.waiting).toBeLessThan(3);
}

beforeAll(async () => {
  // All tests share the module, so a leak appears in the later ones, too.
  const folder = makeFolder();
  writeFileSync(join(folder, 'm.py'), SOURCE);
  run = makeModuleGraph(folder);
  await run.graph.start();
  return async () => {
    await run.graph.stop();
  };
});

/** The actions of the methods, and the kinds by which the module finds them. */
const methods = [
  ['fails the request', 'fail'],
  ['raises an exception', 'raise'],
  ['returns without a decision', 'drop'],
  ['makes a cycle with the frame', 'cycle'],
  ['replies twice', 'twice'],
  ['replies with a wrong value', 'wrong'],
  ['passes the reply up', 'pass'],
  ['raises an exception in its callback', 'cbk'],
  ['winds three times', 'fan'],
  ['replies from a timer', 'kept'],
  ['changes arguments and reply', 'change'],
] as const;
const asyncMethods = [
  ['awaits its child', 'pass'],
  ['raises an exception after an await', 'raise'],
  ['sleeps', 'sleep'],
  ['exceeds its timeout', 'late'],
  ['awaits two fops at a time', 'gather'],
  ['does not await its task', 'own'],
  ['cancels its task', 'cancel'],
  ['opens a file', 'open'],
] as const;

describe('thousands of requests leave no objects in the interpreter', () => {
  const first: readonly string[] = ['raise', 'drop', 'cycle', 'twice', 'cbk'];
  it.each(selectVariants(methods, ([, kind]) => first.includes(kind)))(
    'if the method %s',
    (_action, kind) => {
      const known = run.knownLoc('file');
      expectNothingLeft(() => run.ask('stat', known, Dict.of({ kind })));
    },
  );

  const firstAwaited: readonly string[] = ['raise', 'late', 'own', 'open'];
  it.each(selectVariants(asyncMethods, ([, kind]) => firstAwaited.includes(kind)))(
    'if the async method %s',
    (_action, kind) => {
      const known = run.knownLoc('file');
      expectNothingLeft(() => run.ask('access', known, 1, Dict.of({ kind })));
    },
  );

  onlyInFirst(() => {
    it('with changed data', () => {
      const fd = new Fd(run.knownLoc('file').inode!, 0, 1);
      expectNothingLeft(() => run.ask('readv', fd, 64, 0, 0, null));
      fd.release();
    });

    it('with directory listings', () => {
      const fd = new Fd(run.root, 0, 1, true);
      expectNothingLeft(() => run.ask('readdirp', fd, 64, 0, null));
      fd.release();
    });

    it('when their fds are released', () => {
      const { inode } = run.knownLoc('file');
      expectNothingLeft(() => {
        const fd = new Fd(inode!, 0, 1);
        run.ask('fstat', fd, null);
        fd.release();
      });
    });

    it('when their inodes are forgotten', () => {
      run.graph.inodes.lruLimit = 1;
      expectNothingLeft((at) => {
        const absent = run.absentLoc(`name${at}`);
        run.ask('lookup', absent, null);
        run.graph.inodes.link(absent.inode!, run.root, `name${at}`, makeSized(at + 10));
      });
    });

    it('with new names and failing hooks', () => {
      expectNothingLeft((at) =>
        run.ask('mkdir', run.absentLoc(at % 2 ? 'raise' : 'new'), 0, 0, null),
      );
    });
  });
});
