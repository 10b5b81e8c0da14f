/** The warning of caches that rely on upcalls, over bricks that send none. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BrickClients, renderServer, renderVolume } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../../../test/support/gluster.ts';

type Lines = Readonly<Record<string, string>>;

const PATIENCE = { timeout: 60_000 };
const ON = { 'cache-invalidation': 'on' };
const OFF = { 'cache-invalidation': 'off' };
const SAID = /relies on bricks that tell of changes, and these do not.* (\d+) seconds late/;

let folder: string;
let clients: BrickClients;
let brick: { port: number; end(): Promise<unknown> };

beforeEach(() => {
  folder = makeFolder();
  mkdirSync(join(folder, 'files'));
  clients = new BrickClients();
});
afterEach(async () => {
  await clients.end();
  await brick?.end();
});

const ours = (upcall: Lines | null) =>
  OurBrick.start(
    folder,
    'ours',
    (port) =>
      renderVolume('posix', 'storage/posix', { directory: join(folder, 'files') }, null) +
      renderVolume('locks', 'features/locks', {}, 'posix') +
      (upcall === null ? '' : renderVolume('upcall', 'features/upcall', upcall, 'locks')) +
      renderVolume('brick', 'performance/io-threads', {}, upcall === null ? 'locks' : 'upcall') +
      renderServer(port),
  );
const theirs = (upcall: Lines | null) => RealBrick.start(folder, upcall === null ? {} : { upcall });

const caches: readonly (readonly [type: string, options: Lines, seconds: string])[] = [
  ['md-cache', { 'md-cache-timeout': '600', ...ON }, '600'],
  ['quick-read', { 'cache-timeout': '300', 'quick-read-cache-invalidation': 'on' }, '300'],
  ['nl-cache', { 'nl-cache-timeout': '120' }, '120'],
];

/** Returns the warnings in the log after ten more replies of the brick. */
async function said(type: string, options: Lines): Promise<string[]> {
  const above = [[`performance/${type}`, options] as const];
  const { ask } = await clients.open(brick.port, { above });
  for (let nth = 0; nth < 10; nth++) await ask('listdir', '/');
  return clients.log.filter((line) => SAID.test(line));
}

for (const [whose, start, skip, upcalls] of [
  ['of ours', ours, () => false, [null, OFF]],
  ["of GlusterFS's", theirs, isWithoutBricks, [null]],
] as const) {
  for (const upcall of upcalls) {
    const how = upcall === null ? 'without upcall' : 'with upcall off';
    it.skipIf(skip()).each(caches)(
      `over a brick ${whose} ${how}, %s warns once how late it sees changes by other clients`,
      async (type, options, seconds) => {
        brick = await start(upcall);
        await said(type, options);
        const lines = () => clients.log.filter((line) => SAID.test(line));
        await expect.poll(lines, PATIENCE).toHaveLength(1);
        expect(SAID.exec(lines()[0]!)![1]).toBe(seconds);
      },
    );
  }
  it.skipIf(skip()).each(caches)(
    `over a brick ${whose} that sends upcalls, %s does not warn`,
    async (type, options) => {
      brick = await start(ON);
      expect(await said(type, options)).toEqual([]);
    },
  );
}

it('a cache with default timeouts does not warn over a brick without upcalls', async () => {
  brick = await ours(null);
  for (const [type] of caches) expect(await said(type, {})).toEqual([]);
});
