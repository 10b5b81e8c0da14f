/**
 * Tests of mistakes with any_fop, cancel methods, hooks and timers: the message names their line.
 */
import { describe, expect, it } from 'vitest';
import { errnoNumber } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { makeModuleGraph, type RunningModule, startModule } from '../../support/module.ts';
import { rows } from '../../support/rows.ts';
import { makeSized } from '../bridge/requests.ts';
import { expectWorks, start, stat } from './failing-module.ts';

const source = (body: string): string =>
  `from glupy import Translator\n\nclass xlator(Translator):\n    ${body}\n`;

async function startError(body: string): Promise<string> {
  const run = makeModuleGraph({ 'm.py': source(body) });
  return (await run.findStartProblems()).join();
}

describe('a Python class', () => {
  it.each(rows`
def any_fop(self, frame): pass ⇒ m\.py:4: any_fop is .*must take \(self, frame, \*args\)
def any_fop(self, frame, loc, xdata): pass ⇒ m\.py:4: any_fop
def any_cbk(self, frame, *args): pass
      def any_fop(self): pass
  ⇒ m\.py:5: any_fop is a fop's
def any_cbk(self, frame, op_ret, op_errno): pass
  ⇒ m\.py:4: any_cbk .*\(self, frame, op_ret, op_errno, \*reply\)
def any_fop(self, *args): pass
      def any_cancel(self): pass
  ⇒ m\.py:5: any_cancel .*must take \(self, frame\)
def stat(self, *args): pass
      def stat_cancel(self, frame, x): pass
  ⇒ m\.py:5: stat_cancel .*must take \(self, frame\)
def stat(self, *args): pass
      async def stat_cancel(self, frame): pass
  ⇒ m\.py:5: stat_cancel cannot be an async def
async def stat(self, *args): pass
      def stat_cancel(self, frame): pass
  ⇒ m\.py:5: stat is an async def and has a stat_cancel: choose one
async def any_fop(self, *args): pass
      def stat_cbk(self, *args): pass
  ⇒ m\.py:5: any_fop is an async def and has a stat_cbk: give it a stat, or no stat_cbk
async def any_fop(self, *args): yield ⇒ m\.py:4: any_fop has a yield in it
def notify(self): pass ⇒ m\.py:4: notify is a hook and must take \(self, event, child\)
def statedump(self, x): pass ⇒ m\.py:4: statedump is a hook and must take \(self\)
async def dump_state(self): pass ⇒ m\.py:4: dump_state cannot be an async def
def load_state(self): pass ⇒ m\.py:4: load_state .*\(self, state\)
def reconfigure(self): pass ⇒ m\.py:4: reconfigure .*\(self, options\)
def entry_created(self): pass ⇒ m\.py:4: entry_created .*\(self, loc\)
def init(self): self.timer("1", print) ⇒ m\.py:4: ValueError: timer: seconds must
def init(self): self.timer(-1, print) ⇒ m\.py:4: ValueError: timer: seconds must
def init(self): self.timer(1, None) ⇒ m\.py:4: TypeError: timer: None cannot be called
def init(self): self.timer(0, print, repeat=True) ⇒ m\.py:4: ValueError: .*above 0
`)('with an invalid method or call prevents the start with its line: %s', async (body, text) => {
    expect(await startError(body)).toMatch(new RegExp(text));
  });

  it('may have an async any_fop beside plain fops', async () => {
    const run = await startModule({
      'm.py': source(`async def any_fop(self, frame, *args): raise PermissionError
    def stat(self, frame, *args): frame.wind()
    def stat_cbk(self, frame, *args): frame.fail(7)`),
    });
    run.takeLines();
    const reply = stat(run);
    run.takeRequests()[0]!.answer(-1, 1, null, null);
    expect(reply.opErrno).toBe(7);
  });
});

it('a cancel method in Python causes a warning if the method of its fop is missing', async () => {
  const run = await startModule({ 'm.py': source('def stat_cancel(self, frame): pass') });
  expect(run.takeLines()).toContainEqual(
    expect.stringMatching(/^W \[m\.py:4:stat_cancel\] .*stat_cancel is never called: there is no/),
  );
});

describe('the return value of statedump and dump_state', () => {
  const callHook = async (body: string, name: 'statedump' | 'dump_state') => {
    const run: RunningModule = await startModule({ 'm.py': source(body) });
    run.takeLines();
    return { json: run.host.interpreter.guest.callStateHook(name), lines: run.takeLines() };
  };

  it.each([
    ['def statedump(self): return [1]', 'statedump', /TypeError: statedump must return a dict/],
    ['def statedump(self): return {"a": []}', 'statedump', /TypeError: .*not 'a': \[\]/],
    ['def statedump(self): return {1: 1}', 'statedump', /TypeError: .*not 1: 1/],
    ['def statedump(self): return 1 / 0', 'statedump', /\[m\.py:4:statedump\].*ZeroDivision/],
    ['def dump_state(self): return {"a": {1}}', 'dump_state', /dump_state failed: TypeError.*set/],
  ] as const)(
    'is rejected and logged when it is no dict or cannot become JSON: %s',
    async (body, name, text) => {
      const { json, lines } = await callHook(body, name);
      expect(json).toBeUndefined();
      expect(lines).toEqual([expect.stringMatching(text)]);
    },
  );

  it('reaches the host as JSON', async () => {
    const state = 'def dump_state(self): return {"a": [1, None, "b\\udc80"]}';
    expect(JSON.parse((await callHook(state, 'dump_state')).json!)).toEqual({
      a: [1, null, 'b\udc80'],
    });
    const dump = 'def statedump(self): return {"a": 1, "b": 0.5, "c": "x"}';
    expect(JSON.parse((await callHook(dump, 'statedump')).json!)).toEqual({ a: 1, b: 0.5, c: 'x' });
  });
});

it('a failing callback of a timer is logged with its line, and the timer repeats', async () => {
  const run = await start(`def init(self):
    self.timer(1, self.ring, repeat=True)
    self.timer(1, self.later)

def ring(self):
    raise ValueError("ding")

async def later(self):
    await asyncio.sleep(1)
    raise ValueError("dong")`);
  run.context.advance(1000);
  expect(run.takeLines()).toEqual([
    expect.stringMatching(/^E \[m\.py:11:ring\] 0-top: timer ring failed: ValueError: ding/),
  ]);
  run.context.advance(1000);
  expect(run.takeLines().join()).toMatch(
    /m\.py:11:ring[\s\S]*m\.py:15:later\].*timer later failed.*dong/,
  );
  expectWorks(run);
});

describe('an errno in a Python module', () => {
  it.each(['ECHRNG', 'EXFULL', 'ENONET', 'ENOPKG', 'EPROTO', 'EDOTDOT', 'ENOTUNIQ', 'EDQUOT'])(
    "%s has Linux's number, not WASI's",
    async (name) => {
      const run = await start(`async def stat(self, frame, loc, xdata):
    raise OSError(${name}, "of our own")`);
      expect(stat(run)).toMatchObject({ count: 1, opErrno: errnoNumber(name) });
      expectWorks(run);
    },
  );

  it.each([
    ['open("/lib/nothing")', 'ENOENT'],
    ['os.mkdir("/lib")', 'EEXIST'],
    ['os.rmdir("/lib")', 'ENOTEMPTY'],
  ])("from a file operation inside the interpreter has Linux's number: %s", async (code, name) => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    import os
    ${code}`);
    expect(stat(run)).toMatchObject({ count: 1, opErrno: errnoNumber(name) });
    expectWorks(run);
  });
});

it("translate() of a request's data maps every byte by a table and deletes the given bytes", async () => {
  const run = await start(`def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
    table = bytes(255 - i for i in range(256))
    assert vector.translate(table) == bytes(vector).translate(table)
    frame.unwind(op_ret, op_errno, vector.translate(table, delete=b"a"), stbuf, xdata)`);
  const reply = run.ask('readv', new Fd(run.root, 0, 1), 4, 0, 0, null);
  run.takeRequests()[0]!.answer(4, 0, Uint8Array.of(0, 97, 1, 255), makeSized(4), null);
  expect(reply).toMatchObject({ count: 1, opRet: 3 });
  expect([...(reply.values[0] as Uint8Array)]).toEqual([255, 254, 0]);
  expectWorks(run);
});

it("every Python logger writes to the volume's log with the line of the call", async () => {
  const run = await start(`def stat(self, frame, loc, xdata):
    import logging
    logging.info("to the root")
    logging.getLogger("a.library").warning("by %s", "name")
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger(__name__).exception("caught")
    frame.fail(EPERM)`);
  expect(stat(run)).toMatchObject({ count: 1, opErrno: errnoNumber('EPERM') });
  expect(run.takeLines()).toEqual([
    'I [m.py:8:stat] 0-top: to the root',
    'W [m.py:9:stat] 0-top: by name',
    expect.stringMatching(
      /^E \[m\.py:13:stat\] 0-top: caught\n[\s\S]*m\.py", line 11[\s\S]*ZeroDivision/,
    ),
  ]);
  expectWorks(run);
});
