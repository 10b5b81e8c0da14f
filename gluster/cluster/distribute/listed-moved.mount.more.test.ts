/** Listings of a glossa mount while GlusterFS moves files between bricks. */
import { mkdirSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { distributedVolfile } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, OurBrick, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import {
  describeMounts,
  type Scratch,
  startMount,
  withScratch,
} from '../../../test/support/mount.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const BRICKS = ['wz', 'wa', 'wm'];
const COUNT = 250;
/** Listings before the first move or after the last prove nothing. */
const LISTINGS_MIN = 3;
/** The server's id, as from glusterd: a rebalance moves files of its own server. */
const posix = { 'glusterd-uuid': '11111111-2222-4333-8444-555555555555' };

const serving = {
  GlusterFS: (folder: string, files: string) => RealBrick.start(folder, { files, posix }),
  glossa: (folder: string, files: string) => OurBrick.serve(folder, files, { posix }),
};

/** Lists a directory, a few names at a time. */
function list(path: string): string[] {
  const folder = opendirSync(path, { bufferSize: 8 });
  const names: string[] = [];
  for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
    names.push(entry.name);
  }
  folder.closeSync();
  return names.sort();
}

async function withBricks(
  scratch: Scratch,
  kind: keyof typeof serving,
  test: (volfile: string) => Promise<void>,
): Promise<void> {
  const bricks: (RealBrick | OurBrick)[] = [];
  try {
    for (const name of BRICKS) {
      const files = scratch.at(name, 'files');
      mkdirSync(files, { recursive: true });
      bricks.push(await serving[kind](scratch.at(name), files));
    }
    const ports = BRICKS.map((name, at) => [name, bricks[at]!.port] as const);
    await test(distributedVolfile(Object.fromEntries(ports)));
  } finally {
    for (const brick of bricks) await brick.end();
  }
}

describeMounts('a listing of a distributed volume', () => {
  const all = Object.keys(serving) as (keyof typeof serving)[];
  it.skipIf(isWithoutBricks()).each(selectVariants(all, (kind) => kind === 'GlusterFS'))(
    'returns each file once while a rebalance moves files, on bricks of %s',
    (kind) =>
      withScratch((scratch) =>
        withBricks(scratch, kind, async (volfile) => {
          const theirs = await RealMount.start(scratch.path, 'theirs', volfile);
          try {
            const mount = await startMount(scratch, volfile, { name: 'ours' });
            // A rename misplaces most files.
            const made = await theirs.runScript(`mkdir d && cd d && for n in $(seq ${COUNT}); do
              echo "$n" > a$n && mv a$n some-longer-name-$n || exit; done`);
            expect(made).toBe('');
            const folder = join(mount.path, 'd');
            const expected = list(folder);
            expect(new Set(expected).size).toBe(COUNT);
            let isOver = false;
            const moved = theirs
              .runScript(
                `cd d && for n in *; do setfattr -n trusted.distribute.migrate-data -v force $n 2>&1 || :; done`,
              )
              .finally(() => {
                isOver = true;
              });
            let listings = 0;
            do {
              expect(list(folder)).toEqual(expected);
              listings += 1;
              await new Promise(setImmediate);
            } while (!isOver);
            await moved;
            expect(listings).toBeGreaterThanOrEqual(LISTINGS_MIN);
            expect(list(folder)).toEqual(expected);
            expect(await mount.stop()).toBe(0);
          } finally {
            await theirs.end();
          }
        }),
      ),
  );
});
