/** Directories that one client makes, and names that another makes in them, over bricks that tell of changes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Volume } from '../../server/index.ts';
import { makeFolder } from '../support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../support/gluster.ts';

const upcall = { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '600' };
const CACHE = `volume nl-cache
 type performance/nl-cache
 option nl-cache-timeout 600
 option nl-cache-positive-entry on
 subvolumes utime
end-volume
`;
const brickKinds = [
  ['our brick', OurBrick],
  ['a brick of GlusterFS', RealBrick],
] as const;

/** Whether a path exists. */
const exists = (volume: Volume, path: string): Promise<boolean> =>
  volume.stat(path).then(
    () => true,
    () => false,
  );

describe.each(brickKinds.filter(([, kind]) => kind === OurBrick || !isWithoutBricks()))(
  'over %s',
  (_name, kind) => {
    async function start(): Promise<[ours: Volume, other: Volume]> {
      const folder = makeFolder();
      const files = join(folder, 'files');
      mkdirSync(files);
      const settings = { files, upcall };
      const brick =
        kind === OurBrick
          ? await OurBrick.serve(folder, files, settings)
          : await RealBrick.start(folder, settings);
      onTestFinished(async () => void (await brick.end()));
      const clients = [
        await Volume.open({ volfile: brick.volfile + CACHE }),
        await Volume.open({ volfile: brick.volfile }),
      ] as const;
      for (const client of clients) onTestFinished(() => client.close());
      return [...clients];
    }

    it('another client’s names are seen, whenever they come', async () => {
      const [ours, other] = await start();
      for (let n = 0; n < 200; n++) {
        const path = `/d${n}`;
        await ours.mkdir(path);
        // The other name comes before the listing, during it, or after it.
        const first = n % 3 === 0 ? null : exists(ours, `${path}/absent`);
        if (n % 3 === 2) for (let k = 0; k < 5; k++) await exists(ours, `${path}/absent${k}`);
        const making = n % 2 === 0 ? other.mkdir(`${path}/x`) : other.writeFile(`${path}/x`, '');
        await Promise.all([first, making]);
        await expect.poll(() => exists(ours, `${path}/x`), { timeout: 60_000 }).toBe(true);
        expect(await exists(ours, `${path}/y`)).toBe(false);
      }
    });

    it('names that both make at once are all seen', async () => {
      const [ours, other] = await start();
      const paths = Array.from({ length: 50 }, (_, n) => `/d${n}`);
      await Promise.all(paths.map((path) => ours.mkdir(path)));
      await Promise.all(
        paths.flatMap((path) => [
          ...['a', 'b', 'c'].map((name) => exists(ours, `${path}/${name}`)),
          other.writeFile(`${path}/a`, ''),
          ours.writeFile(`${path}/b`, ''),
          other.mkdir(`${path}/c`),
        ]),
      );
      for (const path of paths)
        for (const name of ['a', 'b', 'c'])
          await expect.poll(() => exists(ours, `${path}/${name}`), { timeout: 60_000 }).toBe(true);
    });
  },
);
