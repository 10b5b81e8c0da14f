/**
 * A mount returns attributes as new as the call that requests them, even after a change by another
 * mount.
 */
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { isWithoutBricks, OurBrick, RealBrick } from '../../../test/support/gluster.ts';
import { describeMounts, run, startMount, withScratch } from '../../../test/support/mount.ts';

const ROUNDS = 100;

/**
 * One thread looks the name up (mkdir fails with EEXIST), writes through another mount, then reads
 * the attributes, by a descriptor of which the mount knows nothing, or by name.
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

describeMounts('stat on a mount without attribute caching', () => {
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
        const output = await run(scratch, process.execPath, ['-e', SCRIPT, ...paths]);
        expect(output).toMatchObject({ status: 0, out: `${ROUNDS}\n`, err: '' });
        for (const mount of mounts) expect(await mount.stop()).toBe(0);
      } finally {
        await brick.end();
      }
    });

  it('returns the size after a write through another mount, on a brick of glossa', () =>
    asNewAsAsked((folder, files) => OurBrick.serve(folder, files)));

  it.skipIf(isWithoutBricks())(
    'returns the size after a write through another mount, on a brick of GlusterFS',
    () => asNewAsAsked((folder, files) => RealBrick.start(folder, { files })),
  );
});
