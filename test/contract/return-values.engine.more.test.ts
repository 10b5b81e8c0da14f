/**
 * Tests of an async method's return value: it becomes the reply, or the host refuses it at the return, with the
 * method's line.
 */
import { describe, expect, it } from 'vitest';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { Fd } from '../../runtime/core/operands.ts';
import { type RunningModule, startModule } from '../support/module.ts';
import { rows } from '../support/rows.ts';
import { expectWorks, failed, start as startPython } from './bridge-python/failing-module.ts';

const five = new TextEncoder().encode('12345');

/** Starts a module in JavaScript with this method in line 3. */
async function startJavaScript(method: string): Promise<RunningModule> {
  const source = `import { Iatt, Translator } from 'glossa';\nexport class xlator extends Translator {\n  ${method}\n}`;
  const run = await startModule({ 'm.js': source });
  run.takeLines();
  return run;
}

/** Starts a module whose async method has this body, which may follow an await. */
const STARTS = {
  py: (fop: string, body: string, pause = '') =>
    startPython(
      `async def ${fop}(self, frame, *args):\n    ${pause && 'await asyncio.sleep(0)\n    '}${body}`,
    ),
  js: (fop: string, body: string, pause = '') =>
    startJavaScript(`async ${fop}() {${pause && '\n    await null;\n    '}${body}\n  }`),
};

/** Expects that other requests are served. */
const expectServing = (language: 'py' | 'js', run: RunningModule): void =>
  language === 'py' ? expectWorks(run) : run.expectSettled();

/** Sends a fop that the module answers itself. */
function ask(run: RunningModule, fop: string) {
  const loc = run.knownLoc('a');
  const fd = new Fd(loc.inode!, 2, 1);
  const args: Readonly<Record<string, readonly unknown[]>> = {
    writev: [fd, five, 0, 0],
    readv: [fd, 4, 0, 0],
    readdir: [fd, 4096, 0],
    fgetxattr: [fd, 'user.a'],
    seek: [fd, 0, 0],
    readlink: [loc, 4096],
  };
  return run.ask(fop as FopName, ...([...(args[fop] ?? [loc]), null] as never));
}

describe('op_ret of a reply that an async method returns', () => {
  it.each([
    ['py', 'writev', 'return {"prebuf": Iatt(), "postbuf": Iatt()}', 5],
    ['py', 'writev', 'return Iatt(), Iatt()', 5],
    ['py', 'writev', 'return {"op_ret": 3, "prebuf": Iatt()}', 3],
    ['py', 'writev', 'return 2', 2],
    ['js', 'writev', 'return { prebuf: new Iatt(), postbuf: new Iatt() };', 5],
    ['js', 'writev', 'return [new Iatt(), new Iatt()];', 5],
    ['js', 'writev', 'return { opRet: 3 };', 3],
    ['js', 'writev', 'return 2;', 2],
    ['py', 'readv', 'return {"vector": b"abc"}', 3],
    ['py', 'readv', 'return b""', 0],
    ['py', 'readdir', 'return [Dirent("a", 1, 8), Dirent("b", 2, 8)]', 2],
    ['py', 'fgetxattr', 'return {"dict": {"user.a": b"1"}}', 1],
    ['py', 'seek', 'return {"offset": 7}', 0],
    // Bytes of the path.
    ['py', 'readlink', 'return {"path": "näher"}', 6],
  ] as const)(
    'is set by the method, or else calculated from the data (%s): %s, %s',
    async (language, fop, body, opRet) => {
      const run = await STARTS[language](fop, body);
      expect(ask(run, fop)).toMatchObject({ count: 1, opRet });
      expect(run.takeLines()).toEqual([]);
      expectServing(language, run);
    },
  );
});

describe('a wrong return value', () => {
  const wrong = [
    ...rows`
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
`.map((row) => ['py', ...row]),
    ...rows`
0 bytes written ⇒ writev ⇒ { opRet: 0 } ⇒ op_ret 0 says that none of 5 bytes
more bytes than the request has ⇒ writev ⇒ 6 ⇒ op_ret 6 is more than the 5 bytes
an errno as C has it ⇒ writev ⇒ -28 ⇒ opRet -28: to fail, throw new FopError\(ENOSPC\)
a mistyped field ⇒ writev ⇒ { prebuff: 1 } ⇒ not prebuff \(did you mean 'prebuf'\?\)
more bytes than requested ⇒ readv ⇒ new Uint8Array(5)
  ⇒ vector has 5 bytes, and 4 were asked for \(size\)
no inode ⇒ lookup ⇒ {} ⇒ inode is missing: .*loc\.inode
an errno that was not thrown ⇒ stat ⇒ 2
  ⇒ opRet 2 says that the stat was done: to fail with ENOENT, throw new FopError\(ENOENT\)
no attributes ⇒ stat ⇒ 0 ⇒ buf is missing: a stat that succeeds brings one
`.map((row) => ['js', ...row]),
  ] as [language: 'py' | 'js', title: string, fop: string, value: string, text: string][];
  it.each(wrong)(
    'fails the request with EIO (%s, %s): %s runs %s',
    async (language, _, fop, value, text) => {
      const body = language === 'py' ? value : `return ${value};`;
      const run = await STARTS[language](fop, body, 'after an await');
      const reply = ask(run, fop);
      run.context.advance(1);
      expect(reply).toMatchObject(failed);
      expect(run.takeLines()).toEqual([expect.stringMatching(new RegExp(text))]);
      expect(run.history.at(-1)).toMatch(language === 'py' ? /^E \[m\.py:8:/ : /^E \[m\.js:5:/);
      expectServing(language, run);
    },
  );

  it.each([
    ['py', 'frame.unwind(0, 0, Iatt(), Iatt())', /op_ret 0 says that none of 5 bytes was written/],
    ['py', 'frame.unwind(7, 0)', /op_ret 7 is more/],
    ['js', 'frame.unwind(0, 0);', /op_ret 0 says that none of 5 bytes/],
  ] as const)(
    'fails the request with EIO, also in the call (%s): %s',
    async (language, code, text) => {
      const run = await (language === 'py'
        ? startPython(`def writev(self, frame, *args):\n    ${code}`)
        : startJavaScript(`writev(frame) {\n    ${code}\n  }`));
      expect(ask(run, 'writev')).toMatchObject(failed);
      const [line] = run.takeLines();
      expect(line).toMatch(/^E \[m\.(py:7:writev|js:4:)/);
      expect(line).toMatch(text);
      expectServing(language, run);
    },
  );

  it('is accepted when it comes from the child', async () => {
    const run = await startPython(`def writev(self, frame, *args):
    frame.wind()

def writev_cbk(self, frame, op_ret, op_errno, prebuf, postbuf, xdata):
    frame.unwind(op_ret, op_errno, prebuf, postbuf, {"more": 1})`);
    const reply = run.ask('writev', new Fd(run.root, 1, 1), five, 0, 0, null);
    run.takeRequests()[0]!.answer(0, 0, null, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expectWorks(run);
  });
});
