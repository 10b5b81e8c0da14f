/**
 * What modules do wrong, and what becomes of it: every request has exactly one answer, the log says
 * what happened with the module's own file and line, and the next request is served.
 */
import { describe, expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EACCES, EAGAIN, EIO, EPERM } from '../../runtime/core/errno.ts';
import { Fd } from '../../runtime/core/fd.ts';
import type { Reply } from '../support/core.ts';
import { type ModuleSettings, type RunningModule, startModule } from '../support/module.ts';
import { sized } from './bridge/requests.ts';

/** The body of class xlator begins in line 6. `access` is what still works in all of them. */
function source(body: string): string {
  const lines = body.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
  return `import asyncio, gc, sys
from glupy import *
kept = []

class xlator(Translator):
${lines.join('\n')}

    def access(self, frame, loc, mask, xdata):
        frame.wind()
`;
}

async function start(body: string, settings: ModuleSettings = {}): Promise<RunningModule> {
  const run = await startModule({ 'm.py': source(body) }, settings);
  run.lines();
  return run;
}

const stat = (run: RunningModule): Reply => run.ask('stat', run.known('file'), null);

/** The volume goes on working, and nothing is left of what was before. */
function works(run: RunningModule): void {
  run.asked();
  const reply = run.ask('access', run.known('other'), 4, null);
  run.asked()[0]!.answer(0, 0, null);
  expect(reply).toMatchObject({ count: 1, opRet: 0 });
  run.settled();
}

const failed = { count: 1, opRet: -1, opErrno: EIO };

describe('an exception', () => {
  it('in a fop fails the request, with the traceback in the log', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    self.helper(loc)

def helper(self, loc):
    raise ValueError(f"no {loc.name}")`);
    expect(stat(run)).toMatchObject(failed);
    const [line, ...more] = run.lines();
    expect(line).toMatch(/^E \[m\.py:10:helper\] 0-top: stat failed: ValueError: no file\n/);
    expect(line).toMatch(/m\.py", line 7, in stat\n.*self\.helper\(loc\)/);
    expect(line).toMatch(/m\.py", line 10, in helper\n.*raise ValueError/);
    expect(line).not.toMatch(/glupy\/_|<glupy/);
    expect(more).toEqual([]);
    works(run);
  });

  it('shows what it came from', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    try:
        {}["key"]
    except KeyError as error:
        raise RuntimeError("wrapped") from error`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.lines()[0]).toMatch(
      /KeyError: 'key'[\s\S]*direct cause[\s\S]*RuntimeError: wrapped$/,
    );
    works(run);
  });

  it('in a callback fails the request', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.wind()

def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
    return buf.ia_sise`);
    const reply = stat(run);
    run.asked()[0]!.answer(0, 0, sized(1), null);
    expect(reply).toMatchObject(failed);
    expect(run.lines()).toEqual([
      expect.stringMatching(
        /^E \[m\.py:10:stat_cbk\] .*AttributeError: Iatt has no field 'ia_sise'/,
      ),
    ]);
    works(run);
  });

  it('undoes what the method had decided before', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.wind(cookie=1, cbk=print)
    frame.wind(cookie=2, cbk=print)
    raise ValueError("undone")

def readlink(self, frame, loc, size, xdata):
    frame.wind()
    raise ValueError("undone")

def fsync(self, frame, fd, datasync, xdata):
    frame.unwind(0, 0)
    raise ValueError("undone")`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.ask('readlink', run.known('a'), 1, null)).toMatchObject(failed);
    expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
    expect(run.asked()).toEqual([]);
    expect(run.lines()).toHaveLength(3);
    works(run);
  });

  it.each([
    ['before the first await', 'raise ValueError("x")', [7, false]],
    ['after an await', 'await self.child.stat(loc)\n    raise ValueError("x")', [8, true]],
    ['of the await itself', 'await self.child.nonsense(loc)', [7, false]],
    ['after a sleep', 'await asyncio.sleep(0.001)\n    raise ValueError("x")', [8, false]],
  ] as const)('in an async def, %s', async (_title, code, [line, asks]) => {
    const run = await start(`async def stat(self, frame, loc, xdata):\n    ${code}`);
    const reply = stat(run);
    if (asks) run.asked()[0]!.answer(0, 0, sized(1), null);
    run.context.advance(2);
    expect(reply).toMatchObject(failed);
    expect(run.lines()).toEqual([
      expect.stringMatching(new RegExp(`^E \\[m\\.py:${line}:stat\\] 0-top: stat failed: `)),
    ]);
    works(run);
  });

  it('in an async def after its winds of the same step fails once, whoever answers', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):
    a = self.child.stat(loc)
    b = self.child.stat(loc)
    await asyncio.sleep(0)
    raise ValueError("x")`);
    const reply = stat(run);
    expect(reply).toMatchObject(failed);
    for (const held of run.asked()) held.answer(-1, EPERM, null, null);
    expect(run.lines()[0]).toMatch(/^E \[m\.py:10:stat\]/);
    works(run);
  });

  it.each([
    ['OSError(EPERM, "no")', EPERM],
    ['PermissionError("no")', EACCES],
    ['BlockingIOError', EAGAIN],
  ])('%s from an async def is the errno, and not worth a line', async (error, opErrno) => {
    const run = await start(`async def stat(self, frame, loc, xdata):\n    raise ${error}`);
    expect(stat(run)).toMatchObject({ count: 1, opErrno });
    expect(run.lines()).toEqual([]);
    works(run);
  });

  it('OSError without an errno is a failure like any other', async () => {
    const run = await start(`async def stat(self, frame, loc, xdata):\n    raise OSError("what?")`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.lines()[0]).toMatch(/^E \[m\.py:7:stat\] .*OSError: what\?/);
    works(run);
  });

  it('after the answer is logged and changes nothing', async () => {
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
    expect(run.lines()[0]).toMatch(
      /^E \[m\.py:9:stat\] .*failed after its answer: ValueError: late/,
    );
    const link = run.ask('readlink', run.known('a'), 1, null);
    for (const held of run.asked()) held.answer(-1, EACCES, null, null, null);
    expect(link).toMatchObject({ count: 1, opErrno: EPERM });
    expect(run.lines()[0]).toMatch(/^E \[m\.py:17:readlink_cbk\] .*failed after its answer/);
    works(run);
  });

  it('in a hook is logged, and the fop succeeds all the same', async () => {
    const run = await start(`def entry_created(self, loc):
    raise ValueError(loc.name)

async def notify(self, event):
    await asyncio.sleep(0.001)
    raise ValueError(event)`);
    run.context.advance(2);
    run.lines();
    const reply = run.ask('mkdir', run.absent('new'), 0, 0, null);
    run.asked()[0]!.answer(0, 0, null, null, null, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(run.lines()).toEqual([
      expect.stringMatching(
        /^E \[m\.py:7:entry_created\] 0-top: entry_created failed: ValueError: new/,
      ),
    ]);
    run.xl.notify('CHILD_DOWN', run.xl);
    run.context.advance(2);
    expect(run.lines()).toEqual([
      expect.stringMatching(/^E \[m\.py:11:notify\] 0-top: notify failed: ValueError: CHILD_DOWN/),
    ]);
    works(run);
  });

  it('in a task is logged', async () => {
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
    sys.exit(3)`);
    stat(run);
    run.asked()[0]!.answer(0, 0, sized(1), null);
    run.context.advance(1);
    expect(run.lines()).toEqual([
      expect.stringMatching(/^E \[m\.py:12:beside\] .*never retrieved: ValueError: beside/),
    ]);
    run.ask('readlink', run.known('a'), 1, null);
    run.asked()[0]!.answer(0, 0, null, null, null);
    run.context.advance(1);
    expect(run.lines()[0]).toMatch(/^E \[m\.py:19:leave\] .*a task failed: SystemExit: 3/);
    works(run);
  });

  it('that cannot be shown is logged all the same', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    class Rude(Exception):
        def __str__(self):
            raise KeyError("rude")
    raise Rude()`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.lines()[0]).toMatch(/^E \[m\.py:10:stat\] .*Rude/);
    works(run);
  });

  it.each([
    ['sys.exit(7)', 'SystemExit: 7'],
    ['raise KeyboardInterrupt', 'KeyboardInterrupt'],
    ['raise GeneratorExit', 'GeneratorExit'],
    ['raise BaseException("base")', 'BaseException: base'],
  ])('%s ends a request, not the process', async (code, text) => {
    const run = await start(`def stat(self, frame, loc, xdata):
    ${code}

async def readlink(self, frame, loc, size, xdata):
    await asyncio.sleep(0.001)
    ${code}`);
    expect(stat(run)).toMatchObject(failed);
    const link = run.ask('readlink', run.known('a'), 1, null);
    run.context.advance(2);
    expect(link).toMatchObject(failed);
    const lines = run.lines();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^E \[m\.py:7:stat\]/);
    expect(lines[1]).toMatch(/^E \[m\.py:11:readlink\]/);
    for (const line of lines) expect(line).toContain(text);
    works(run);
  });
});

describe('a request that is never answered', () => {
  const missing = /stat: the request was neither answered nor passed on/;

  it.each([
    ['is dropped', 'pass'],
    ['is dropped by a callback', 'frame.wind()'],
    ['is kept by what is dropped itself', 'frame.local = [frame]\n    del frame\n    gc.collect()'],
  ])('%s', async (_title, code) => {
    const run = await start(`def stat(self, frame, loc, xdata):
    ${code}

def stat_cbk(self, frame, *reply):
    pass`);
    const reply = stat(run);
    for (const held of run.asked()) held.answer(0, 0, sized(1), null);
    if (reply.count === 0) run.context.advance(4000);
    expect(reply).toMatchObject(failed);
    expect(run.lines()).toEqual([expect.stringMatching(/^E \[m\.py:6:stat\]/)]);
    expect(run.history.at(-1)).toMatch(missing);
    works(run);
  });

  it('and kept, fails when it is let go of', async () => {
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
    expect(run.lines()).toEqual([expect.stringMatching(missing)]);
    works(run);
  });

  it('and kept for ever, fails by frame-timeout; the module is told when it comes back', async () => {
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
    expect(run.lines()).toEqual([
      expect.stringMatching(/^E .*stat: no answer within 20 s \(option frame-timeout\)/),
    ]);
    expect(run.xl.priv.host.counters.timeouts).toBe(1);
    expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
    expect(run.lines()).toEqual([
      expect.stringMatching(/^I \[m\.py:10:fsync\] 0-top: True/),
      expect.stringMatching(/^E \[m\.py:11:fsync\] .*AlreadyAnswered: stat: answered twice/),
    ]);
    works(run);
  });

  it('does not time out while a child owes the reply', async () => {
    const run = await start(
      `async def stat(self, frame, loc, xdata):
    return await self.child.stat(loc)

def readlink(self, frame, loc, size, xdata):
    frame.wind()

def readlink_cbk(self, frame, *reply):
    kept.append(frame)`,
      { options: { 'frame-timeout': '20' } },
    );
    const [reply, link] = [stat(run), run.ask('readlink', run.known('a'), 1, null)];
    run.context.advance(100_000);
    expect([reply.count, link.count]).toEqual([0, 0]);
    const [held, other] = run.asked();
    held!.answer(-1, EPERM, null, null);
    other!.answer(-1, EPERM, null, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
    // From here on it is the module that is waited for.
    run.context.advance(19_000);
    expect(link.count).toBe(0);
    run.context.advance(3000);
    expect(link).toMatchObject(failed);
    works(run);
  });

  it.each([
    ['waits for what never comes', 'await asyncio.get_running_loop().create_future()'],
    ['waits for itself', 'self.me = asyncio.current_task()\n    await asyncio.shield(self.me)'],
  ])('because its coroutine %s', async (_title, code) => {
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
    const lines = run.lines();
    // Either way its finally runs: the coroutine was cancelled or destroyed.
    expect(lines.some((line) => line.includes('finally'))).toBe(true);
    expect(lines.some((line) => /^E .*(no answer within|neither answered)/.test(line))).toBe(true);
    works(run);
  });

  it('and in a cycle of references is found by the sweep', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.local = lambda: frame.wind()`);
    gcOff(run);
    const reply = stat(run);
    run.context.advance(1000);
    expect(reply.count).toBe(0);
    run.context.advance(2000);
    expect(reply).toMatchObject(failed);
    expect(run.lines()).toEqual([expect.stringMatching(missing)]);
    works(run);
  });

  /** Frames stay alive until the sweep: Python's own collector has no hurry either. */
  function gcOff(run: RunningModule): void {
    expect(run.host.requests.size).toBe(0);
  }

  it('because a coroutine was returned instead of awaited', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    return self.later(frame)

async def later(self, frame):
    frame.wind()`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.lines()[0]).toMatch(/^E \[m\.py:6:stat\] .*returned a coroutine .*async def/);
    works(run);
  });

  it('is answered when the volume ends', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    kept.append(frame)

async def readlink(self, frame, loc, size, xdata):
    await asyncio.sleep(1000)`);
    const replies = [stat(run), run.ask('readlink', run.known('a'), 1, null)];
    await run.graph.stop();
    for (const reply of replies) expect(reply).toMatchObject(failed);
    expect(run.context.waiting).toBe(0);
    run.settled();
  });
});

describe('too many answers', () => {
  it.each([
    ['unwind after unwind', 'frame.unwind(0, 0, Iatt())\n    frame.unwind(0, 0, Iatt())'],
    ['fail after fail', 'frame.fail(EPERM)\n    frame.fail(EPERM)'],
    ['wind after unwind', 'frame.unwind(0, 0, Iatt())\n    frame.wind()'],
    ['wind after fail', 'frame.fail(EPERM)\n    frame.wind()'],
    ['wind after it was handed on', 'frame.wind()\n    frame.wind()'],
    ['unwind after it was handed on', 'frame.wind()\n    frame.unwind(0)'],
    ['fail after it was handed on elsewhere', 'frame.wind(child=self.child)\n    frame.fail(1)'],
  ])('%s: the request fails as a whole', async (_title, code) => {
    const run = await start(`def stat(self, frame, loc, xdata):\n    ${code}`);
    expect(stat(run)).toMatchObject(failed);
    expect(run.asked()).toEqual([]);
    expect(run.lines()).toEqual([
      expect.stringMatching(
        /^E \[m\.py:8:stat\] 0-top: stat failed: glupy\.AlreadyAnswered: stat: /,
      ),
    ]);
    works(run);
  });

  it.each(['frame.fail(EPERM)', 'frame.unwind(0, 0, Iatt())', 'frame.wind()'])(
    '%s in a later call: the first answer stands',
    async (code) => {
      const run = await start(`def stat(self, frame, loc, xdata):
    kept.append(frame)
    frame.fail(EACCES)

def fsync(self, frame, fd, datasync, xdata):
    frame = kept[0]
    ${code}`);
      expect(stat(run)).toMatchObject({ count: 1, opErrno: EACCES });
      expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
      expect(run.lines()[0]).toMatch(/^E \[m\.py:12:fsync\] .*AlreadyAnswered: stat: /);
      works(run);
    },
  );

  it('of a callback that answers to every reply: the first one counts', async () => {
    const run = await start(
      `def stat(self, frame, loc, xdata):
    for child in self.children:
        frame.wind(child=child)

def stat_cbk(self, frame, op_ret, op_errno, *reply):
    frame.unwind(op_ret, op_errno, *reply)`,
      { leaves: 2 },
    );
    const reply = stat(run);
    run.asked(1)[0]!.answer(-1, EPERM, null, null);
    run.asked(0)[0]!.answer(-1, EACCES, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
    expect(run.lines()).toEqual([
      expect.stringMatching(/^E \[m\.py:11:stat_cbk\] .*frame\.answered/),
    ]);
    works(run);
  });
});

describe('what cannot be sent', () => {
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['a text for an integer', 'frame.unwind("0")', /op_ret must be int, not str/],
    ['None for op_ret', 'frame.unwind(None)', /op_ret must be int, not NoneType/],
    ['a failure without errno', 'frame.unwind(-1)', /needs an errno such as ENOENT, not 0/],
    ['a failure with a text', 'frame.unwind(-1, "ENOENT")', /needs an errno .*'ENOENT'/],
    ['an errno that is none', 'frame.unwind(-1, 4096)', /needs an errno .*4096/],
    ['fail(0)', 'frame.fail(0)', /fail takes an errno such as ENOENT, not 0/],
    ['fail("x")', 'frame.fail("x")', /fail takes an errno such as ENOENT, not 'x'/],
    ['fail(-2)', 'frame.fail(-ENOENT)', /fail takes an errno such as ENOENT, not -2/],
    ['an int for an iatt', 'frame.unwind(0, 0, 5)', /buf must be Iatt, not int/],
    ['a dict for an iatt', 'frame.unwind(0, 0, xdata)', /buf must be Iatt, not Dict/],
    ['an iatt for a dict', 'frame.unwind(0, 0, None, Iatt())', /xdata must be a Dict/],
    [
      'too many parts',
      'frame.unwind(0, 0, None, None, None)',
      /stat takes 2 arguments \(buf, xdata\)/,
    ],
    [
      'a float for an integer',
      'frame.wind(loc, 1.5, None, fop="access", cbk=print)',
      /mask must be int/,
    ],
    ['nothing for an integer', 'frame.wind(loc, fop="access", cbk=print)', /mask is missing/],
    ['nothing for a loc', 'frame.wind(None, xdata)', /loc must not be None/],
    ['a text for a loc', 'frame.wind("/file")', /loc must be Loc, not str/],
    ['arguments in the wrong order', 'frame.wind(xdata, loc)', /loc must be Loc, not Dict/],
    [
      'too large an integer',
      'frame.wind(loc, 2**53, fop="access", cbk=print)',
      /mask must be .* 2\^53/,
    ],
    ['too large an integer in a dict', 'frame.wind(loc, {"a": 2**60})', /xdata has an int .*2\^53/],
    ['a list in a dict', 'frame.wind(loc, {"a": []})', /xdata must be a Dict .*not list/],
    ['a number as key of a dict', 'frame.wind(loc, {1: 2})', /xdata must be a Dict .*keys are str/],
    [
      'a wrong gfid in a dict',
      'xdata.set("g", "x", "gfuuid")\n    frame.wind()',
      /xdata has a gfid/,
    ],
    [
      'a negative uint',
      'xdata.set("g", -1, "uint")\n    frame.wind()',
      /xdata has a negative uint/,
    ],
    ['a wrong gfid', 'frame.unwind(0, 0, Iatt(ia_gfid="x"))', /buf has an ia_gfid that is no uuid/],
    ['a wrong type', 'frame.unwind(0, 0, Iatt(ia_type=9))', /buf has an ia_type/],
    ['a float in an iatt', 'Iatt(ia_mtime=1.5)', /Iatt\.ia_mtime must be int, not float/],
    ['a field that is none', 'Iatt(st_size=1)', /Iatt has no field 'st_size'/],
    ['a name with a slash', 'frame.wind(loc.replace(name="a/b"))', /loc has the name "a\/b"/],
    ['an empty name', 'frame.wind(loc.replace(name=""))', /loc has the name ""/],
    ['a NUL in a name', 'frame.wind(loc.replace(name="a\\0b"))', /loc has a NUL/],
    ['a surrogate in a name', 'frame.wind(loc.replace(name="\\ud800"))', /loc has a surrogate/],
    ['a number for a name', 'frame.wind(loc.replace(name=5))', /loc must be a string/],
    [
      'an unknown inode',
      'frame.wind(loc.replace(inode=Inode(99999)))',
      /inode is not known any more/,
    ],
    ['a loc to nowhere', 'frame.wind(Loc.of())', /a loc needs a parent and a name/],
    ['a fop that is none', 'frame.wind(fop="read", cbk=print)', /'read' is no fop/],
    ['another fop without callback', 'frame.wind(loc, fop="lookup")', /needs a callback/],
    ['a child that is none', 'frame.wind(child="leaf0")', /child must be one of self\.children/],
    ['a child by number', 'frame.wind(child=0)', /child must be one of self\.children, not 0/],
    ['a strange child', 'frame.wind(child=Child(7, "x", "y"))', /no such subvolume to wind to/],
    ['no children for a wind', 'frame.wind(child=self.children[1])', /IndexError/],
  ];

  it.each(wrong)('%s', async (_title, code, text) => {
    const run = await start(`def stat(self, frame, loc, xdata):\n    ${code}`);
    const reply = run.ask('stat', run.known('file'), Dict.of({ key: 1 }));
    expect(reply).toMatchObject(failed);
    expect(run.asked()).toEqual([]);
    expect(run.lines()).toEqual([
      expect.stringMatching(/^E \[m\.py:[78]:stat\] 0-top: stat failed: /),
    ]);
    expect(run.history.at(-1)).toMatch(text);
    works(run);
  });

  it('may be noticed by the module, which then answers otherwise', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    try:
        frame.unwind(0, 0, "no iatt")
    except TypeError:
        frame.fail(EPERM)

def stat_cbk(self, *args):
    pass`);
    expect(stat(run)).toMatchObject({ count: 1, opErrno: EPERM });
    expect(run.lines()).toEqual([]);
    works(run);
  });

  it.each([
    ['nothing', 'pass', /stat must return a Reply, or a dict or tuple of buf, xdata, not NoneType/],
    ['a text', 'return "x"', /stat must return .*, not str/],
    ['an unknown part', 'return {"bufff": Iatt()}', /a reply of stat has no bufff/],
    ['another fop’s reply', 'return await self.child.access(loc, 0)', /returned a reply of access/],
    ['too much', 'return 1, 2, 3', /stat takes 2 arguments/],
  ])('an async def that returns %s', async (_title, code, text) => {
    const run = await start(`async def stat(self, frame, loc, xdata):\n    ${code}`);
    const reply = stat(run);
    for (const held of run.asked()) held.answer(0, 0, null);
    expect(reply).toMatchObject(failed);
    expect(run.lines()).toEqual([
      expect.stringMatching(/^E \[m\.py:6:stat\] 0-top: stat failed: /),
    ]);
    expect(run.history.at(-1)).toMatch(text);
    works(run);
  });

  it('without a subvolume, every wind is an error', async () => {
    const run = await start(
      `def stat(self, frame, loc, xdata):
    frame.wind()

def readlink(self, frame, loc, size, xdata):
    frame.wind(loc, 5)

async def fsync(self, frame, fd, datasync, xdata):
    return await self.child.fsync(fd)

def access(self, frame, loc, mask, xdata):
    frame.unwind(0)

def ipc_cbk(self, frame, *reply):
    frame.unwind(*reply)`,
      { leaves: 0 },
    );
    expect(stat(run)).toMatchObject(failed);
    expect(run.ask('readlink', run.known('a'), 1, null)).toMatchObject(failed);
    expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
    expect(run.ask('ipc', 1, null)).toMatchObject(failed);
    const lines = run.lines();
    expect(lines.map((line) => line[0])).toEqual(['E', 'E', 'E', 'E']);
    expect(lines[0]).toMatch(/^E \[m\.py:7:stat\] .*there is no subvolume to wind to/);
    expect(lines[1]).toMatch(/^E \[m\.py:10:readlink\] .*there is no subvolume to wind to/);
    expect(lines[2]).toMatch(/^E \[m\.py:13:fsync\]/);
    expect(lines[3]).toMatch(/ipc: there is no subvolume to wind to/);
    run.settled();
  });
});

describe('an object used after its request', () => {
  it.each([
    ['an iatt', 'stat', 'buf.ia_size'],
    ['a dict', 'stat', 'xdata["key"]'],
    ['who asked', 'stat', 'frame.root.uid'],
    ['bytes', 'readv', 'bytes(vector)'],
    ['a listing', 'readdirp', 'entries[0]'],
  ])('%s has expired', async (_title, _fop, use) => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.wind()

def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
    kept.append(lambda: ${use})
    frame.unwind(op_ret, op_errno, buf, xdata)

def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
    kept.append(lambda: ${use})
    frame.unwind(op_ret, op_errno, vector, stbuf, xdata)

def readdirp_cbk(self, frame, op_ret, op_errno, entries, xdata):
    kept.append(lambda: ${use})
    frame.unwind(op_ret, op_errno, entries, xdata)

def readlink(self, frame, loc, size, xdata):
    kept.pop()()`);
    const fd = new Fd(run.root, 0, 1, true);
    if (_fop === 'stat') {
      stat(run);
      run.asked()[0]!.answer(0, 0, sized(1), Dict.of({ key: 1 }));
    } else if (_fop === 'readv') {
      run.ask('readv', fd, 1, 0, 0, null);
      run.asked()[0]!.answer(1, 0, Uint8Array.of(1), null, null);
    } else {
      run.ask('readdirp', fd, 1, 0, null);
      run.asked()[0]!.answer(0, 0, [], null);
    }
    expect(run.ask('readlink', run.known('a'), 1, null)).toMatchObject(failed);
    expect(run.lines()[0]).toMatch(/^E .*readlink failed: glupy\.HandleExpired: /);
    works(run);
  });

  it('but what was looked at, or copied, stays', async () => {
    const run = await start(`def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
    kept.extend([buf.copy(), xdata.copy(), buf, xdata])
    frame.unwind(op_ret, op_errno, buf, xdata)

def readlink(self, frame, loc, size, xdata):
    one, two, three, four = kept
    assert one.ia_size == three.ia_size == 7 and two["key"] == four["key"] == 1
    # Sent in another request, they are what they were.
    frame.wind(three, 0, four, fop="setattr", cbk=None) if False else None
    frame.unwind(1, 0, "x", three, four)`);
    stat(run);
    run.asked()[0]!.answer(0, 0, sized(7), Dict.of({ key: 1 }));
    const reply = run.ask('readlink', run.known('a'), 1, null);
    expect(reply).toMatchObject({ count: 1, opRet: 1 });
    expect(reply.values[1]).toEqual(sized(7));
    expect((reply.values[2] as Dict).get('key')).toBe(1);
    works(run);
  });
});
