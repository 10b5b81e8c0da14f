/** The groups of users in this machine's database, and their cache. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { dumpXlator } from '../../../runtime/core/dumps.ts';
import { findUserGroups } from '../../../runtime/sys/user-groups.ts';
import { BrickClients } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isRoot } from '../../../test/support/posix.ts';
import { UserGroups } from './callers.ts';

/** A user that every system has, and its group. */
const DAEMON = 1;
const R_OK = 4;

const clients = new BrickClients(null);
afterEach(async () => {
  await clients.end();
});

const sorted = (ids: readonly number[]): number[] => [...new Set(ids)].sort((a, b) => a - b);

it('a brick finds the same groups of a user as id(1)', () => {
  const users = readFileSync('/etc/passwd', 'utf8').trimEnd().split('\n').slice(0, 30);
  const uids = new Map(users.map((line) => [Number(line.split(':')[2]), line.split(':')[0]!]));
  expect(uids.size).toBeGreaterThan(0);
  for (const [uid, name] of uids) {
    const { stdout } = spawnSync('id', ['-G', name], { encoding: 'utf8' });
    expect(sorted(findUserGroups(uid)!)).toEqual(sorted(stdout.trim().split(' ').map(Number)));
  }
  expect(findUserGroups(0xffff_fff0)).toBe(null);
});

it('a brick caches the groups of a user for the given time, also of an unknown user', () => {
  let now = 0;
  const lookups: number[] = [];
  const groups = new UserGroups(
    (uid) => {
      lookups.push(uid);
      return uid === 7 ? [now] : null;
    },
    () => now,
  );
  expect([groups.find(7, 100), groups.find(8, 100)]).toEqual([[0], []]);
  now = 99;
  expect([groups.find(7, 100), groups.find(8, 100)]).toEqual([[0], []]);
  now = 100;
  expect(groups.find(7, 0)).toEqual([100]);
  expect(groups.find(7, 0)).toEqual([100]);
  expect(lookups).toEqual([7, 8, 7, 7]);
  for (let uid = 10; uid < 10_000; uid++) groups.find(uid, 100);
  expect(groups.find(7, 100)).toEqual([100]);
});

it.runIf(isRoot).each([
  ['off', { own: false, said: true }],
  ['on', { own: true, said: false }],
])(
  'the option manage-gids %s makes a brick use the groups of the client (off) or of its own machine (on)',
  async (isManaged, may) => {
    const directory = makeFolder();
    for (const [name, gid] of [
      ['own', DAEMON],
      ['said', 4242],
    ] as const) {
      writeFileSync(join(directory, name), '');
      chownSync(join(directory, name), 0, gid);
      chmodSync(join(directory, name), 0o040);
    }
    const options = { 'auth.addr.c0.allow': '127.0.0.1', 'server.manage-gids': isManaged };
    const { graph } = await clients.openFolder(directory, {
      above: [['protocol/server', options]],
    });
    const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
    const { ask } = await clients.open(port, {
      options: { 'remote-subvolume': 'c0' },
      caller: { uid: DAEMON, gid: 99, groups: [4242] },
    });
    const mayRead = (path: string): Promise<boolean> =>
      ask('access', path, R_OK).then(
        () => true,
        () => false,
      );
    expect({ own: await mayRead('/own'), said: await mayRead('/said') }).toEqual(may);
  },
);
