/**
 * Tests of an async def's return value: it becomes the reply, or the host refuses it at the return.
 */
import { describe, expect, it } from 'vitest';
import { Fd } from '../../../runtime/core/operands.ts';
import { rows } from '../../support/rows.ts';
import { expectWorks, failed, start } from './failing-module.ts';

const five = new TextEncoder().encode('12345');

describe('op_ret of a reply that an async def returns', () => {
  it.each([
    ['a dict of writev without op_ret', 'return {"prebuf": Iatt(), "postbuf": Iatt()}', 5],
    ['a tuple', 'return Iatt(), Iatt()', 5],
    ['a dict with op_ret', 'return {"op_ret": 3, "prebuf": Iatt()}', 3],
    ['a number', 'return 2', 2],
  ])('is set by the method, or else calculated from the data: %s', async (_title, code, opRet) => {
    const run = await start(`async def writev(self, frame, fd, *args):\n    ${code}`);
    const reply = run.ask('writev', new Fd(run.root, 1, 1), five, 0, 0, null);
    expect(reply).toMatchObject({ count: 1, opRet });
    expect(run.takeLines()).toEqual([]);
    expectWorks(run);
  });

  it.each([
    ['readv', '{"vector": b"abc"}', 3, [4, 0, 0]],
    ['readv', 'b""', 0, [4, 0, 0]],
    ['readdir', '[Dirent("a", 1, 8), Dirent("b", 2, 8)]', 2, [4096, 0]],
    ['fgetxattr', '{"dict": {"user.a": b"1"}}', 1, ['user.a']],
    ['seek', '{"offset": 7}', 0, [0, 0]],
  ] as const)(
    'is calculated from the data that %s returns: %s',
    async (fop, value, opRet, args) => {
      const run = await start(`async def ${fop}(self, frame, fd, *args):\n    return ${value}`);
      const reply = run.ask(fop, ...([new Fd(run.root, 0, 1), ...args, null] as never));
      expect(reply).toMatchObject({ count: 1, opRet });
      expectWorks(run);
    },
  );

  it("is the number of bytes in readlink's path", async () => {
    const run = await start(
      `async def readlink(self, frame, *args):\n    return {"path": "näher"}`,
    );
    const reply = run.ask('readlink', run.knownLoc('l'), 4096, null);
    expect(reply).toMatchObject({ count: 1, opRet: 6 });
    expectWorks(run);
  });
});

describe('a wrong return value', () => {
  const wrong = rows`
0 bytes written ⇒ writev ⇒ return {"op_ret": 0} ⇒ op_ret 0 says that none of 5 bytes
more bytes than the request has ⇒ writev ⇒ return 6 ⇒ op_ret 6 is more than the 5 bytes
an errno as C has it ⇒ writev ⇒ return -28 ⇒ op_ret -28: to fail, raise OSError\(ENOSPC\)
a mistyped field ⇒ writev ⇒ return {"prebuff": 1} ⇒ no prebuff \(did you mean 'prebuf'\?\)
a wrong type ⇒ writev ⇒ return {"prebuf": 1} ⇒ prebuf must be Iatt, not int
more bytes than requested ⇒ readv ⇒ return b"12345"
  ⇒ vector has 5 bytes, and 4 were asked for \(size\)
no data ⇒ readv ⇒ return {"stbuf": Iatt()} ⇒ vector is missing
no inode ⇒ lookup ⇒ return {} ⇒ inode is missing: .*loc\.inode
no attributes ⇒ lookup ⇒ return {"inode": args[0].inode} ⇒ buf is missing
no gfid ⇒ lookup ⇒ return args[0].inode, Iatt() ⇒ buf has no ia_gfid
an errno that was not raised ⇒ stat ⇒ return 2
  ⇒ op_ret 2 says that the stat was done: to fail with ENOENT, raise OSError\(ENOENT\)
an errno in a dict ⇒ stat ⇒ return {"op_ret": -1, "op_errno": 2}
  ⇒ has no op_errno: to fail, raise OSError\(ENOENT\)
a bare 0 ⇒ stat ⇒ return 0 ⇒ buf is missing: a stat that succeeds brings one
`;
  it.each(wrong)('fails the request with EIO (%s): %s runs %s', async (_title, fop, code, text) => {
    const body = `async def ${fop}(self, frame, *args):\n    await asyncio.sleep(0)\n    ${code}`;
    const run = await start(body);
    const loc = run.knownLoc('a');
    const fd = new Fd(loc.inode!, 2, 1);
    const fopArgs =
      fop === 'writev'
        ? run.ask('writev', fd, five, 0, 0, null)
        : fop === 'readv'
          ? run.ask('readv', fd, 4, 0, 0, null)
          : run.ask(fop as 'stat', loc, null);
    run.context.advance(1);
    expect(fopArgs).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(new RegExp(text))]);
    expect(run.history.at(-1)).toMatch(new RegExp(`^E \\[m\\.py:8:${fop}\\]`));
    expectWorks(run);
  });

  it.each([
    ['frame.unwind(0, 0, Iatt(), Iatt())', /op_ret 0 says that none of 5 bytes was written/],
    ['frame.unwind(7, 0)', /op_ret 7 is more/],
  ])('fails the request with EIO, also in the call %s', async (code, text) => {
    const run = await start(`def writev(self, frame, *args):\n    ${code}`);
    const reply = run.ask('writev', new Fd(run.root, 1, 1), five, 0, 0, null);
    expect(reply).toMatchObject(failed);
    expect(run.takeLines()).toEqual([expect.stringMatching(/^E \[m\.py:7:writev\]/)]);
    expect(run.history.at(-1)).toMatch(text);
    expectWorks(run);
  });

  it('is accepted when it comes from the child', async () => {
    const run = await start(`def writev(self, frame, *args):
    frame.wind()

def writev_cbk(self, frame, op_ret, op_errno, prebuf, postbuf, xdata):
    frame.unwind(op_ret, op_errno, prebuf, postbuf, {"more": 1})`);
    const reply = run.ask('writev', new Fd(run.root, 1, 1), five, 0, 0, null);
    run.takeRequests()[0]!.answer(0, 0, null, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expectWorks(run);
  });
});
