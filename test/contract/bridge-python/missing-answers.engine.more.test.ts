/** Tests of requests that modules answer never or twice: each has exactly one answer. */
import { describe, expect, it } from 'vitest';
import { EACCES, EPERM } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { makeSized } from '../bridge/requests.ts';
import { expectWorks, failed, readlink, start, stat } from './failing-module.ts';

describe('a request that a Python module does not reply to', () => {
  const missing = /stat: the request was neither answered nor passed on/;

  it.each([
    ['is dropped', 'pass'],
    ['is dropped by a callback', 'frame.wind()'],
    ['is kept by a dropped object', 'frame.local = [frame]\n    del frame\n    gc.collect()'],
  ])('fails with EIO when its frame %s', async (_title, code) => {
    const run = await start(`def stat(self, frame, loc, xdata):
    ${code}

def stat_cbk(self, frame, *reply):
    pass`);
    const reply = stat(run);
    for (const held of run.takeRequests()) held.answer(0, 0, makeSized(1), null);
    if (reply.count === 0) run.context.advance(4000);
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(/^E \[m\.py:6:stat\]/)]);
    expect(run.history.at(-1)).toMatch(missing);
    expectWorks(run);
  });

  it.each(['return -1, EPERM', 'return -EPERM', 'frame.wind()'])(
    'fails with EIO and a hint after a method that is not async runs %s',
    async (code) => {
      const run = await start(`def stat(self, frame, loc, xdata):
    ${code}

def stat_cbk(self, frame, *reply):
    return list(reply)`);
      const reply = stat(run);
      for (const held of run.takeRequests()) held.answer(0, 0, makeSized(1), null);
      if (reply.count === 0) run.context.advance(4000);
      expect(reply).toMatchObject(failed);
      const returned = /it returned .*, which answers only in an async def: write frame\.unwind/;
      expect(run.takeLines().join('\n')).toMatch(returned);
      expectWorks(run);
    },
  );

  it('fails when the module drops the frame that it has stored', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    kept.append(frame)

def fsync(self, frame, fd, datasync, xdata):
    kept.clear()
    frame.unwind(0)`);
    const reply = stat(run);
    run.context.advance(10_000);
    expect(reply.count).toBe(0);
    expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject({ opRet: 0 });
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(missing)]);
    expectWorks(run);
  });

  it('fails after frame-timeout, and a later reply raises AlreadyAnswered', async () => {
    const run = await start(
      `def stat(self, frame, loc, xdata):
    kept.append(frame)

def fsync(self, frame, fd, datasync, xdata):
    self.log.info("%s", kept[0].answered)
    kept.pop().fail(EPERM)`,
      { options: { 'frame-timeout': '20' } },
    );
    const reply = stat(run);
    run.context.advance(19_000);
    expect(reply.count).toBe(0);
    run.context.advance(3000);
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([
      expect.stringMatching(/^E .*stat: no answer within 20 s \(option frame-timeout\)/),
    ]);
    expect(run.xl.priv.host.counters.timeouts).toBe(1);
    expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
    expect(run.takeLines()).toEqual([
      expect.stringMatching(/^I \[m\.py:10:fsync\] 0-top: True/),
      expect.stringMatching(/^E \[m\.py:11:fsync\] .*AlreadyAnswered: stat: answered twice/),
    ]);
    expectWorks(run);
  });

  it.each([
    ['half an hour by default', {}, 1],
    ['never with 0', { 'frame-timeout': '0' }, 0],
  ])('fails after frame-timeout, which is %s', async (_title, options, count) => {
    const run = await start(
      `async def stat(self, frame, loc, xdata):
    # Another request could still set it.
    kept.append(asyncio.Future())
    await kept[0]`,
      { options },
    );
    const reply = run.ask('stat', run.knownLoc('file'), null);
    run.context.advance(1_799_000);
    const early = reply.count;
    run.context.advance(60_000);
    run.context.advance(86_400_000);
    expect([early, reply.count]).toEqual([0, count]);
  });

  it("does not time out while the module waits for a child's reply", async () => {
    const run = await start(
      `async def stat(self, frame, loc, xdata):
    return await self.child.stat(loc)

def readlink(self, frame, loc, size, xdata):
    frame.wind()

def readlink_cbk(self, frame, *reply):
    kept.append(frame)`,
      { options: { 'frame-timeout': '20' } },
    );
    const [reply, link] = [stat(run), readlink(run)];
    run.context.advance(100_000);
    expect([reply.count, link.count]).toEqual([0, 0]);
    const [held, other] = run.takeRequests();
    held!.answer(-1, EPERM, null, null);
    other!.answer(-1, EPERM, null, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
    // From here on it is the module that is waited for.
    run.context.advance(19_000);
    expect(link.count).toBe(0);
    run.context.advance(3000);
    expect(link).toMatchObject(failed);
    expectWorks(run);
  });

  it.each([
    ['awaits a future that is never set', 'await asyncio.get_running_loop().create_future()'],
    ['awaits itself', 'self.me = asyncio.current_task()\n    await asyncio.shield(self.me)'],
  ])('fails when its coroutine %s, and the finally block runs', async (_title, code) => {
    const run = await start(
      `async def stat(self, frame, loc, xdata):
    try:
        ${code.replaceAll('\n', '\n    ')}
    finally:
        self.log.info("finally")`,
      { options: { 'frame-timeout': '20' } },
    );
    const reply = stat(run);
    run.context.advance(30_000);
    expect(reply).toMatchObject(failed);
    const lines = run.takeLines();

    // Either way its finally runs: the coroutine was cancelled or destroyed.
    expect(lines).toHaveLength(2);
    expect(lines.some((line) => /^I .*finally/.test(line))).toBe(true);
    expect(lines.some((line) => /^E .*(no answer within|neither answered)/.test(line))).toBe(true);
    expectWorks(run);
  });

  it('fails after the garbage collection when its frame is in a reference cycle', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.local = lambda: frame.wind()`);
    const reply = stat(run);
    run.context.advance(1000);
    expect(reply.count).toBe(0);
    run.context.advance(2000);
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(missing)]);
    expectWorks(run);
  });

  it('fails with a hint when its method returns a coroutine', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    return self.later(frame)

async def later(self, frame):
    frame.wind()`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:6:stat\] .*returned a coroutine .*async def/);
    expectWorks(run);
  });

  it('fails when the volume stops', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    kept.append(frame)

async def readlink(self, frame, loc, size, xdata):
    await asyncio.sleep(1000)`);
    const replies = [stat(run), readlink(run)];
    await run.graph.stop();
    for (const reply of replies) expect(reply).toMatchObject(failed);
    expect(run.context.waiting).toBe(0);
    run.expectSettled();
  });
});

describe('a second reply to a request', () => {
  it.each([
    ['unwind after unwind', 'frame.unwind(0, 0, Iatt())\n    frame.unwind(0, 0, Iatt())'],
    ['fail after fail', 'frame.fail(EPERM)\n    frame.fail(EPERM)'],
    ['wind after unwind', 'frame.unwind(0, 0, Iatt())\n    frame.wind()'],
    ['wind after fail', 'frame.fail(EPERM)\n    frame.wind()'],
    ['wind after it was handed on', 'frame.wind()\n    frame.wind()'],
    ['unwind after it was handed on', 'frame.wind()\n    frame.unwind(0)'],
    ['fail after it was handed on elsewhere', 'frame.wind(child=self.child)\n    frame.fail(1)'],
  ])(
    'in the same call fails the request, and nothing reaches the child: %s',
    async (_title, code) => {
      const run = await start(`def stat(self, frame, loc, xdata):\n    ${code}`);
      expect(stat(run)).toMatchObject(failed);
      expect(run.takeRequests()).toEqual([]);
      expect(run.takeLines()).toEqual([
        expect.stringMatching(
          /^E \[m\.py:8:stat\] 0-top: stat failed: glupy\.AlreadyAnswered: stat: /,
        ),
      ]);
      expectWorks(run);
    },
  );

  it.each(['frame.fail(EPERM)', 'frame.unwind(0, 0, Iatt())', 'frame.wind()'])(
    'in a later call does not change the first reply: %s',
    async (code) => {
      const run = await start(`def stat(self, frame, loc, xdata):
    kept.append(frame)
    frame.fail(EACCES)

def fsync(self, frame, fd, datasync, xdata):
    frame = kept[0]
    ${code}`);
      expect(stat(run)).toMatchObject({ count: 1, opErrno: EACCES });
      expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
      expect(run.takeLines()[0]).toMatch(/^E \[m\.py:12:fsync\] .*AlreadyAnswered: stat: /);
      expectWorks(run);
    },
  );

  it('is logged when a callback replies once for every child, and the first reply counts', async () => {
    const run = await start(
      `def stat(self, frame, loc, xdata):
    for child in self.children:
        frame.wind(child=child)

def stat_cbk(self, frame, op_ret, op_errno, *reply):
    frame.unwind(op_ret, op_errno, *reply)`,
      { leaves: 2 },
    );
    const reply = stat(run);
    run.takeRequests(1)[0]!.answer(-1, EPERM, null, null);
    run.takeRequests(0)[0]!.answer(-1, EACCES, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
    expect(run.takeLines()).toEqual([
      expect.stringMatching(/^E \[m\.py:11:stat_cbk\] .*frame\.answered/),
    ]);
    expectWorks(run);
  });
});

describe('a blocking call in a Python module', () => {
  it('causes one warning for each line', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    import time
    time.sleep(0.001)
    frame.fail(EPERM)`);
    for (const _ of [1, 2]) stat(run);
    const advice = 'time.sleep makes the whole volume wait: use self.timer, or await asyncio.sleep';
    expect(run.takeLines().filter((line) => line.includes(advice))).toEqual([
      expect.stringMatching(/^W \[m\.py:8:stat\]/),
    ]);
  });

  it('is refused when it is input()', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    input("which? ")`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines().join('\n')).toMatch(/a volume has no input\(\): use options for values/);
  });
});
