/** Directories older than the volume, on bricks of glossa and GlusterFS, with both clients. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { BrickClients, distributedVolfile } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import { readGfid } from '../../../test/support/posix.ts';

const DIRECTORIES = ['a', 'b', 'c', 'd', 'a/sub', 'b/sub'];
const KINDS = {
  'two bricks of ours': ['ours', 'ours'],
  'two of GlusterFS': ['real', 'real'],
  'one of each': ['real', 'ours'],
} as const;

describe.skipIf(isWithoutBricks())('directories older than the volume', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** Starts bricks with the directories. @returns ports by client, and gfids by path */
  async function bricks(kinds: readonly ('ours' | 'real')[]) {
    const folder = makeFolder();
    const files = kinds.map((_, at) => join(folder, `b${at}`, 'files'));
    const ports: Record<string, number> = {};
    for (const [at, kind] of kinds.entries()) {
      for (const path of DIRECTORIES) mkdirSync(join(files[at]!, path), { recursive: true });
      const own = join(folder, `b${at}`);
      const brick =
        kind === 'real' ? await RealBrick.start(own) : await OurBrick.serve(own, files[at]!);
      ends.push(() => brick.end());
      ports[`b${at}`] = brick.port;
    }
    writeFileSync(join(files[0]!, 'a', 'file'), 'here');
    const stored = (path: string) => files.map((disk) => readGfid(join(disk, path)));
    return { folder, ports, stored };
  }

  const expectOne = (stored: (path: string) => readonly (string | null)[]): void => {
    for (const path of DIRECTORIES) {
      const [first, second] = stored(path);
      expect(first, path).not.toBeNull();
      expect(second, path).toBe(first);
    }
  };

  test.each(Object.entries(KINDS))(
    "get one gfid on all bricks by lookups of glossa's client, on %s",
    async (_, kinds) => {
      const { ports, stored } = await bricks(kinds);
      const clients = new BrickClients();
      ends.push(() => clients.end());
      const client = await clients.openDistributed(ports);
      for (const path of ['/', ...DIRECTORIES.map((each) => `/${each}`)]) {
        // A brick of GlusterFS treats a very new entry as one that another client is creating.
        for (;;) {
          const stat = await client.ask('stat', path).catch(() => null);
          if (stat !== null) break;
        }
        await client.ask('listdir', path);
      }
      expectOne(stored);
      expect(clients.log.join('\n')).not.toContain('several gfids');
    },
  );

  test.each(Object.entries(KINDS))(
    "get one gfid on all bricks by lookups of GlusterFS's client, on %s",
    async (_, kinds) => {
      const { folder, ports, stored } = await bricks(kinds);
      const mount = await RealMount.start(folder, 'mnt', distributedVolfile(ports));
      ends.push(() => mount.end());
      const all = DIRECTORIES.map((path) => `ls -l ${path}`).join(' && ');
      const output = await mount.runScript(
        `until ls -lR . > /dev/null 2>&1 && ${all}; do :; done; cat a/file`,
      );
      expect(output).toMatch(/here$/);
      expectOne(stored);
    },
  );
});
