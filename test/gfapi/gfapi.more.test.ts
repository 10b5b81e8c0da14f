/**
 * The drop-in for libgfapi-python on volumes of storage/posix, of a brick of glossa and of one of GlusterFS: the
 * functional tests of libgfapi-python in glossa's words, and each row of the table of differences in the docs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VolfileFolder } from '../../gluster/volfile-server/volfile-folder.ts';
import { VolfileServer } from '../../gluster/volfile-server/volfile-server.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { findFreePort } from '../../server/start-server.ts';
import { makeFolder } from '../support/folder.ts';
import { type Bricks, findBrickObstacle, OurBrick, RealBrick } from '../support/gluster.ts';
import { isSkipped } from '../support/obstacle.ts';
import { allPassed, findPythonObstacle, runPythonTests } from '../support/python.ts';
import { selectVariants } from '../support/test-selection.ts';

/** The number of functional tests of libgfapi-python. */
const FUNCTIONAL_TESTS = 66;

let folder: string;
let port: number;
let server: VolfileServer | undefined;
const started: Bricks[] = [];

beforeAll(async () => {
  folder = makeFolder();
  mkdirSync(join(folder, 'volfiles'));
  port = await findFreePort();
  server = await VolfileServer.start({
    folder: new VolfileFolder(join(folder, 'volfiles')),
    tcp: { host: '127.0.0.1', port },
    unix: join(folder, 'socket'),
    servers: [],
    log: () => {},
    warn: (text) => expect.unreachable(text),
  });
});
afterAll(async () => {
  await server?.close();
  for (const each of started) await each.end();
});

/** Serves a volume of this name; returns the outcomes of the tests on it. */
async function test(name: string): Promise<Readonly<Record<string, string>>> {
  const own = join(folder, name);
  const files = join(own, 'files');
  mkdirSync(files, { recursive: true });
  const volfile = await startVolume(name, own, files);
  writeFileSync(join(folder, 'volfiles', `${name}.vol`), volfile);
  const env = {
    GFAPI_HOST: '127.0.0.1',
    GFAPI_PORT: String(port),
    GFAPI_SOCKET: join(folder, 'socket'),
    GFAPI_VOLUME: name,
  };
  return runPythonTests(import.meta.dirname, { env });
}

async function startVolume(name: string, own: string, files: string): Promise<string> {
  if (name === 'posix') {
    return `volume posix\n  type storage/posix\n  option directory ${files}\nend-volume\n`;
  }
  const brick =
    name === 'real' ? await RealBrick.start(own, { files }) : await OurBrick.serve(own, files);
  started.push(brick);
  return brick.volfile;
}

/** The names of tests in a file of Python. */
const findTests = (file: string): string[] =>
  [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/def (test_\w+)/g)].map(
    ([, name]) => name!,
  );

/** The tests that the rows of the table in the docs name. */
const findRows = (): string[] =>
  [
    ...readFileSync(join(packageRoot, 'docs/program/python-gfapi.md'), 'utf8').matchAll(
      /^\|.*\| `(test_\w+)` \|$/gm,
    ),
  ].map(([, name]) => name!);

const storages = [
  ['storage/posix', 'posix', findPythonObstacle()],
  ['a brick of glossa', 'own', findPythonObstacle()],
  ['a brick of GlusterFS', 'real', findPythonObstacle() || findBrickObstacle()],
] as const;

describe.each(selectVariants(storages, ([, name]) => name === 'real'))(
  'gluster.gfapi on %s',
  (title, name, obstacle) => {
    it.skipIf(isSkipped(`gluster.gfapi on ${title}`, obstacle))(
      'passes the functional tests of libgfapi-python and the tests of its documented differences',
      async () => {
        const outcomes = await test(name);
        const names = Object.keys(outcomes);
        expect(outcomes).toEqual(allPassed(outcomes));
        expect(names.length).toBeGreaterThan(FUNCTIONAL_TESTS);
        expect(names).toEqual(expect.arrayContaining(findRows()));
      },
    );
  },
);

describe('the table of differences from libgfapi-python', () => {
  it('has one row for each test of a difference', () => {
    expect(findRows().sort()).toEqual(findTests('test_differences.py').sort());
  });
});
