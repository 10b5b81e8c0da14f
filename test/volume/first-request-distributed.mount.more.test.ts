/** The first request to a new distributed volume creates a name: by the library, glossa fs and a mount. */
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Volume } from '../../server/open-volume.ts';
import {
  describeMounts,
  run,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../support/mount.ts';

const BRICKS = ['b0', 'b1', 'b2'];

/** Makes the text of a volume over new storages; their directories are made too. */
async function makeVolume(scratch: Scratch): Promise<string> {
  for (const brick of BRICKS) await scratch.makeFolder(brick);
  const bricks = BRICKS.map(
    (brick) => `volume ${brick}
    type storage/posix
    option directory ${brick}
end-volume
volume ${brick}-locks
    type features/locks
    subvolumes ${brick}
end-volume
`,
  );
  const names = BRICKS.map((brick) => `${brick}-locks`).join(' ');
  return `${bricks.join('')}volume dht
    type cluster/distribute
    subvolumes ${names}
end-volume
`;
}

const BY_LIBRARY: Readonly<Record<string, (volume: Volume) => Promise<unknown>>> = {
  mkdir: (volume) => volume.mkdir('/new'),
  create: (volume) => volume.writeFile('/new', 'text'),
  mknod: (volume) => volume.mknod('/new', 0o010644),
  symlink: (volume) => volume.symlink('target', '/new'),
};

const BY_MOUNT: Readonly<Record<string, string>> = {
  mkdir: 'mkdir new',
  create: 'echo text > new',
  mknod: 'mknod new p',
  symlink: 'ln -s target new',
};

describeMounts('the first request to a new distributed volume', () => {
  it.each(Object.entries(BY_LIBRARY))('succeeds if it is %s by the library', (_, create) =>
    withScratch(async (scratch) => {
      const path = await scratch.writeFile('dht.vol', await makeVolume(scratch));
      await using volume = await Volume.open(path);
      await create(volume);
      expect(await volume.readdir('/')).toEqual(['new']);
    }),
  );

  it.each(['link', 'rename'] as const)('succeeds if it is %s by the library', (operation) =>
    withScratch(async (scratch) => {
      const path = await scratch.writeFile('dht.vol', await makeVolume(scratch));
      {
        await using first = await Volume.open(path);
        await first.writeFile('/old', 'text');
      }
      await using volume = await Volume.open(path);
      await volume[operation]('/old', '/new');
      expect(await volume.readFile('/new', 'utf8')).toBe('text');
    }),
  );

  it('succeeds if it is of glossa fs', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('dht.vol', await makeVolume(scratch));
      await writeFile(scratch.at('new'), 'text');
      expect(await runGlossa(scratch, ['fs', 'cp', 'new', 'dht.vol:/new'])).toMatchObject({
        status: 0,
        err: '',
      });
      expect(await runGlossa(scratch, ['fs', 'cat', 'dht.vol:/new'])).toMatchObject({
        out: 'text',
      });
    }));

  it.each(Object.entries(BY_MOUNT))('succeeds if it is %s at a mount', (_, script) =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, await makeVolume(scratch));
      const { status, err } = await run(scratch, 'sh', ['-c', `cd mnt && ${script}`]);
      expect([status, err]).toEqual([0, '']);
      expect(await mount.stop()).toBe(0);
    }),
  );
});
