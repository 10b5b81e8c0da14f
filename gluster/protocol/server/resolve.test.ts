/** Name resolution of a brick, over the loopback network. */
import { afterEach, expect, test } from 'vitest';
import { dumpXlator } from '../../../runtime/core/dumps.ts';
import { ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../runtime/core/iatt.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { BrickClients } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/posix.ts';

const clients = new BrickClients(null);

afterEach(async () => {
  await clients.end();
});

test('a lookup of the name . returns the directory itself, which libgfapi needs for the root', async () => {
  const server = ['protocol/server', { 'auth.addr.c0.allow': '127.0.0.1' }] as const;
  const { graph } = await clients.openFolder(makeFolder(), { above: [server] });
  const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
  const { driver } = await clients.open(port, { options: { 'remote-subvolume': 'c0' } });
  const { inodes } = driver.graph;
  const { values } = await driver.expect(
    'lookup',
    new Loc(inodes.newInode(), driver.root, '.'),
    null,
  );
  expect(values[1] as Iatt).toMatchObject({ iaGfid: ROOT_GFID, iaType: IA_IFDIR });
});
