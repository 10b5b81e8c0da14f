/** Tests of async def fops with every function of asyncio, stepped by the host or run as a task. */
import { describe, expect, it } from 'vitest';
import { EACCES, EINTR, ENOENT, errnoNumber } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import type { RunningModule } from '../../support/module.ts';
import { makeSized, takeTexts } from '../bridge/requests.ts';
import { expectWorks, readlink, start, stat } from './failing-module.ts';

const ETIMEDOUT = errnoNumber('ETIMEDOUT')!;
const firstLines = (run: RunningModule): string[] =>
  takeTexts(run).map((text) => text.split('\n')[0]!);

/** Answers the child's requests in order, including those that follow. */
function answerAll(run: RunningModule): number {
  let count = 0;
  for (let held = run.takeRequests(); held.length > 0; held = run.takeRequests()) {
    for (const one of held) {
      count += 1;
      one.answer(0, 0, makeSized(count), null);
    }
  }
  return count;
}

describe('an async def', () => {
  it.each([
    ['gather', 'await asyncio.gather(self.child.stat(loc), self.child.stat(loc))', 2],
    ['wait_for', '[await asyncio.wait_for(self.child.stat(loc, xdata), 5)]', 1],
    ['shield', '[await asyncio.shield(self.child.stat(loc, xdata))]', 1],
    ['timeout', '[await with_timeout(self.child, loc)]', 1],
    ['TaskGroup', 'await in_group(self.child, loc)', 2],
    ['create_task', '[await asyncio.create_task(asks(self.child, loc))]', 1],
    ['ensure_future', '[await asyncio.ensure_future(self.child.stat(loc, xdata))]', 1],
    ['wait', '[p.result() for p in (await asyncio.wait([self.child.stat(loc)]))[0]]', 1],
    ['as_completed', '[await p for p in asyncio.as_completed([self.child.stat(loc)])]', 1],
    ['a helper', '[await asks(self.child, loc)]', 1],
    ['after a sleep', '[await slept(self.child, loc)]', 1],
    ['later, in order', 'await in_order(self.child.stat(loc), self.child.stat(loc))', 2],
    ['twice the same', 'await in_order(*[self.child.stat(loc)] * 2)', 1],
  ])('may await its child with %s', async (_title, code, count) => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    replies = ${code}
    assert asyncio.current_task() is asyncio.current_task() is not None
    return replies[-1]

async def flush(self, frame, fd, xdata):
    pass

global asks, slept, in_order, with_timeout, in_group

async def asks(child, loc):
    return await child.stat(loc)

async def slept(child, loc):
    await asyncio.sleep(0)
    return await child.stat(loc)

async def in_order(a, b):
    return [await a, await b]

async def with_timeout(child, loc):
    async with asyncio.timeout(5):
        return await child.stat(loc)

async def in_group(child, loc):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asks(child, loc)) for _ in range(2)]
    return [task.result() for task in tasks]`);
    const reply = stat(run);
    const pids = run.leaf.requests.map(({ frame }) => frame.root.pid);
    expect(answerAll(run)).toBe(count);
    expect(takeTexts(run)).toEqual([]);
    expect(reply).toMatchObject({ count: 1, opRet: 0, values: [{ iaSize: count }, null] });
    // All have the pid of the caller.
    expect(pids.every((pid) => pid === 1)).toBe(true);
    expectWorks(run);
  });

  it("fails its request when asyncio.timeout expires, and ignores the child's late reply", async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    async with asyncio.timeout(2):
        return await self.child.stat(loc, xdata)`);
    const reply = stat(run);
    run.context.advance(1999);
    expect(reply.count).toBe(0);
    run.context.advance(1);
    expect(reply).toMatchObject({ count: 1, opErrno: ETIMEDOUT });
    answerAll(run);
    expect(reply.count).toBe(1);
    expectWorks(run);
  });

  it('may wind a request, poll the reply with done(), and await it later', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    reply = self.child.stat(loc, xdata)
    assert not reply.done()
    reply.add_done_callback(lambda done: print("size", done.result().buf.ia_size))
    other = await self.child.stat(loc, xdata)
    assert not reply.done()
    await reply
    assert reply.done() and (await reply).buf.ia_size == 2, repr(reply)
    return other`);
    const reply = stat(run);
    const [first, second] = run.takeRequests();
    second!.answer(0, 0, makeSized(1), null);
    expect(reply.count).toBe(0);
    first!.answer(0, 0, makeSized(2), null);
    expect(reply).toMatchObject({ count: 1, values: [{ iaSize: 1 }, null] });
    expect(takeTexts(run)).toEqual(['size 2']);
    expectWorks(run);
  });

  it("may catch a child's failure, and one that it does not await is logged", async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    try:
        return await self.child.stat(loc, xdata)
    except FileNotFoundError as error:
        raise PermissionError(error.strerror)

async def readlink(self, frame, loc, size, xdata):
    ignored = self.child.readlink(loc, size, xdata)
    await self.child.access(loc, 4)
    del ignored
    return "x", None, None`);
    const reply = stat(run);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EACCES });
    expect(takeTexts(run)).toEqual([]);
    const other = readlink(run);
    const [link, access] = run.takeRequests();
    link!.answer(-1, ENOENT, null, null, null);
    access!.answer(0, 0, null);
    expect(other).toMatchObject({ count: 1, opRet: 1 });
    expect(run.takeLines()).toEqual([
      expect.stringMatching(
        /^W \[m\.py:13:-\] .*readlink of a child failed, and was not awaited: FileNotFoundError.*; write ignored = await self\.child\.readlink\(/,
      ),
    ]);
    expectWorks(run);
  });

  it.each([
    [
      'in the method',
      'self.child.readlink(loc, 9)',
      '',
      7,
      'write await self.child.readlink(loc, 9)',
    ],
    [
      'in another',
      'await self.ask(self.child, loc)',
      'below.readlink(loc, 9)',
      12,
      'write await below.readlink(loc, 9)',
    ],
    [
      'passed to ensure_future',
      'asyncio.ensure_future(self.child.readlink(loc, 9))',
      '',
      6,
      'await what was asked for',
    ],
  ])(
    'gets a log line for a failed request that it does not await: %s',
    async (_, asks, ask, line, fix) => {
      const run = await start(`async def stat(self, frame, loc, xdata):
    ${asks}
    await self.child.access(loc, 4)
    return await self.child.stat(loc)

async def ask(self, below, loc):
    ${ask || 'pass'}`);
      const reply = stat(run);
      const [link, access] = run.takeRequests();
      link!.answer(-1, ENOENT, null, null, null);
      access!.answer(0, 0, null);
      answerAll(run);
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
      expect(run.takeLines()).toEqual([
        `W [m.py:${line}:-] 0-top: readlink of a child failed, and was not awaited: ` +
          `FileNotFoundError: [Errno 2] No such file or directory; ${fix}`,
      ]);
      expectWorks(run);
    },
  );

  it('may await a reply that another request has started', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    global shared
    shared = self.child.stat(loc, xdata)
    return await shared

async def fsync(self, frame, fd, datasync, xdata):
    return {"op_ret": (await shared).buf.ia_size}`);
    const first = stat(run);
    const second = run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(5), null);
    expect(first).toMatchObject({ count: 1, opRet: 0 });
    expect(second).toMatchObject({ count: 1, opRet: 5 });
    expectWorks(run);
  });

  it('has its own values of contextvars in each request', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    name.set(loc.name)
    reply = await self.child.stat(loc, xdata)
    assert name.get() == loc.name, name.get()
    await asyncio.sleep(0)
    assert name.get() == loc.name, name.get()
    return reply

from contextvars import ContextVar
global name
name = ContextVar("name")`);
    const replies = ['a', 'b'].map((name) => run.ask('stat', run.knownLoc(name), null));
    answerAll(run);
    for (const reply of replies) expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expectWorks(run);
  });

  it('leaves no timer and no log line behind when it replies inside asyncio.timeout', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    asyncio.current_task().set_name(loc.name)
    async with asyncio.timeout(5):
        frame.fail(ENOENT)`);
    expect(stat(run)).toMatchObject({ count: 1, opErrno: ENOENT });
    expect(takeTexts(run)).toEqual([]);
    expectWorks(run);
  });

  it('can keep a reply, and in later requests read the parts that it has read before', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    kept.append(await self.child.stat(loc, xdata))
    kept[0].buf.ia_size
    return kept[0]

def readlink(self, frame, loc, size, xdata):
    assert kept[0].buf.ia_size == 1
    try:
        kept[0].xdata["key"]
    except HandleExpired:
        frame.fail(ENOENT)`);
    stat(run);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    // The reply has no xdata.
    expect(readlink(run)).toMatchObject({ count: 1, opRet: -1 });
    expect(firstLines(run)).toEqual([expect.stringMatching(/TypeError/)]);
    expectWorks(run);
  });
});

describe('an interrupt of the calling program', () => {
  it.each([
    ['asleep', 'await asyncio.sleep(100)'],
    [
      'waiting for a lock',
      'lock = asyncio.Lock()\n    await lock.acquire()\n    await lock.acquire()',
    ],
    ['in a task group', 'await in_group()'],
    ['under a timeout', 'await asyncio.wait_for(asyncio.sleep(100), 200)'],
  ])('cancels a coroutine that is %s', async (_title, code) => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    try:
        ${code.replaceAll('\n', '\n    ')}
    finally:
        print("over")

global in_group
async def in_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(100))
        group.create_task(asyncio.sleep(100))`);
    const reply = stat(run);
    expect(reply.count).toBe(0);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EINTR });
    expect(takeTexts(run)).toEqual(['over']);
    run.context.advance(300_000);
    expectWorks(run);
  });

  it('fails the fop with the errno that the method raises at CancelledError', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    try:
        await self.child.stat(loc, xdata)
    except asyncio.CancelledError:
        raise PermissionError`);
    const reply = stat(run);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opErrno: EACCES });
    answerAll(run);
    expectWorks(run);
  });
});
