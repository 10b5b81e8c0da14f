/** Tests of a beginner's slips in Python: the message names the line and the correction. */
import { describe, expect, it } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import type { FopName, FopTable } from '../../../runtime/core/gen/fops.gen.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { makeSized } from '../bridge/requests.ts';

/** The number of the line that ends in this mark. */
const findLine = (source: string, mark: string): number =>
  source.split('\n').findIndex((line) => line.endsWith(`# ${mark}`)) + 1;

/** The log's one line of this level that begins so, each `{mark}` in a text a line's number. */
function findLogLine(run: RunningModule, source: string, mark: string): string {
  const line = findLine(source, mark);
  return run
    .takeLines()
    .filter((text) => /^[EW] /.test(text) && text.includes(`[m.py:${line}:`))
    .map((text) => text.split('\n')[0]!)
    .join('\n');
}

const FORGOTTEN = `from glupy import Translator

class xlator(Translator):
    async def helper(self, loc):
        return await self.child.stat(loc, None)

    async def stat(self, frame, loc, xdata):
        reply = self.child.stat(loc, xdata)
        return {"buf": reply.buf}  # used

    async def mkdir(self, frame, loc, mode, umask, xdata):
        return self.child.mkdir(loc, mode, umask, xdata)  # returned

    async def readlink(self, frame, loc, size, xdata):
        return self.helper(loc)  # coroutine

    async def unlink(self, frame, loc, xflag, xdata):
        await self.child.unlink(loc, xflag, xdata)  # no return

    async def rmdir(self, frame, loc, xflag, xdata):  # nothing
        self.log.info("rmdir")

    async def setxattr(self, frame, loc, dict, flags, xdata):
        self.child.setxattr(loc, dict, flags, xdata)  # lost

    async def removexattr(self, frame, loc, name, xdata):
        self.helper(loc)  # never
        return await self.child.removexattr(loc, name, xdata)

    async def truncate(self, frame, loc, offset, xdata):
        inode, buf = self.child.truncate(loc, offset, xdata)  # unpacked

    async def access(self, frame, loc, mask, xdata):
        await frame.wind()  # awaits nothing

    def statfs(self, frame, loc, xdata):  # plain
        self.child.statfs(loc, xdata)

    async def getxattr(self, frame, loc, name, xdata):
        self.child.removexattr(loc, name, xdata)  # beside
        return {"dict": {}}
`;

/** Mark of the expected line → the fop, its arguments, and the message. */
const forgotten: Record<string, [FopName, readonly unknown[], RegExp]> = {
  used: [
    'stat',
    [null],
    /has no 'buf' \(is an await missing in line 8\? write reply = await self\.c/,
  ],
  returned: [
    'mkdir',
    [0o755, 0, null],
    /not come yet: .*write return await self\.child\.mkdir\(loc, /,
  ],
  coroutine: [
    'readlink',
    [1, null],
    /is an await missing\? write return await self\.helper\(loc\)/,
  ],
  'no return': [
    'unlink',
    [0, null],
    /None, .*return missing\? write return await self\.child\.unlink/,
  ],
  nothing: ['rmdir', [0, null], /rmdir returned None, .*: is a return missing\?/],
  lost: [
    'setxattr',
    [null, 0, null],
    /setxattr ended before a reply came: .* write await self\.child\.setxattr\(loc/,
  ],
  never: [
    'removexattr',
    ['n', null],
    /helper\(\.\.\.\) was never awaited, so nothing .* await self\.h/,
  ],
  unpacked: ['truncate', [0, null], /write \(inode, buf\) = await self\.child\.trunc/],
  'awaits nothing': [
    'access',
    [0, null],
    /frame\.wind gives nothing to await: write await self\.child/,
  ],
  plain: [
    'statfs',
    [null],
    /line \d+: self\.child\.statfs\(loc, xdata\) has to be awaited, in an async/,
  ],
  beside: [
    'getxattr',
    ['n', null],
    /answered before a reply came: .*write await self\.child\.removexa/,
  ],
};

describe('a forgotten await or return in a Python method', () => {
  it('is named in the log with its line', async () => {
    const run = await startModule({ 'm.py': FORGOTTEN });
    run.takeLines();
    for (const [mark, [fop, args, text]] of Object.entries(forgotten)) {
      const loc = fop === 'mkdir' ? run.absentLoc(mark) : run.knownLoc(mark);
      const reply = run.ask(fop, ...([loc, ...args] as FopTable[typeof fop]['args']));
      for (const request of run.takeRequests()) request.answer(0, 0, null, null);
      if (mark === 'plain') run.host.interpreter.guest.callHook('collect', []);
      expect(reply.count, mark).toBe(1);
      const fails = mark !== 'never' && mark !== 'beside';
      expect(reply, mark).toMatchObject(fails ? { opRet: -1, opErrno: EIO } : { opRet: 0 });
      expect(findLogLine(run, FORGOTTEN, mark), mark).toMatch(text);
    }
    // The volume goes on.
    run.expectSettled();
  });
});

const TWICE = `from glupy import ENOENT, EIO, Translator

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        frame.wind()
        frame.wind()  # wound

    def readlink(self, frame, loc, size, xdata):
        if loc.name:
            frame.fail(ENOENT)
        frame.fail(EIO)  # failed

    def rmdir(self, frame, loc, xflag, xdata):
        for _ in range(2):
            frame.wind()  # loop

    def unlink(self, frame, loc, xflag, xdata):
        frame.wind()
        self.tell(frame)

    def tell(self, frame):
        frame.fail(EIO)  # elsewhere

    def access(self, frame, loc, mask, xdata):
        if not loc.name:
            frame.fail(ENOENT)
            return
        if mask:
            return frame.fail(ENOENT)
        frame.wind()
        frame.unwind(0)  # answered
`;

const twice: Record<string, [FopName, readonly unknown[], string]> = {
  wound: [
    'stat',
    [null],
    'it was wound in line 5 already: without stat_cbk or any_cbk, a wind hands',
  ],
  failed: ['readlink', [1, null], 'line 10 did that: is a return missing there?'],
  loop: ['rmdir', [0, null], 'it was wound in line 15 already'],
  elsewhere: ['unlink', [0, null], 'line 18 did that'],
  answered: ['access', [0, null], 'line 30 did that'],
};

describe('a second reply', () => {
  it('is logged with the lines of both replies', async () => {
    const run = await startModule({ 'm.py': TWICE });
    run.takeLines();
    for (const [mark, [fop, args, text]] of Object.entries(twice)) {
      run.ask(fop, ...([run.knownLoc(mark), ...args] as FopTable[typeof fop]['args']));
      expect(findLogLine(run, TWICE, mark), mark).toContain(text);
    }
    run.expectSettled();
  });
});

/** An expression → its message. `buf`, `fd`, `dict` and `reply` are the method's objects. */
const typos: Record<string, string> = {
  'buf.sise': 'did you mean ia_size?',
  'buf.size': 'did you mean ia_size?',
  'buf.st_mtime': 'did you mean ia_mtime?',
  'setattr(buf, "sise", 1)': 'did you mean ia_size?',
  'setattr(buf, "ia_sise", 1)': 'did you mean ia_size?',
  'loc.nmae': 'did you mean name?',
  'loc.parnet': 'did you mean parent?',
  'setattr(loc, "name", "x")': 'locs do not change: hand on loc.replace(name=...)',
  'loc.ia_type': 'write loc.inode.ia_type',
  'fd.flgas': 'did you mean flags?',
  'fd.gfid': 'write fd.inode.gfid',
  'setattr(fd, "mine", 1)': 'keep notes in fd.ctx',
  'loc.inode.gifd': 'did you mean gfid?',
  'setattr(loc.inode, "mine", 1)': 'keep notes in inode.ctx',
  'dict.itmes()': 'did you mean items?',
  'frame.unwnd(0)': 'did you mean unwind?',
  'frame.uid': 'write frame.root.uid',
  'self.child.loockup': 'did you mean lookup?',
  'self.chld': 'did you mean child?',
  'reply.bfu': 'did you mean buf?',
  'setattr(reply, "buf", 1)': 'replies do not change: return reply.replace(buf=...)',
  'random.shufle': "random is a module of Python's own, and ",
  'import requests':
    'requests needs the network, which no module has (no sockets), so `option pack',
  'import numpy.linalg':
    'numpy needs compiled code, and only Python runs here, so `option packages`',
  'import psutil': 'psutil needs threads or processes, and a module has one thread',
  'import glupi': "No module named 'glupi': did you mean glupy?",
  'import my_helper':
    "neither Python's own nor a file beside the module or along module-path; what",
};

const TYPOS = `import random
from glupy import Translator

class xlator(Translator):
    async def fsetattr(self, frame, fd, buf, valid, xdata):
        reply = await self.child.fstat(fd, None)
        loc, dict = self.loc, xdata
${Object.keys(typos)
  .map((typo, at) => `        if valid == ${at}: ${typo}  # ${at}`)
  .join('\n')}

    async def stat(self, frame, loc, xdata):
        self.loc = loc.copy()
        return await self.child.stat(loc, xdata)

    def access(self, frame, loc, mask, xdata):
        frame.locl = 1
        frame.mine = frame.local == 1
        frame.wind()
`;

describe('a mistyped attribute in a Python module', () => {
  it('is logged with the likely name, whether it is read or written', async () => {
    const run = await startModule({ 'm.py': TYPOS, 'random.py': 'shuffle = None\n' });
    expect(run.takeLines().filter((line) => line.startsWith('W [m.py'))).toEqual([
      expect.stringMatching(
        /^W \[m\.py:\d+:access\] 0-top: frame\.locl = \.\.\.: did you mean frame\.local\?$/,
      ),
    ]);
    const file = run.knownLoc('file');
    run.ask('stat', file, null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    const fd = new Fd(file.inode!, 2, 1);
    for (const [at, [typo, text]] of Object.entries(typos).entries()) {
      const reply = run.ask('fsetattr', fd, makeSized(1), at, new Map([['a', 1]]) as never);
      run.takeRequests()[0]!.answer(0, 0, makeSized(2), null);
      expect(reply, typo).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      // Python's own hint has another form.
      const message = findLogLine(run, TYPOS, String(at)).replace(
        /Did you mean: '(\w+)'/,
        'did you mean $1',
      );
      expect(message, typo).toContain(text);
    }
    run.expectSettled();
  });
});
