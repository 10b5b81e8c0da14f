/**
 * Caches of names and attributes, with two mounts of one brick: the kernel (kernel-timeout) and the mount cache replies,
 * and still see the other mount's changes.
 */
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import {
  clientVolfile,
  distributedVolfile,
  renderServer,
  renderVolume,
} from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../../../test/support/gluster.ts';
import {
  describeMounts,
  makeScratch,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
} from '../../../test/support/mount.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const PATIENCE = { timeout: 60_000 };
const UPCALL = { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '600' };
/** The mount's own timeouts are zero. */
const NEVER = ['attribute', 'entry', 'negative'].flatMap((what) => [`--${what}-timeout`, '0']);

/** The client of the bricks at these ports. */
const client = (ports: readonly number[]): string => {
  if (ports.length === 1) return clientVolfile(ports[0]!);
  return distributedVolfile(Object.fromEntries(ports.map((port, nth) => [`client-${nth}`, port])));
};

const caching = (ports: readonly number[], kernel: string): string =>
  [
    client(ports),
    renderVolume(
      'nl',
      'performance/nl-cache',
      { 'nl-cache-timeout': '600', 'kernel-timeout': kernel },
      ports.length === 1 ? 'c0' : 'dht',
    ),
    renderVolume('ob', 'performance/open-behind', {}, 'nl'),
    renderVolume(
      'mdc',
      'performance/md-cache',
      { 'md-cache-timeout': '600', 'cache-invalidation': 'on', 'kernel-timeout': kernel },
      'ob',
    ),
  ].join('\n');

const ourBrick = (files: string) => (port: number) =>
  renderVolume('posix', 'storage/posix', { directory: files }, null) +
  renderVolume('locks', 'features/locks', {}, 'posix') +
  renderVolume('brick', 'features/upcall', UPCALL, 'locks') +
  renderServer(port);

/** Bricks of one volume. */
interface Bricks {
  readonly ports: readonly number[];
  end(): Promise<unknown>;
}

const startRealBricks = async (scratch: Scratch, count: number): Promise<Bricks> => {
  const bricks: RealBrick[] = [];
  for (let nth = 0; nth < count; nth++)
    bricks.push(await RealBrick.start(await scratch.makeFolder(`${nth}`), { upcall: UPCALL }));
  return {
    ports: bricks.map(({ port }) => port),
    end: () => Promise.all(bricks.map((brick) => brick.end())),
  };
};

const kinds: readonly (readonly [string, () => boolean, (scratch: Scratch) => Promise<Bricks>])[] =
  [
    [
      'a brick of ours',
      () => false,
      async (scratch) => {
        const files = await scratch.makeFolder('files');
        const brick = await OurBrick.start(scratch.path, 'ours', ourBrick(files));
        return { ports: [brick.port], end: () => brick.end() };
      },
    ],
    ["a brick of GlusterFS's", isWithoutBricks, (scratch) => startRealBricks(scratch, 1)],
    ["two bricks of GlusterFS's", isWithoutBricks, (scratch) => startRealBricks(scratch, 2)],
  ];

/** Two bricks need all that one needs. */
const chosen = selectVariants(kinds, ([which]) => which !== "a brick of GlusterFS's");

const found = (path: string): Promise<string> =>
  fs.stat(path).then(
    ({ size, mode }) => `${size} ${(mode & 0o777).toString(8)}`,
    (error: NodeJS.ErrnoException) => error.code!,
  );

describeMounts('a mount whose bricks tell of changes', () => {
  let scratch: Scratch;
  let bricks: Bricks | undefined;
  afterEach(async () => {
    await scratch.clean();
    await bricks?.end();
  });

  const requests = async ({ path }: ServedMount): Promise<number> => {
    const { out } = await runGlossa(scratch, ['stats', path]);
    return Number(/requests +(\d+)/.exec(out)![1]);
  };
  /** Number of requests that 200 stats of a path cost a mount's server. */
  const costOf = async (mount: ServedMount, path: string): Promise<number> => {
    await found(path);
    const before = await requests(mount);
    for (let nth = 0; nth < 200; nth++) await found(path);
    return (await requests(mount)) - before;
  };

  /** Number of listings that md-cache has answered in a mount. */
  const countListingHits = async ({ path }: ServedMount): Promise<number> => {
    const { out } = await runGlossa(scratch, ['stats', 'statedump', path]);
    return Number(/listing_hits\s*=\s*(\d+)/.exec(out)![1]);
  };

  for (const [which, skip, start] of chosen) {
    it.skipIf(skip())(`saves requests and shows every change, over ${which}`, async () => {
      scratch = await makeScratch();
      bricks = await start(scratch);
      const a = await startMount(scratch, caching(bricks.ports, '600'), { name: 'a', args: NEVER });
      const b = await startMount(scratch, client(bricks.ports), { name: 'b', args: NEVER });
      const [inA, inB] = [
        (name: string) => join(a.path, name),
        (name: string) => join(b.path, name),
      ];
      await fs.mkdir(inB('d'));
      await fs.writeFile(inB('d/f'), 'one', { mode: 0o644 });
      await fs.chmod(inB('d/f'), 0o644);

      // Less than half of the stats reach the server, the requests of `glossa stats` included.
      expect(await found(inA('d/f'))).toBe('3 644');
      expect(await costOf(a, inA('d/f'))).toBeLessThan(100);
      expect(await costOf(a, inA('d/none'))).toBeLessThan(100);
      expect(await costOf(b, inB('d/f'))).toBeGreaterThan(200);

      await fs.writeFile(inB('d/f'), 'three');
      await expect.poll(() => found(inA('d/f')), PATIENCE).toBe('5 644');
      await expect.poll(() => fs.readFile(inA('d/f'), 'utf8'), PATIENCE).toBe('three');
      await fs.chmod(inB('d/f'), 0o600);
      await expect.poll(() => found(inA('d/f')), PATIENCE).toBe('5 600');
      await fs.writeFile(inB('d/none'), '1');
      await expect.poll(() => found(inA('d/none')), PATIENCE).toMatch(/^1 /);
      await fs.rename(inB('d/f'), inB('d/g'));
      await expect.poll(() => found(inA('d/f')), PATIENCE).toBe('ENOENT');
      await expect.poll(() => found(inA('d/g')), PATIENCE).toBe('5 600');
      await fs.unlink(inB('d/g'));
      await expect.poll(() => found(inA('d/g')), PATIENCE).toBe('ENOENT');
      // A client that has only listed a file gets upcalls, too.
      await fs.writeFile(inB('d/listed'), 'one');
      await expect.poll(() => fs.readdir(inA('d')), PATIENCE).toContain('listed');
      for (const name of await fs.readdir(inA('d'))) await found(inA(`d/${name}`));
      await fs.writeFile(inB('d/listed'), 'three');
      await expect.poll(() => found(inA('d/listed')), PATIENCE).toMatch(/^5 /);

      // A mount sees its own changes at once.
      await fs.writeFile(inA('d/own'), 'own');
      expect(await found(inA('d/own'))).toMatch(/^3 /);
      await fs.appendFile(inA('d/own'), '!');
      await fs.link(inA('d/own'), inA('d/second'));
      expect((await fs.stat(inA('d/second'))).nlink).toBe(2);
      await fs.unlink(inA('d/own'));
      expect(await found(inA('d/own'))).toBe('ENOENT');
      expect([await found(inA('d/second')), (await fs.stat(inA('d/second'))).nlink]).toEqual([
        expect.stringMatching(/^4 /),
        1,
      ]);
      expect([await a.stop(), await b.stop()]).toEqual([0, 0]);
    });

    it.skipIf(skip())(
      `lets a mount list folders without ${which} until another mount changes them`,
      async () => {
        scratch = await makeScratch();
        bricks = await start(scratch);
        const a = await startMount(scratch, caching(bricks.ports, '0'), { name: 'a', args: NEVER });
        const b = await startMount(scratch, client(bricks.ports), { name: 'b', args: NEVER });
        const [listed, changed] = [join(a.path, 'd'), join(b.path, 'd')];
        await fs.mkdir(changed);
        for (const name of ['one', 'two', 'three']) await fs.writeFile(join(changed, name), name);

        /** Whether a listing is answered by the mount's cache. */
        const isCached = async (): Promise<boolean> => {
          const before = await countListingHits(a);
          await fs.readdir(listed);
          return (await countListingHits(a)) > before;
        };
        const changes: [
          what: string,
          change: () => Promise<unknown>,
          name: string,
          isThere: boolean,
        ][] = [
          ['create', () => fs.writeFile(join(changed, 'four'), '4'), 'four', true],
          ['unlink', () => fs.unlink(join(changed, 'two')), 'two', false],
          ['rename', () => fs.rename(join(changed, 'one'), join(changed, 'eins')), 'eins', true],
          ['mkdir', () => fs.mkdir(join(changed, 'folder')), 'folder', true],
          ['rmdir', () => fs.rmdir(join(changed, 'folder')), 'folder', false],
          ['link', () => fs.link(join(changed, 'three'), join(changed, 'drei')), 'drei', true],
          ['symlink', () => fs.symlink('three', join(changed, 'trois')), 'trois', true],
          [
            'a way out',
            () => fs.rename(join(changed, 'eins'), join(b.path, 'eins')),
            'eins',
            false,
          ],
          ['a way in', () => fs.rename(join(b.path, 'eins'), join(changed, 'uno')), 'uno', true],
        ];
        for (const [message, change, name, isThere] of changes) {
          await expect.poll(isCached, { ...PATIENCE, message }).toBe(true);
          await change();
          await expect
            .poll(async () => (await fs.readdir(listed)).includes(name), { ...PATIENCE, message })
            .toBe(isThere);
        }
        expect((await fs.readdir(listed)).sort()).toEqual((await fs.readdir(changed)).sort());

        // A mount sees its own changes at once.
        for (let nth = 0; nth < 30; nth++) {
          await fs.writeFile(join(listed, `own${nth}`), '');
          if (nth > 0) await fs.unlink(join(listed, `own${nth - 1}`));
          const own = (await fs.readdir(listed)).filter((name) => name.startsWith('own'));
          expect(own).toEqual([`own${nth}`]);
        }
        expect([await a.stop(), await b.stop()]).toEqual([0, 0]);
      },
    );
  }

  for (const [which, skip, start] of chosen) {
    it.skipIf(skip())(
      `never keeps a listing of ${which} that another mount changes meanwhile`,
      async () => {
        scratch = await makeScratch();
        bricks = await start(scratch);
        const a = await startMount(scratch, caching(bricks.ports, '0'), { name: 'a', args: NEVER });
        const b = await startMount(scratch, client(bricks.ports), { name: 'b', args: NEVER });
        for (let round = 0; round < 20; round++) {
          const [listed, changed] = [join(a.path, `d${round}`), join(b.path, `d${round}`)];
          await fs.mkdir(changed);
          let isChanging = true;
          const changes = (async () => {
            for (let nth = 0; nth < 6; nth++) {
              await fs.writeFile(join(changed, `f${nth}`), '');
              if (nth % 2 === 1)
                await fs.rename(join(changed, `f${nth}`), join(changed, `g${nth}`));
            }
          })().finally(() => {
            isChanging = false;
          });
          while (isChanging) await fs.readdir(listed);
          await changes;
          const names = (await fs.readdir(changed)).sort();
          await expect.poll(async () => (await fs.readdir(listed)).sort(), PATIENCE).toEqual(names);
        }
        expect(await countListingHits(a)).toBeGreaterThan(0);
        expect([await a.stop(), await b.stop()]).toEqual([0, 0]);
      },
    );
  }

  it('ends when the brick disconnects, so that changes made meanwhile are seen after its return', async () => {
    scratch = await makeScratch();
    const files = await scratch.makeFolder('files');
    const ours = await OurBrick.start(scratch.path, 'ours', ourBrick(files));
    bricks = { ports: [ours.port], end: () => ours.end() };
    const { port } = ours;
    const a = await startMount(scratch, caching([port], '600'), { name: 'a', args: NEVER });
    const inA = (name: string): string => join(a.path, name);
    await fs.writeFile(inA('f'), 'one');
    const open = await fs.open(inA('f'));
    expect((await open.stat()).size).toBe(3);
    expect([await found(inA('f')), await found(inA('none'))]).toEqual([
      expect.stringMatching(/^3 /),
      'ENOENT',
    ]);
    await ours.end('SIGKILL');
    await fs.writeFile(join(files, 'f'), 'three');
    await fs.writeFile(join(files, 'none'), '1');
    const again = await OurBrick.start(scratch.path, 'again', () => ourBrick(files)(port), port);
    bricks = { ports: [port], end: () => again.end() };
    await expect.poll(() => found(inA('f')), PATIENCE).toMatch(/^5 /);
    await expect.poll(() => found(inA('none')), PATIENCE).toMatch(/^1 /);
    await expect.poll(async () => (await open.stat()).size, PATIENCE).toBe(5);
    await open.close();
    expect(await a.stop()).toBe(0);
  });
});
