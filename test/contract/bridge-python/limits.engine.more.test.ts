/**
 * Tests of modules that never return, take all memory, recurse without end or lose the interpreter:
 * every request has exactly one answer, and the volume goes on working.
 */
import { describe, expect, it, vi } from 'vitest';
import { EPERM } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { makeModuleGraph, type RunningModule, startModule } from '../../support/module.ts';
import { expectWorks, failed, readlink, stat } from './failing-module.ts';

async function start(source: string, options: Record<string, string> = {}): Promise<RunningModule> {
  const all = { 'time-limit': '1', 'memory-limit': '96MB', ...options };
  const run = await startModule({ 'm.py': source }, { options: all });
  run.takeLines();
  return run;
}

const ENDLESS = `import asyncio, sys
from glupy import *

def spin():
    while True: pass

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        spin()

    def readlink_cbk(self, frame, *reply):
        spin()

    async def fsync(self, frame, fd, datasync, xdata):
        await asyncio.sleep(0.001)
        spin()

    async def flush(self, frame, fd, xdata):
        while True:
            await asyncio.sleep(0)

    def entry_created(self, loc):
        spin()

    def access(self, frame, loc, mask, xdata):
        frame.wind()
`;

const UNHEARD = `import weakref
from glupy import *

class Thing:
    pass

class Stubborn:
    def __del__(self):
        while True: pass

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        Stubborn()
        while True: pass

    def readlink(self, frame, loc, size, xdata):
        thing = Thing()
        ref = weakref.ref(thing, lambda ref: spin())
        del thing
        for n in range(10**12): pass

    def access(self, frame, loc, mask, xdata):
        frame.wind()

def spin():
    while True: pass
`;

describe('a Python module that never returns', () => {
  it('is ended even while the host reports a request without a reply', async () => {
    const run = await start(`import glupy._settle as settle
from glupy import *

error_at = settle.error_at

def slow_once(*args):
    settle.error_at = error_at
    while True: pass

settle.error_at = slow_once

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        pass

    def access(self, frame, loc, mask, xdata):
        frame.wind()
`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines().join('\n')).toMatch(
      /E \[m\.py:13:stat\] .*neither answered nor passed on/,
    );
    expectWorks(run);
  });

  it('is ended even where Python ignores exceptions', async () => {
    const run = await start(UNHEARD);
    const line = /^E \[m\.py:\d+:(stat|readlink)\] .*TimeLimit: the call ran longer/;
    for (const ask of [stat, readlink, stat]) {
      expect(ask(run)).toMatchObject(failed);
      expect(run.takeLines()).toEqual([expect.stringMatching(line)]);
      expectWorks(run);
    }
  });

  it('is ended at the time limit in a fop, callback, coroutine or hook', async () => {
    const run = await start(ENDLESS);
    const line = /^E \[m\.py:5:spin\] .*TimeLimit: the call ran longer than its time limit/;
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(line)]);
    expectWorks(run);

    const link = readlink(run);
    run.takeRequests()[0]!.answer(1, 0, 'x', null, null);
    expect(link).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(line)]);
    expectWorks(run);

    const fsync = run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    run.context.advance(2);
    expect(fsync).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(line)]);
    expectWorks(run);

    const mkdir = run.ask('mkdir', run.absentLoc('a'), 0, 0, null);
    run.takeRequests()[0]!.answer(0, 0, null, null, null, null, null);
    expect(mkdir).toMatchObject({ count: 1, opRet: 0 });
    expect(run.takeLines()).toEqual([expect.stringMatching(line)]);
    expectWorks(run);
    expect(run.dump().failures).toBe(4);
  });

  it('may await in an endless loop without blocking other requests', async () => {
    const run = await start(ENDLESS, { 'time-limit': '0', 'frame-timeout': '1' });
    const reply = run.ask('flush', new Fd(run.root, 0, 1), null);
    const other = run.ask('access', run.knownLoc('other'), 4, null);
    run.takeRequests()[0]!.answer(0, 0, null);
    expect([reply.count, other.count]).toEqual([0, 1]);
    for (let ms = 0; ms < 2000; ms += 500) run.context.advance(500);
    expect(reply).toMatchObject(failed);
    expectWorks(run);
  });

  it.each([
    ['when it is loaded', 'while True: pass'],
    [
      'in init',
      'from glupy import *\nclass xlator(Translator):\n  def init(self):\n    while True: pass',
    ],
  ])('prevents the start %s', async (_title, source) => {
    const options = { 'time-limit': '1' };
    const run = makeModuleGraph({ 'm.py': source }, { options });
    await expect(run.graph.start()).rejects.toThrow(/m\.py:\d: TimeLimit: the call ran longer/);
  });
});

describe('a Python module that exceeds its limits', () => {
  it.each([
    ['of a method', 'def f(self): return self.f()'],
    ['through C', 'def f(self): return sorted([1, 2], key=lambda _: self.f())'],
    ['through a property', 'def __getattr__(self, name): return getattr(self, name + "x")'],
    ['through json', 'def f(self): import json; json.loads("[" * 100_000)'],
  ])(
    'fails the request with RecursionError after too deep a recursion %s',
    async (_title, code) => {
      const run = await start(`from glupy import *

class xlator(Translator):
    ${code}

    def stat(self, frame, loc, xdata):
        self.g() if "getattr" in ${JSON.stringify(code)} else self.f()

    async def fsync(self, frame, fd, datasync, xdata):
        self.stat(frame, None, None)

    def access(self, frame, loc, mask, xdata):
        frame.wind()
`);
      for (let times = 0; times < 3; times += 1) {
        expect(stat(run)).toMatchObject(failed);
        expect(run.takeLines()).toEqual([
          expect.stringMatching(/^E \[m\.py:\d+:\w+\] .*RecursionError/),
        ]);
      }
      expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
      expectWorks(run);
    },
  );
});

const DYING = `import asyncio, os
from glupy import *
kept = []

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        os._exit(3)

    async def readlink(self, frame, loc, size, xdata):
        return await self.child.readlink(loc, size, xdata)

    def fsync(self, frame, fd, datasync, xdata):
        kept.append(frame)

    async def flush(self, frame, fd, xdata):
        await asyncio.sleep(1)

    def statfs_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply)

    def entry_created(self, loc):
        if loc.name == "die":
            self.child.stat(Loc.of(gfid=ROOT_GFID))  # never carried out
            os._exit(3)

    def access(self, frame, loc, mask, xdata):
        frame.wind()
`;

describe('a Python interpreter that ends unexpectedly', () => {
  const lost = [
    expect.stringMatching(/^C .*the interpreter is lost: /),
    expect.stringMatching(/^W .*the interpreter is started anew now: it is lost$/),
  ];

  /** A request waits for the next interpreter, which serves it. */
  async function awaitRestart(run: RunningModule): Promise<void> {
    run.takeRequests();
    const reply = run.ask('access', run.knownLoc('other'), 4, null);
    expect(reply.count).toBe(0);
    await vi.waitFor(() => expect(run.leaf.requests).toHaveLength(1), 60_000);
    run.takeRequests()[0]!.answer(0, 0, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.expectSettled();
  }

  it('fails its pending requests and is replaced', async () => {
    const run = await start(DYING);
    const link = readlink(run);
    const fd = new Fd(run.root, 0, 1);
    const waiting = [link, run.ask('fsync', fd, 0, null), run.ask('flush', fd, null)];
    const statfs = run.ask('statfs', run.knownLoc('a'), null);
    expect(stat(run)).toMatchObject(failed);
    for (const reply of [...waiting, statfs]) expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual(lost);
    // Replies that still come change nothing.
    for (const held of run.takeRequests()) held.answer(-1, EPERM, ...held.args.map(() => null));
    fd.release();
    await awaitRestart(run);
  });

  it('is replaced after an exit in a hook, and the fop succeeds', async () => {
    const run = await start(DYING);
    const reply = run.ask('mkdir', run.absentLoc('die'), 0, 0, null);
    run.takeRequests()[0]!.answer(0, 0, null, null, null, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(run.takeLines().slice(-2)).toEqual(lost);
    await awaitRestart(run);
  });

  it('is replaced after a call that ignores the time limit', async () => {
    const run = await start(`from glupy import *

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        while True:
            try:
                while True: pass
            except BaseException: pass

    def mkdir(self, frame, *args):
        frame.wind()

    def access(self, frame, loc, mask, xdata):
        frame.wind()

    def statfs(self, frame, loc, xdata):
        frame.wind()
`);
    const pending = run.ask('access', run.knownLoc('other'), 4, null);
    run.takeRequests()[0]!.answer(0, 0, null);
    expect(pending.opRet).toBe(0);
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines()).toEqual(lost);
    await awaitRestart(run);
  });

  it('does not delay the stop of the volume', async () => {
    const run = await start(`${DYING}
    def fini(self):
        pass
`);
    const reply = readlink(run);
    stat(run);
    run.takeLines();
    await run.graph.stop();
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([]);
  });
});
