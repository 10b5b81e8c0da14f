/** Times that a client sets reach the storage unchanged, over the loopback network. */
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { dumpXlator } from '../../../runtime/core/dumps.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import * as libc from '../../../runtime/sys/libc.ts';
import { toCString } from '../../../runtime/sys/struct.ts';
import {
  copyTimes,
  decodeMdata,
  MDATA,
  MDATA_SIZE,
} from '../../../runtime/xlators/storage/shared/mdata.ts';
import { BrickClients, bytes } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isRoot } from '../../../test/support/posix.ts';

const clients = new BrickClients(null);

afterEach(async () => {
  await clients.end();
});

it.runIf(isRoot)(
  'a brick stores the times from a client with features/utime, and writes of other clients do not change them',
  async () => {
    const directory = makeFolder();
    // The volume below the server is the clients' remote-subvolume.
    const server = ['protocol/server', { 'auth.addr.c0.allow': '127.0.0.1' }] as const;
    const { graph } = await clients.openFolder(directory, { above: [server] });
    const port = Number(String(dumpXlator(graph.top)['listens-at']).split(':')[1]);
    const options = { 'remote-subvolume': 'c0' };
    const timed = await clients.open(port, { options, above: ['features/utime'] });
    await timed.ask('write', '/f', bytes('1'), null);
    const { inode, buf } = await timed.driver.find('/f');
    const value = new Uint8Array(MDATA_SIZE);
    const kept = () => {
      libc.lgetxattr(toCString(join(directory, 'f')), toCString(MDATA), value, MDATA_SIZE);
      return decodeMdata(value);
    };
    expect(kept()).toEqual(copyTimes(buf));
    const plain = await clients.open(port, { options });
    await plain.ask('write', '/f', bytes('22'), 0);
    expect(kept()).toEqual(copyTimes(buf));
    await timed.driver.expect('truncate', new Loc(inode), 1, null);
    const after = (await timed.driver.find('/f')).buf;
    expect(kept()).toEqual(copyTimes(after));
    expect([after.iaMtime, after.iaMtimeNsec]).not.toEqual([buf.iaMtime, buf.iaMtimeNsec]);
  },
);
