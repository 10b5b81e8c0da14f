/** Tests of invalid arguments and of objects used after their request: each has a clear message. */
import { describe, expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EPERM } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { rows } from '../../support/rows.ts';
import { makeSized } from '../bridge/requests.ts';
import { expectWorks, failed, readlink, start, stat } from './failing-module.ts';

describe('an invalid argument in a Python module', () => {
  const wrong = rows`
a text for an integer ⇒ frame.unwind("0") ⇒ op_ret must be int, not str
None for op_ret ⇒ frame.unwind(None) ⇒ op_ret must be int, not NoneType
a failure without errno ⇒ frame.unwind(-1) ⇒ op_errno must be one such as ENOENT, not 0
a failure with a text ⇒ frame.unwind(-1, "ENOENT") ⇒ op_errno must be .*'ENOENT'
an invalid errno ⇒ frame.unwind(-1, 4096) ⇒ op_errno must be .*4096
fail(0) ⇒ frame.fail(0) ⇒ fail takes an errno such as ENOENT, not 0
fail("x") ⇒ frame.fail("x") ⇒ fail takes an errno such as ENOENT, not 'x'
fail(-2) ⇒ frame.fail(-ENOENT) ⇒ fail takes an errno such as ENOENT, not -2
an int for an iatt ⇒ frame.unwind(0, 0, 5) ⇒ buf must be Iatt, not int
a dict for an iatt ⇒ frame.unwind(0, 0, xdata) ⇒ buf must be Iatt, not Dict
an iatt for a dict ⇒ frame.unwind(0, 0, None, Iatt()) ⇒ xdata must be a Dict
too many parts ⇒ frame.unwind(0, 0, None, None, None) ⇒ stat takes 2 arguments \(buf, xdata\)
a float for an integer ⇒ frame.wind(loc, 1.5, None, fop="access", cbk=print) ⇒ mask must be int
nothing for an integer ⇒ frame.wind(loc, fop="access", cbk=print) ⇒ mask is missing
nothing for a loc ⇒ frame.wind(None, xdata) ⇒ loc must not be None
a text for a loc ⇒ frame.wind("/file") ⇒ loc must be Loc, not str
arguments in the wrong order ⇒ frame.wind(xdata, loc) ⇒ loc must be Loc, not Dict
too large an integer ⇒ frame.wind(loc, 2**53, fop="access", cbk=print) ⇒ mask must be .* 2\^53
too large an integer in a dict ⇒ frame.wind(loc, {"a": 2**60}) ⇒ xdata\["a"\] has an int .*2\^53
a list in a dict ⇒ frame.wind(loc, {"a": []}) ⇒ xdata must be a Dict .*not list
a number as key of a dict ⇒ frame.wind(loc, {1: 2}) ⇒ xdata must be a Dict .*keys are str
a wrong gfid in a dict ⇒ xdata.set("g", "x", "gfuuid")
      frame.wind()
  ⇒ xdata\["g"\] has a gfid
a surrogate in the value of a dict ⇒ frame.wind(loc, {"user.x": "a\ud800b"})
  ⇒ xdata\["user\.x"\] has text that cannot be encoded: the lone surrogate U\+D800 \(at 1\)
a surrogate in a dict of a reply ⇒ frame.unwind(0, 0, Iatt(), {"user.x": "\udfff"})
  ⇒ xdata\["user\.x"\] has text that cannot be encoded: the lone surrogate U\+DFFF \(at 0\)
a negative uint ⇒ xdata.set("g", -1, "uint")
      frame.wind()
  ⇒ xdata\["g"\] has a negative uint
a wrong gfid ⇒ frame.unwind(0, 0, Iatt(ia_gfid="x")) ⇒ buf has an ia_gfid that is no uuid
a wrong type ⇒ frame.unwind(0, 0, Iatt(ia_type=9)) ⇒ buf has an ia_type
a float in an iatt ⇒ Iatt(ia_mtime=1.5) ⇒ Iatt\.ia_mtime must be int, not float
an unknown field ⇒ Iatt(st_size=1) ⇒ Iatt has no field 'st_size'
a name with a slash ⇒ frame.wind(loc.replace(name="a/b")) ⇒ loc has the name "a\/b"
an empty name ⇒ frame.wind(loc.replace(name="")) ⇒ loc has the name ""
a NUL in a name ⇒ frame.wind(loc.replace(name="a\0b")) ⇒ loc has a NUL
a surrogate in a name ⇒ frame.wind(loc.replace(name="\ud800"))
  ⇒ loc has text that cannot be encoded: the lone surrogate U\+D800 \(at 0\) stands for no byte
a number for a name ⇒ frame.wind(loc.replace(name=5)) ⇒ loc must be a string
an unknown inode ⇒ frame.wind(loc.replace(inode=Inode(99999))) ⇒ inode is not known any more
a loc to nowhere ⇒ frame.wind(Loc.of()) ⇒ a loc needs a parent and a name
a name alone ⇒ Loc.of(name="a") ⇒ name needs a parent: the Inode of the directory
a gfid and a name ⇒ Loc.of(gfid=ROOT_GFID, name="a") ⇒ name needs a parent
a parent alone ⇒ Loc.of(parent=loc.parent) ⇒ parent needs a name
an inode and the gfid of another ⇒ Loc.of(inode=loc.inode, gfid=ROOT_GFID)
  ⇒ a loc leads to one file: the gfid of inode is .*, not 0{8}-.*1
a name for a loc without a parent ⇒ Loc.of(gfid=ROOT_GFID).replace(name="a") ⇒ name needs a parent
an unknown fop ⇒ frame.wind(fop="read", cbk=print) ⇒ 'read' is no fop
another fop without callback ⇒ frame.wind(loc, fop="lookup") ⇒ needs a callback
an invalid child ⇒ frame.wind(child="leaf0") ⇒ child must be one of self\.children
a child by number ⇒ frame.wind(child=0) ⇒ child must be one of self\.children, not 0
a strange child ⇒ frame.wind(child=Child(7, "x", "y")) ⇒ no such subvolume to wind to
no children for a wind ⇒ frame.wind(child=self.children[1]) ⇒ IndexError
`;

  // All in one interpreter: a refusal must not affect later requests.
  it('is refused with the expected type', async () => {
    const methods = wrong.map(
      ([, code], at) => `def wrong${at}(self, frame, loc, xdata):\n    ${code}\n`,
    );
    const run = await start(`${methods.join('\n')}
def stat(self, frame, loc, xdata):
    getattr(self, xdata["method"])(frame, loc, xdata)`);
    for (const [at, [title, , text]] of wrong.entries()) {
      const reply = run.ask('stat', run.knownLoc('file'), Dict.of({ method: `wrong${at}` }));
      expect(reply, title).toMatchObject(failed);
      expect(run.takeRequests(), title).toEqual([]);
      const where = new RegExp(`^E \\[m\\.py:\\d+:wrong${at}\\] 0-top: stat failed: `);
      expect(run.takeLines(), title).toEqual([expect.stringMatching(where)]);
      expect(run.history.at(-1), title).toMatch(new RegExp(text));
      expectWorks(run);
    }
  });

  it('fails the request when it comes from the reply of another fop', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    frame.wind(loc, xdata, fop="lookup", cbk=self.found)

def found(self, frame, op_ret, op_errno, *reply):
    frame.unwind(op_ret, op_errno, *reply)

def fsync(self, frame, fd, datasync, xdata):
    frame.wind(fd, xdata, fop="fstat", cbk=self.found)`);
    const reply = stat(run);
    run.takeRequests()[0]!.answer(0, 0, null, makeSized(1), null, null);
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:10:found\] .*stat takes 2 arguments/);
    const fsync = run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), Dict.of({}));
    expect(fsync).toMatchObject(failed);
    expect(run.takeLines()[0]).toMatch(/^E \[m\.py:10:found\] .*postbuf must be Iatt, not Dict/);
    expectWorks(run);
  });

  it('raises an exception that the module can catch', async () => {
    const run = await start(`def stat(self, frame, loc, xdata):
    try:
        frame.unwind(0, 0, "no iatt")
    except TypeError:
        frame.fail(EPERM)

def stat_cbk(self, *args):
    pass`);
    expect(stat(run)).toMatchObject({ count: 1, opErrno: EPERM });
    expect(run.takeLines()).toEqual([]);
    expectWorks(run);
  });

  it.each(rows`
nothing ⇒ pass ⇒ stat returned None, and its reply needs buf, xdata: is a return missing\?
a text ⇒ return "x" ⇒ stat must return .*, not str
an unknown part ⇒ return {"bufff": Iatt()} ⇒ a reply of stat has no bufff
another fop’s reply ⇒ return await self.child.access(loc, 0) ⇒ returned a reply of access
too much ⇒ return 1, 2, 3 ⇒ stat takes 2 arguments
`)('fails the request when an async def returns %s', async (_title, code, text) => {
    const run = await start(`async def stat(self, frame, loc, xdata):\n    ${code}`);
    const reply = stat(run);
    for (const held of run.takeRequests()) held.answer(0, 0, null);
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([
      expect.stringMatching(/^E \[m\.py:[67]:stat\] 0-top: stat failed: /),
    ]);
    expect(run.history.at(-1)).toMatch(new RegExp(text));
    expectWorks(run);
  });

  it('fails the request, as does a wind in a volume without subvolumes', async () => {
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
    expect(readlink(run)).toMatchObject(failed);
    expect(run.ask('fsync', new Fd(run.root, 0, 1), 0, null)).toMatchObject(failed);
    expect(run.ask('ipc', 1, null)).toMatchObject(failed);
    const lines = run.takeLines();
    expect(lines.map((line) => line[0])).toEqual(['E', 'E', 'E', 'E']);
    expect(lines[0]).toMatch(/^E \[m\.py:7:stat\] .*there is no subvolume to wind to/);
    expect(lines[1]).toMatch(/^E \[m\.py:10:readlink\] .*there is no subvolume to wind to/);
    expect(lines[2]).toMatch(/^E \[m\.py:13:fsync\]/);
    expect(lines[3]).toMatch(/ipc: there is no subvolume to wind to/);
    run.expectSettled();
  });
});

describe('an object used after its request', () => {
  it.each([
    ['an iatt', 'stat', 'buf.ia_size'],
    ['a dict', 'stat', 'xdata["key"]'],
    ['the caller', 'stat', 'frame.root.uid'],
    ['bytes', 'readv', 'bytes(vector)'],
    ['a listing', 'readdirp', 'entries[0]'],
  ])('raises HandleExpired: %s', async (_title, fop, use) => {
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
    if (fop === 'stat') {
      stat(run);
      run.takeRequests()[0]!.answer(0, 0, makeSized(1), Dict.of({ key: 1 }));
    } else if (fop === 'readv') {
      run.ask('readv', fd, 1, 0, 0, null);
      run.takeRequests()[0]!.answer(1, 0, Uint8Array.of(1), null, null);
    } else {
      run.ask('readdirp', fd, 1, 0, null);
      run.takeRequests()[0]!.answer(0, 0, [], null);
    }
    expect(readlink(run)).toMatchObject(failed);
    expect(run.takeLines()[0]).toMatch(/^E .*readlink failed: glupy\.HandleExpired: /);
    expectWorks(run);
  });

  it('keeps the parts that were read or copied during the request', async () => {
    const run = await start(`def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
    kept.extend([buf.copy(), xdata.copy(), buf, xdata])
    frame.unwind(op_ret, op_errno, buf, xdata)

def readlink(self, frame, loc, size, xdata):
    one, two, three, four = kept
    assert one.ia_size == three.ia_size == 7 and two["key"] == four["key"] == 1
    # Sent in another request, they are what they were.
    frame.unwind(1, 0, "x", three, four)`);
    stat(run);
    run.takeRequests()[0]!.answer(0, 0, makeSized(7), Dict.of({ key: 1 }));
    const reply = readlink(run);
    expect(reply).toMatchObject({ count: 1, opRet: 1 });
    expect(reply.values[1]).toEqual(makeSized(7));
    expect((reply.values[2] as Dict).get('key')).toBe(1);
    expectWorks(run);
  });
});
