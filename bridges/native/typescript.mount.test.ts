/** The guide's translator in TypeScript, under a real mount. */
import { readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeMounts, startMount, withScratch } from '../../test/support/mount.ts';

const MODULE = `import { type Cbk, defineTranslator, EPERM, type Fop, fail, unwind, wind } from 'glossa';
import { isKept } from './kept.ts';

const unlink: Fop<'unlink', null> = (frame, xl, loc, xflag, xdata) => {
  if (isKept(loc.name!)) fail.unlink(frame, EPERM);
  else wind.unlink(frame, 0, unlinkCbk, xl.children[0]!, loc, xflag, xdata);
};

const unlinkCbk: Cbk<'unlink', null> = (frame, _cookie, xl, opRet, opErrno, ...reply) => {
  xl.log.warning('removed');
  unwind.unlink(frame, opRet, opErrno, ...reply);
};

export default defineTranslator({
  type: 'test/keep',
  description: 'Keeps files.',
  children: [1, 1],
  options: {},
  fops: { unlink },
  init: () => null,
});
`;
const VOLFILE = `volume disk
    type storage/memory
end-volume
volume keep
    type features/native
    option module-path keep.ts
    option unknwon 1
    subvolumes disk
end-volume
`;

describeMounts('a translator in TypeScript', () => {
  it('protects a file, logs with the lines of its source, and warns of an unknown option in the volfile', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('keep.ts', MODULE);
      await scratch.writeFile(
        'kept.ts',
        'export const isKept = (n: string) => n.endsWith(".raw");',
      );
      const mount = await startMount(scratch, VOLFILE);
      const [raw, other] = [join(mount.path, 'a.raw'), join(mount.path, 'b')];
      for (const path of [raw, other]) await writeFile(path, 'text');
      await expect(unlink(raw)).rejects.toMatchObject({ code: 'EPERM' });
      await unlink(other);
      expect(await readdir(mount.path)).toEqual(['a.raw']);
      expect(await mount.stop()).toBe(0);
      expect(mount.log()).toMatch(/ W \[keep\.ts:10:unlinkCbk\] 0-keep: removed$/m);
      expect(mount.log()).toMatch(/ W .*option 'unknwon' is not known here/);
    }));
});
