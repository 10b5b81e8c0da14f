/** Programs of libgfapi on a volume of two bricks: glossa's, GlusterFS's, or one of each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBricks } from '../../../test/support/bricks.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import {
  type Bricks,
  findFreePort,
  findGfapiObstacle,
  isWithoutBricks,
} from '../../../test/support/gluster.ts';
import { isSkipped } from '../../../test/support/obstacle.ts';
import { VolfileFolder } from '../../volfile-server/volfile-folder.ts';
import { VolfileServer } from '../../volfile-server/volfile-server.ts';

const CHECKS = join(import.meta.dirname, '../../../test/support/gfapi-checks.py');
const kinds = ['distribute-real', 'distribute-own', 'distribute-mixed'] as const;

let folder: string;
let port: number;
let server: VolfileServer | undefined;
const bricks: Bricks[] = [];

/** Runs all checks on a volume; returns the result of each. */
async function check(volume: string): Promise<Record<string, string>> {
  const args = [
    CHECKS,
    volume,
    '127.0.0.1',
    port,
    join(folder, 'socket'),
    join(folder, `${volume}.log`),
  ];
  const child = spawn('python3', args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  const [status] = await once(child, 'close');
  expect(status).toBe(0);
  return JSON.parse(output) as Record<string, string>;
}

describe.skipIf(isWithoutBricks() || isSkipped('programs of libgfapi', findGfapiObstacle()))(
  'libgfapi',
  () => {
    beforeAll(async () => {
      folder = makeFolder();
      const volfiles = join(folder, 'volfiles');
      mkdirSync(volfiles);
      for (const kind of kinds) {
        const own = join(folder, kind);
        const started = await startBricks(kind, own, join(own, 'files'));
        bricks.push(started);
        writeFileSync(join(volfiles, `${kind}.vol`), started.volfile);
      }
      port = await findFreePort();
      server = await VolfileServer.start({
        folder: new VolfileFolder(volfiles),
        tcp: { host: '127.0.0.1', port },
        unix: join(folder, 'socket'),
        servers: [],
        log: () => {},
        warn: (text) => expect.unreachable(text),
      });
    });
    afterAll(async () => {
      await server?.close();
      for (const each of bricks) await each.end();
    });

    it('passes the same checks on bricks of glossa, of GlusterFS, and of both', async () => {
      const [theirs, ours, mixed] = await Promise.all(kinds.map(check));
      expect(Object.keys(theirs!).length).toBeGreaterThan(10);
      expect(theirs).toEqual(Object.fromEntries(Object.keys(theirs!).map((name) => [name, 'ok'])));
      expect({ ours, mixed }).toEqual({ ours: theirs, mixed: theirs });
    });
  },
);
