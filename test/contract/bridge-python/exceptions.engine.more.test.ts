/**
 * Tests of exceptions in modules: the request fails once, the log has the module's file and line,
 * and the next request is served.
 */
import { describe, expect, it } from 'vitest';
import { EACCES, EAGAIN, EPERM } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { makeSized } from '../bridge/requests.ts';
import { expectWorks, failed, readlink, start, stat } from './failing-module.ts';

describe('an exception in a Python module', () => {
  it('in a fop fails the request, with the traceback in the log', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    self.helper(loc)

def helper(self, loc):
    raise ValueError(f"no {loc.name}")`);
    expect(stat(run)).toMatchObject(failed);
    const [line, ...more] = run.takeLines();
    expect(line).toMatch(/^E \[m\.py:10:helper\] 0-top: stat failed: ValueError: no file\n/);
    expect(line).toMatch(/m\.py", line 7, in stat\n.*self\.helper\(loc\)/);
    expect(line).toMatch(/m\.py", line 10, in helper\n.*raise ValueError/);
    expect(line).not.toMatch(/glupy\/_|<glupy/);
    expect(more).toEqual([]);
    expectWorks(run);
  });

  it('is logged with its cause', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    try:
        {}["key"]
    except KeyError as error:
        raise RuntimeError("wrapped") from error`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines()[0]).toMatch(
      /KeyError: 'key'[\s\S]*direct cause[\s\S]*RuntimeError: wrapped$/,
    );
    expectWorks(run);
  });

  it('in a callback fails the request', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.wind()

def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
    return buf.ia_sise`);
    const reply = stat(run);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([
      expect.stringMatching(
        /^E \[m\.py:10:stat_cbk\] .*AttributeError: 'Iatt' object has no .*'ia_sise'/,
      ),
    ]);
    expectWorks(run);
  });

  it('discards the requests and replies that the same call has sent', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.wind(cookie=1, cbk=print)
    frame.wind(cookie=2, cbk=print)
    raise ValueError("undone")

def readlink(self, frame, loc, size, xdata):
    frame.wind()
    raise ValueError("undone")

def fsync(self, frame, fd, datasync, xdata):
    frame.unwind(0, 0)
    raise ValueError("undone")

async def statfs(self, frame, loc, xdata):
    frame.unwind(0, 0, Statvfs())
    raise ValueError("undone")

async def lookup(self, frame, loc, xdata):
    frame.wind()
    raise ValueError("undone")`);
    expect(stat(run)).toMatchObject(failed);
    expect(readlink(run)).toMatchObject(failed);
    expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
    expect(run.ask('statfs', run.knownLoc('a'), null)).toMatchObject(failed);
    expect(run.ask('lookup', run.knownLoc('a'), null)).toMatchObject(failed);
    expect(run.takeRequests()).toEqual([]);
    const lines = run.takeLines();
    expect(lines.map((line) => line.includes('ValueError: undone'))).toEqual(Array(5).fill(true));
    expectWorks(run);
  });

  it.each([
    ['before the first await', 'raise ValueError("x")', [7, false]],
    ['after an await', 'await self.child.stat(loc)\n    raise ValueError("x")', [8, true]],
    ['raised by the await', 'await self.child.nonsense(loc)', [7, false]],
    ['after a sleep', 'await asyncio.sleep(0.001)\n    raise ValueError("x")', [8, false]],
  ] as const)(
    'in an async def fails the request, and the log has its line: %s',
    async (_title, code, [line, asks]) => {
      const run = await start(`async def stat(self, frame, loc, xdata):\n    ${code}`);
      const reply = stat(run);
      if (asks) run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
      run.context.advance(2);
      expect(reply).toMatchObject(failed);
      expect(run.takeLines()).toEqual([
        expect.stringMatching(new RegExp(`^E \\[m\\.py:${line}:stat\\] 0-top: stat failed: `)),
      ]);
      expectWorks(run);
    },
  );

  it('in an async def discards the requests that the same call has sent', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    a = self.child.stat(loc)
    b = self.child.stat(loc)
    await asyncio.sleep(0)
    raise ValueError("x")`);
    const reply = stat(run);
    expect(reply).toMatchObject(failed);
    // They were of the same call: none of it has happened.
    expect(run.takeRequests()).toEqual([]);
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:10:stat\]/);
    expectWorks(run);
  });

  it.each([
    ['OSError(EPERM, "no")', EPERM],
    ['PermissionError("no")', EACCES],
    ['BlockingIOError', EAGAIN],
  ])('raised as %s in an async def sets the errno and is not logged', async (error, opErrno) => {
    const run = await start(`async def stat(self, frame, loc, xdata):\n    raise ${error}`);
    expect(stat(run)).toMatchObject({ count: 1, opErrno });
    expect(run.takeLines()).toEqual([]);
    expectWorks(run);
  });

  it('fails the request with EIO when it is an OSError without an errno', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):\n    raise OSError("what?")`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:7:stat\] .*OSError: what\?/);
    expectWorks(run);
  });

  it('after the reply is logged, and the reply stays valid', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    frame.fail(EPERM)
    await asyncio.sleep(0.001)
    raise ValueError("late")

def readlink(self, frame, loc, size, xdata):
    frame.wind(child=self.children[0])
    frame.wind(child=self.children[0])

def readlink_cbk(self, frame, *reply):
    if frame.answered:
        raise ValueError("late")
    frame.fail(EPERM)`);
    const reply = stat(run);
    expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
    run.context.advance(2);
    expect(run.takeLines()[0]).toMatch(
      /^E \[m\.py:9:stat\] .*failed after its answer: ValueError: late/,
    );
    const link = readlink(run);
    for (const held of run.takeRequests()) held.answer(-1, EACCES, null, null, null);
    expect(link).toMatchObject({ count: 1, opErrno: EPERM });
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:17:readlink_cbk\] .*failed after its answer/);
    expectWorks(run);
  });

  it('in a hook is logged, and the fop succeeds', async () => {
    const run = await start(`def entry_created(self, loc):
    raise ValueError(loc.name)

async def notify(self, event):
    await asyncio.sleep(0.001)
    raise ValueError(event)`);
    run.context.advance(2);
    run.takeLines();
    const reply = run.ask('mkdir', run.absentLoc('new'), 0, 0, null);
    run.takeRequests()[0]!.answer(0, 0, null, null, null, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(run.takeLines()).toEqual([
      expect.stringMatching(
        /^E \[m\.py:7:entry_created\] 0-top: entry_created failed: ValueError: new/,
      ),
    ]);
    run.xl.notify('CHILD_DOWN', run.xl);
    run.context.advance(2);
    expect(run.takeLines()).toEqual([
      expect.stringMatching(/^E \[m\.py:11:notify\] 0-top: notify failed: ValueError: CHILD_DOWN/),
    ]);
    expectWorks(run);
  });

  it('in a background task is logged', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    self.task = asyncio.create_task(self.beside())
    frame.wind()

async def beside(self):
    self.task = None
    raise ValueError("beside")

def readlink(self, frame, loc, size, xdata):
    asyncio.create_task(self.leave())
    frame.wind()

async def leave(self):
    sys.exit(3)

def statfs(self, frame, loc, xdata):
    self.task = asyncio.create_task(self.wait())
    frame.wind()

async def wait(self):
    await asyncio.get_running_loop().create_future()

def fsync(self, frame, fd, datasync, xdata):
    self.task = None
    gc.collect()
    frame.unwind(0)`);
    stat(run);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    run.context.advance(1);
    expect(run.takeLines()).toEqual([
      expect.stringMatching(/^E \[m\.py:12:beside\] .*never retrieved: ValueError: beside/),
    ]);
    readlink(run);
    run.takeRequests()[0]!.answer(0, 0, null, null, null);
    run.context.advance(1);
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:19:leave\] .*a task failed: SystemExit: 3/);
    run.ask('statfs', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, null, null);
    run.context.advance(1);
    run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    expect(run.takeLines()).toEqual([
      expect.stringMatching(/^E \[m\.py:25:wait\] 0-top: Task was destroyed but it is pending!/),
    ]);
    expectWorks(run);
  });

  it('is logged by its type when its __str__ fails', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    class Rude(Exception):
        def __str__(self):
            raise KeyError("rude")
    raise Rude()`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:10:stat\] .*Rude/);
    expectWorks(run);
  });

  it.each([
    ['sys.exit(7)', 'SystemExit: 7'],
    ['raise KeyboardInterrupt', 'KeyboardInterrupt'],
    ['raise BaseException("base")', 'BaseException: base'],
  ])('by %s fails the request and leaves the process running', async (code, text) => {
    const run = await start(`def stat(self, frame, loc, xdata):
    ${code}

async def readlink(self, frame, loc, size, xdata):
    await asyncio.sleep(0.001)
    ${code}`);
    expect(stat(run)).toMatchObject(failed);
    const link = readlink(run);
    run.context.advance(2);
    expect(link).toMatchObject(failed);
    const lines = run.takeLines();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^E \[m\.py:7:stat\]/);
    expect(lines[1]).toMatch(/^E \[m\.py:11:readlink\]/);
    for (const line of lines) expect(line).toContain(text);
    expectWorks(run);
  });
});
