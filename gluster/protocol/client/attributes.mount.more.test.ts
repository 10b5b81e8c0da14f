/** Attributes that a mount tells are as new as the call that asks for them, whoever changed the file. */
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { noBricks, OurBrick, RealBrick } from '../../../test/support/gluster.ts';
import { describeMounts, run, startMount, withScratch } from '../../../test/support/mount.ts';

const ROUNDS = 100;

/**
 * One thread has the name looked up, and nothing else (it is taken: EEXIST), writes by another mount, and
 * asks for the attributes of the file, of which it has a descriptor that the mount knows nothing of; and
 * the same by its name.
 */
const SCRIPT = `
const { appendFileSync, fstatSync, mkdirSync, openSync, statSync, writeFileSync } = require('node:fs');
const [a, b] = process.argv.slice(1);
writeFileSync(a, '');
const O_PATH = 0o10000000;
const fd = openSync(a, O_PATH);
let size = 0;
for (let round = 0; round < ${ROUNDS}; round += 1) {
  try {
    mkdirSync(a);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  appendFileSync(b, 'x');
  size += 1;
  const seen = round % 2 === 0 ? fstatSync(fd) : statSync(a);
  if (seen.size !== size) throw new Error('round ' + round + ': ' + seen.size + ' for ' + size);
  if (statSync(a).size !== size) throw new Error('round ' + round + ': by name');
}
console.log(size);`;

describeMounts('attributes', () => {
  const asNewAsAsked = (serve: (folder: string, files: string) => Promise<OurBrick | RealBrick>) =>
    withScratch(async (scratch) => {
      const files = scratch.at('files');
      await mkdir(files);
      const brick = await serve(scratch.path, files);
      try {
        const never = ['attribute', 'entry', 'negative'].flatMap((it) => [`--${it}-timeout`, '0']);
        const mounts = await Promise.all(
          ['a', 'b'].map((name) => startMount(scratch, brick.volfile, { name, args: never })),
        );
        const paths = mounts.map(({ path }) => `${path}/f`);
        const said = await run(scratch, process.execPath, ['-e', SCRIPT, ...paths]);
        expect(said).toMatchObject({ status: 0, out: `${ROUNDS}\n` });
        for (const mount of mounts) expect(await mount.stop()).toBe(0);
      } finally {
        await brick.end();
      }
    });

  it('are as new as the question, of a brick of ours', () =>
    asNewAsAsked((folder, files) => OurBrick.serve(folder, files)));

  it.skipIf(noBricks())("are as new as the question, of a brick of GlusterFS's", () =>
    asNewAsAsked((folder, files) => RealBrick.start(folder, { files })),
  );
});
