/**
 * Tests of modules for the original glupy: their construction, their requests and their failures.
 */
import { describe, expect, it } from 'vitest';
import { errnoNumber } from '../../runtime/core/errno.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import type { Loc } from '../../runtime/core/operands.ts';
import { makeModuleGraph, startModule } from '../support/module.ts';
import { takeTexts } from './bridge/requests.ts';

const EIO = errnoNumber('EIO')!;
const HEAD = 'from gluster.glupy import *\n';
const startOld = (source: string) => startModule({ 'm.py': HEAD + source });

async function refusal(source: string): Promise<string> {
  return (await makeModuleGraph({ 'm.py': HEAD + source }).findStartProblems()).join('\n');
}

const stat = (body: string) => `
class xlator(Translator):
    def stat_fop(self, frame, this, loc, xdata):
        ${body}
`;

describe('a request in a glupy module', () => {
  it('fails once with EIO when the fop method fails', async () => {
    for (const before of ['pass', 'dl.wind_stat(frame, None, loc, xdata)']) {
      const run = await startOld(stat(`${before}\n        1 / 0`));
      run.takeLines();
      const reply = run.ask('stat', run.knownLoc('a'), null);
      expect(run.takeRequests()).toEqual([]);
      expect([reply.count, reply.opRet, reply.opErrno]).toEqual([1, -1, EIO]);
      const [line] = run.takeLines();
      expect(line).toMatch(/^E \[m\.py:6:stat_fop\] .*stat failed: ZeroDivisionError/);
      expect(line).not.toContain('site-packages');
      run.expectSettled();
    }
  });

  it('fails once with EIO when the callback fails', async () => {
    const run = await startOld(`
class xlator(Translator):
    def stat_cbk(self, frame, cookie, this, op_ret, op_errno, buf, xdata):
        raise KeyError(frame)
`);
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, null, null);
    expect([reply.opRet, reply.opErrno]).toEqual([-1, EIO]);
    run.expectSettled();
  });

  it('fails with a hint in the log when it is neither wound nor unwound', async () => {
    const run = await startOld(stat('return 0'));
    run.takeLines();
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect([reply.opRet, reply.opErrno]).toEqual([-1, EIO]);
    expect(run.takeLines().join()).toMatch(
      /neither answered nor passed on.* \(is a dl\.wind_stat or dl\.unwind_stat missing\?\)/,
    );
  });

  it('fails with EIO when the module unwinds it twice', async () => {
    const answer = 'dl.unwind_stat(frame, 0, this, -1, 2, None, None)';
    const run = await startOld(stat(`${answer}; ${answer}`));
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect([reply.count, reply.opErrno]).toEqual([1, EIO]);
    expect(run.takeLines().join()).toMatch(/AlreadyAnswered/);
  });

  it('may be stored and unwound during another request', async () => {
    const run = await startOld(`
kept = []
class xlator(Translator):
    def stat_fop(self, frame, this, loc, xdata):
        kept.append(frame)
        if len(kept) == 2:
            for each in kept:
                dl.unwind_stat(each, 0, this, -1, 13, None, None)
        return 0
`);
    const loc = run.knownLoc('a');
    const [one, two] = [run.ask('stat', loc, null), run.ask('stat', loc, null)];
    expect([one.opErrno, two.opErrno]).toEqual([13, 13]);
    run.expectSettled();
  });

  it('may send another fop to the child first', async () => {
    const run = await startOld(`
class xlator(Translator):
    def stat_fop(self, frame, this, loc, xdata):
        self.loc = loc
        dl.wind_access(frame, POINTER(xlator_t)(), loc, 4, xdata)
        return 0
    def access_cbk(self, frame, cookie, this, op_ret, op_errno, xdata):
        if op_ret < 0:
            dl.unwind_stat(frame, cookie, this, op_ret, op_errno, None, None)
        else:
            dl.wind_stat(frame, POINTER(xlator_t)(), self.loc, None)
        return 0
`);
    const loc = run.knownLoc('a');
    const one = run.ask('stat', loc, null);
    run.takeRequests()[0]!.answer(-1, 13, null);
    expect(one.opErrno).toBe(13);
    const two = run.ask('stat', loc, null);
    const [first] = run.takeRequests();
    expect([first!.name, ...first!.args.slice(1)]).toEqual(['access', 4, null]);
    const { name, inode } = first!.args[0] as Loc;
    expect([name, inode === loc.inode]).toEqual(['a', true]);
    first!.answer(0, 0, null);
    const [second] = run.takeRequests();
    expect(second!.name).toBe('stat');
    second!.answer(0, 0, null, null);
    expect(two.opRet).toBe(0);
    run.expectSettled();
  });

  it('has a unique id if it has passed a fop method, and otherwise the id 0', async () => {
    const run = await startOld(`
ids = []
class xlator(Translator):
    def lookup_fop(self, frame, this, loc, xdata):
        ids.append(dl.get_id(frame))
        dl.wind_lookup(frame, None, loc, xdata)
        return 0
    def stat_fop(self, frame, this, loc, xdata):
        ids.append(dl.get_id(frame))
        dl.wind_stat(frame, None, loc, xdata)
        return 0
    def access_cbk(self, frame, cookie, this, op_ret, op_errno, xdata):
        print(len(ids), len(set(ids)), dl.get_id(frame), dl.get_rootunique(frame))
        dl.unwind_access(frame, cookie, this, op_ret, op_errno, xdata)
        return 0
`);
    const loc = run.knownLoc('a');
    for (let at = 0; at < 20; at += 1) {
      run.ask('lookup', loc, null);
      run.ask('stat', loc, null);
    }
    for (const held of run.takeRequests()) held.answer(-1, 2, null, null, null, null);
    run.takeLines();
    const last = run.ask('access', loc, 0, null);
    run.takeRequests()[0]!.answer(0, 0, null);
    expect(takeTexts(run)).toEqual([`40 40 0 ${last.frame.root.unique}`]);
    run.expectSettled();
  });
});

describe('a translator for the original glupy', () => {
  it('is constructed once, with the number that it needs to register its methods', async () => {
    const run = await startOld(`
class xlator(Translator):
    made = 0
    def __init__(self, c_this):
        xlator.made += 1
        self.c_this = c_this
        Translator.__init__(self, c_this)
        print(type(c_this).__name__, sorted(self.stub_refs))
    def stat_fop(self, frame, this, loc, xdata):
        print(xlator.made)
        dl.wind_stat(frame, None, loc, xdata)
        return 0
`);
    run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, null, null);
    expect(takeTexts(run).filter((text) => /^(int|\d)/.test(text))).toEqual([
      "int ['stat_fop']",
      '1',
    ]);
  });

  it('may be made by a function that registers plain functions', async () => {
    const run = await startOld(`
def stat_fop(frame, this, loc, xdata):
    dl.unwind_stat(frame, 0, this, -1, 13, None, None)

def xlator(c_this):
    dl["set_stat_fop"](c_long(c_this), stat_fop)
    return object()
`);
    expect(run.ask('stat', run.knownLoc('a'), null).opErrno).toBe(13);
  });

  it('may import ctypes before or after gluster', async () => {
    const run = await startModule({
      'm.py': `
import ctypes
from ctypes import *
from gluster.glupy import *
from ctypes import POINTER
class xlator(Translator):
    def stat_fop(self, frame, this, loc, xdata):
        dl.wind_stat(frame, ctypes.POINTER(xlator_t)(), loc, ctypes.POINTER(dict_t)())
        return 0
`,
    });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, null, null);
    expect(reply.opRet).toBe(0);
  });

  it('may be a glupy class in a module that imports the old names', async () => {
    const run = await startOld(`
import glupy
class xlator(glupy.Translator):
    def stat(self, frame, loc, xdata):
        frame.fail(glupy.EACCES)
`);
    expect(run.ask('stat', run.knownLoc('a'), null).opErrno).toBe(13);
  });

  it('causes a warning when it registers nothing', async () => {
    const run = await startOld('class xlator(Translator):\n    def __init__(self, c_this): pass\n');
    expect(takeTexts(run).join()).toMatch(/nothing is registered: does __init__ call Translator/);
    const now = await startOld(
      '\nclass xlator(Translator):\n    def stat(self, frame, loc, xdata): pass\n',
    );
    expect(now.takeLines()).toContainEqual(
      expect.stringMatching(
        /^W \[m\.py:[1-9]\d*:xlator\] .*here the method is stat_fop.*; for stat\(.*from glupy import/,
      ),
    );
  });

  it('causes a warning when one of its methods has the name of no fop', async () => {
    const run = await startOld(`
class xlator(Translator):
    def read_fop(self, frame, *args): pass
    def stat_cbk(self, frame, cookie, this, op_ret, op_errno, buf, xdata): pass
`);
    expect(run.takeLines()).toContainEqual(
      expect.stringMatching(
        /^W \[m\.py:4:read_fop\] 0-top: read_fop is not a name of an operation/,
      ),
    );
  });

  it.each([
    [
      'fails',
      'class xlator(Translator):\n    def __init__(self, c):\n        1 / 0',
      /m\.py:4: ZeroDiv/,
    ],
    ['is a number', 'xlator = 5', /m\.py: xlator must be a class, or a function/],
    [
      'has a method with too few parameters',
      stat('pass').replace(', xdata', ''),
      /m\.py:4: stat_fop must take \(self, frame, this, loc, xdata\)/,
    ],
    [
      'registers a function with too few parameters',
      '@OpStat.fop_type\ndef f(frame): pass\ndef xlator(c): dl.set_stat_fop(c, f)',
      /m\.py:2: stat_fop must take \(frame, this, loc, xdata\)/,
    ],
    [
      'registers with a wrong number',
      'def xlator(c): dl.set_stat_fop(c + 1, print)',
      /is not the translator that the module was made with/,
    ],
  ])('cannot start when it %s', async (_title, source, text) => {
    const message = await refusal(source);
    expect(message).toMatch(text);
    expect(message).not.toContain('site-packages');
  });

  it('may replace a registered function later, but not add one', async () => {
    const run = await startOld(`
class xlator(Translator):
    def __init__(self, c_this):
        self.c_this = c_this
        Translator.__init__(self, c_this)
    def stat_fop(self, frame, this, loc, xdata):
        dl.set_stat_fop(self.c_this, OpStat.fop_type(self.other))
        dl.wind_stat(frame, None, loc, xdata)
    def other(self, frame, this, loc, xdata):
        try:
            dl.set_open_fop(self.c_this, lambda *args: 0)
        except RuntimeError as error:
            print(error)
        dl.unwind_stat(frame, 0, this, -1, 13, None, None)
`);
    const loc = run.knownLoc('a');
    run.ask('stat', loc, null);
    run.takeRequests()[0]!.answer(0, 0, null, null);
    expect(run.ask('stat', loc, null).opErrno).toBe(13);
    expect(takeTexts(run)).toContain('open_fop must be set when the translator is made');
  });
});

describe('memory of a glupy module', () => {
  const source = `
import gc, logging
from glupy import frame as frames

class xlator(Translator):
    def __init__(self, c_this):
        self.requests = {}
        Translator.__init__(self, c_this)
        logging.disable(logging.CRITICAL)
    def stat_fop(self, frame, this, loc, xdata):
        c = loc.contents
        key = dl.get_id(frame)
        self.requests[key] = c.name, bytes(c.gfid), c.inode.contents.ia_type, cast(c.inode, c_void_p)
        if key % 5 == 0:
            raise ValueError(frame)
        if key % 5 == 1:
            return 0
        if key % 5 == 2:
            c.name = "other"
        dl.wind_stat(frame, POINTER(xlator_t)(), loc, xdata)
        return 0
    def stat_cbk(self, frame, cookie, this, op_ret, op_errno, buf, xdata):
        if self.requests.pop(dl.get_id(frame))[0] and buf:
            buf.contents.ia_size += 1
        dl.unwind_stat(frame, cookie, this, op_ret, op_errno, buf, xdata)
        return 0
    def access_fop(self, frame, this, loc, mask, xdata):
        self.requests.clear()
        gc.collect()
        print(len(frames.waiting), len(frames.kept) - 1, sys.getallocatedblocks())
        dl.unwind_access(frame, 0, this, 0, 0, None)
        return 0
`;

  it('does not grow over thousands of requests', async () => {
    const run = await startModule({ 'm.py': HEAD + source }, { level: 7 });
    const loc = run.knownLoc('a');
    run.leaf.onRequest = (held) =>
      held.answer(0, 0, Object.assign(new Iatt(), { iaSize: 1 }), null);
    const load = (requests: number): number[] => {
      for (let at = 0; at < requests; at += 1) run.ask('stat', loc, null);
      run.expectSettled();
      run.replies.length = 0;
      run.takeLines();
      run.ask('access', loc, 0, null);
      return takeTexts(run)[0]!.split(' ').map(Number);
    };
    load(300);
    const before = load(300);
    const after = load(3000);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    // A few hundred blocks come and go; a block for each request would be thousands.
    expect(after[2]! - before[2]!).toBeLessThan(500);
  });
});
