/**
 * Tests of an async method's return value: it becomes the reply, or the host refuses it at the
 * return.
 */
import { describe, expect, it } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { startModule } from '../../support/module.ts';
import { rows } from '../../support/rows.ts';

const five = new TextEncoder().encode('12345');
const start = async (body: string) => {
  const run = await startModule({
    'm.js': `import { Iatt, Translator } from 'glossa';
export class xlator extends Translator {
  ${body}
}`,
  });
  run.takeLines();
  return run;
};

describe('opRet of a reply that an async method returns', () => {
  it.each([
    ['an object of writev without opRet', '{ prebuf: new Iatt(), postbuf: new Iatt() }', 5],
    ['an array', '[new Iatt(), new Iatt()]', 5],
    ['an object with opRet', '{ opRet: 3 }', 3],
    ['a number', '2', 2],
  ])('is set by the method, or else calculated from the data: %s', async (_title, value, opRet) => {
    const run = await start(`async writev() { return ${value}; }`);
    const reply = run.ask('writev', new Fd(run.root, 1, 1), five, 0, 0, null);
    expect(reply).toMatchObject({ count: 1, opRet });
    expect(run.takeLines()).toEqual([]);
    run.expectSettled();
  });
});

describe('a wrong return value', () => {
  const wrong = rows`
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
`;
  it.each(wrong)(
    'fails the request with EIO (%s): %s returns %s',
    async (_title, fop, value, text) => {
      const run = await start(`async ${fop}() {\n    await null;\n    return ${value};\n  }`);
      const loc = run.knownLoc('a');
      const fd = new Fd(loc.inode!, 2, 1);
      const args = { writev: [fd, five, 0, 0, null], readv: [fd, 4, 0, 0, null] };
      const fopArgs = args[fop as 'writev'] ?? [loc, null];
      const reply = run.ask(fop as FopName, ...(fopArgs as never));
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      expect(run.takeLines()).toEqual([expect.stringMatching(new RegExp(text))]);
      expect(run.history.at(-1)).toMatch(/^E \[m\.js:5:/);
      run.expectSettled();
    },
  );

  it('fails the request with EIO, also when it is passed to frame.unwind', async () => {
    const run = await start('writev(frame) {\n    frame.unwind(0, 0);\n  }');
    const reply = run.ask('writev', new Fd(run.root, 1, 1), five, 0, 0, null);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    expect(run.takeLines()[0]).toMatch(/^E \[m\.js:4:.*op_ret 0 says that none of 5 bytes/);
    run.expectSettled();
  });
});
