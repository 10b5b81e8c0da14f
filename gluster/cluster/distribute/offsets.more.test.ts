/**
 * Offsets of listings as the kernel receives them: each leads to the following entries, through
 * mounts of glossa and GlusterFS, over bricks of both.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { distributedVolfile, renderVolume } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, OurBrick, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import {
  describeMounts,
  makeScratch,
  type Scratch,
  startMount,
} from '../../../test/support/mount.ts';
import { type ListedEntry, OpenFolder } from '../../../test/support/open-folder.ts';

/** In an order that is neither that of the names nor that of their ranges. */
const NAMES = ['wz', 'wa', 'wm'];
const COUNT = 200;

const namesOf = (entries: readonly ListedEntry[]): string[] => entries.map(({ name }) => name);
const expected = ['.', '..', ...Array.from({ length: COUNT }, (_, n) => `name${n}`)].sort();

/** Lists a directory completely, and from each offset the following entries. */
function listFromEverywhere(path: string): ListedEntry[] {
  const folder = new OpenFolder(path);
  const all = folder.rest();
  expect(namesOf(all).sort()).toEqual(expected);
  const after = all.map(({ name, off }) => [name, folder.step(off)[0]?.name]);
  expect(after).toEqual(all.map(({ name }, at) => [name, all[at + 1]?.name]));
  // In arbitrary order.
  for (let n = 0; n < 30; n++) {
    const at = (n * 7919) % all.length;
    expect(folder.rest(all[at]!.off)).toEqual(all.slice(at + 1));
  }
  expect(folder.rest(0n)).toEqual(all);
  folder.close();
  return all;
}

const mounted = isWithoutBricks() ? describe.skip : describeMounts;

mounted('a listing of a distributed volume of three bricks', () => {
  let scratch: Scratch;
  const ends: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    scratch = await makeScratch();
    for (const name of NAMES) mkdirSync(scratch.at(name, 'files'), { recursive: true });
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await scratch.clean();
  });

  const filesOf = (name: string): string => scratch.at(name, 'files');
  const BRICKS = {
    "GlusterFS's": (name: string) => RealBrick.start(scratch.at(name)),
    "glossa's": (name: string) => OurBrick.serve(scratch.at(name), filesOf(name)),
  };
  /** The child that holds a file. */
  const childWith = (name: string): number =>
    NAMES.findIndex((child) => existsSync(join(filesOf(child), 'd', name)));
  /** Checks that each offset encodes the entry's child. */
  function expectChildrenIn(entries: readonly ListedEntry[]): void {
    const files = entries.filter(({ name }) => name.startsWith('name'));
    const said = files.map(({ name, off }) => [name, Number(off % BigInt(NAMES.length))]);
    expect(said).toEqual(files.map(({ name }) => [name, childWith(name)]));
    expect(new Set(said.map(([, child]) => child)).size).toBe(NAMES.length);
  }
  const fill = (mount: RealMount): Promise<string> =>
    mount.runScript(`mkdir d && cd d && for n in $(seq 0 ${COUNT - 1}); do : > name$n; done`);

  test.each(Object.keys(BRICKS) as (keyof typeof BRICKS)[])(
    "can continue after any entry, with GlusterFS's offsets where they fit, on bricks that are %s",
    async (whose) => {
      const ports: Record<string, number> = {};
      for (const name of NAMES) {
        const brick = await BRICKS[whose](name);
        ends.push(() => brick.end());
        ports[name] = brick.port;
      }
      const text = distributedVolfile(ports);
      const theirs = await RealMount.start(scratch.path, 'theirs', text);
      ends.push(() => theirs.end());
      expect(await fill(theirs)).toBe('');
      const mount = await startMount(scratch, text);
      ends.push(() => mount.stop());

      const all = listFromEverywhere(join(mount.path, 'd'));
      expectChildrenIn(all);
      const beside = listFromEverywhere(join(theirs.path, 'd'));
      // Positions of a disk use all bits; those of glossa's bricks are small.
      if (whose === "glossa's") expect(all).toEqual(beside);
      else expect(namesOf(all)).toEqual(namesOf(beside));
    },
  );

  test('can continue after any entry if a GlusterFS client uses a brick that is itself distributed', async () => {
    const disks = NAMES.map(
      (name) =>
        renderVolume(`${name}-disk`, 'storage/posix', { directory: filesOf(name) }, null) +
        renderVolume(name, 'features/locks', {}, `${name}-disk`),
    );
    const server = (port: number): string =>
      renderVolume(
        'server',
        'protocol/server',
        {
          'transport.socket.listen-port': String(port),
          'transport.socket.bind-address': '127.0.0.1',
          'auth.addr.brick.allow': '127.0.0.1',
        },
        'brick',
      );
    const top = renderVolume('brick', 'cluster/distribute', {}, NAMES.join(' '));
    const brick = await OurBrick.start(scratch.path, 'all', (port) =>
      [...disks, top, server(port)].join('\n'),
    );
    ends.push(() => brick.end());
    const mount = await RealMount.start(scratch.path, 'theirs', brick.volfile);
    ends.push(() => mount.end());
    expect(await fill(mount)).toBe('');
    expectChildrenIn(listFromEverywhere(join(mount.path, 'd')));
  });
});
