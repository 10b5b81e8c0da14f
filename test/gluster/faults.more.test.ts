/** Connections that damage traffic between the client and a brick of GlusterFS. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drawBelow, type Random, seedRandom, shuffle } from '../../apps/bench/engine/random.ts';
import { readFields } from '../../gluster/rpc/fields.ts';
import { findWireFop } from '../../gluster/rpc/fops4.ts';
import { CALL, readCall } from '../../gluster/rpc/message.ts';
import { FOPS4 } from '../../gluster/rpc/programs.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { EIO } from '../../runtime/core/errno.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { GFID_REQ } from '../../runtime/core/xdata.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { XdrReader } from '../../runtime/wire/xdr.ts';
import { type BrickClient, BrickClients, bytes } from '../support/brick-clients.ts';
import { corruptOneRecord, kinds } from '../support/corrupt-record.ts';
import { FaultyConnection, frameRecord, passUnchanged } from '../support/faulty-connection.ts';
import { makeFolder } from '../support/folder.ts';
import { isWithoutBricks, RealBrick } from '../support/gluster.ts';

/** For operations that take long on a slow machine. */
const PATIENCE = { timeout: 120_000 };
const SPOILED = 1000;
const CLIENTS = 8;

let folder: string;
let brick: RealBrick;
let clients: BrickClients;
let line: FaultyConnection;

const text = (size: number): string => 'glossa '.repeat(size / 7 + 1).slice(0, size);

async function askAnything({ ask, driver }: BrickClient, random: Random): Promise<void> {
  const path = `/f${drawBelow(random, 4)}`;
  const asks = [
    () => ask('stat', path),
    () => ask('read', path, 3000, 0),
    () => ask('listdir', '/'),
    () => ask('lookup', '/none'),
    () => ask('getxattr', path, 'user.x'),
    () => ask('statfs'),
    () => ask('write', `/w${drawBelow(random, 4)}`, bytes(text(2000)), 0),
    () => driver.find('/'),
  ];
  await asks[drawBelow(random, asks.length)]!();
}

describe.skipIf(isWithoutBricks())('a client over a faulty connection to a GlusterFS brick', () => {
  beforeAll(async () => {
    folder = makeFolder();
    brick = await RealBrick.start(folder);
    const before = new BrickClients();
    const { ask } = await before.open(brick.port);
    for (let n = 0; n < 4; n++) await ask('write', `/f${n}`, bytes(text(3000)), null);
    await before.end();
  });
  afterAll(async () => {
    await brick.end();
  });
  beforeEach(async () => {
    line = await FaultyConnection.start(brick.port);
  });
  afterEach(async () => {
    await clients.end();
    await line.end();
  });

  it.each([
    ['the pump', pump],
    ["Node's event loop", null],
  ])(
    'reconnects after each of a thousand damaged replies, and then serves correctly, with %s',
    async (_, sources) => {
      clients = new BrickClients(sources, 1);
      const options = { 'ping-timeout': '0', 'frame-timeout': '0' };
      const opening = Array.from({ length: CLIENTS }, () => clients.open(line.port, { options }));
      const all = await Promise.all(opening);
      const random = seedRandom(7);
      const spoiled = new Map<string, number>();
      let count = 0;
      line.makeMangler = ({ cut }) =>
        corruptOneRecord({
          ...{ random, cut, direction: 'reply', first: 1 },
          onCorrupt(kind) {
            count += 1;
            spoiled.set(kind, (spoiled.get(kind) ?? 0) + 1);
          },
        });
      line.cut();
      let [answered, failed] = [0, 0];
      const work = async (client: BrickClient): Promise<void> => {
        while (count < SPOILED) {
          try {
            await askAnything(client, random);
            answered += 1;
          } catch (error) {
            failed += 1;
            if (String(error).includes('ENOTCONN')) await delay(1);
          }
        }
      };
      await Promise.all([...all, ...all].map(work));
      expect([...spoiled.keys()].sort()).toEqual([...kinds].sort());
      expect(answered).toBeGreaterThan(100);
      expect(failed).toBeGreaterThan(100);
      const log = clients.log.join('\n');
      expect(log).toMatch(/is lost: it sent a malformed message: a message of/);
      expect(log).toMatch(/a reply with unknown xid/);

      line.makeMangler = () => passUnchanged;
      line.cut();
      for (const client of all) {
        const read = () => client.ask('read', '/f1').catch(String);
        await expect.poll(read, PATIENCE).toEqual(bytes(text(3000)));
        expect(await client.ask('listdir', '/')).toContain('f3');
      }
    },
    120_000,
  );

  it('matches delayed and reordered replies to their requests', async () => {
    clients = new BrickClients();
    const random = seedRandom(11);
    let overtaken = 0;
    line.makeMangler = ({ send }) => {
      let held: Uint8Array[] = [];
      const go = (): void => {
        const order = shuffle(held, random);
        if (order.some((bytes, at) => bytes !== held[at])) overtaken += 1;
        held = [];
        for (const bytes of order) send('reply', bytes);
      };
      return (record, direction) => {
        if (direction === 'call') return [frameRecord(record)];
        if (held.length === 0) setTimeout(go, drawBelow(random, 8));
        held.push(frameRecord(record));
        return [];
      };
    };
    const { ask } = await clients.open(line.port);
    const work = async (n: number): Promise<void> => {
      for (let round = 0; round < 10; round++) {
        const own = `${n} in round ${round}`;
        await ask('write', `/own${n}`, bytes(own), null);
        expect(await ask('read', `/own${n}`)).toEqual(bytes(own));
        expect(await ask('read', `/f${n % 4}`, 3000, 0)).toEqual(bytes(text(3000)));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => work(n)));
    expect(overtaken).toBeGreaterThan(5);
    expect(clients.log.join('\n')).not.toMatch(/lost|unknown xid/);
  });

  it('chooses a new gfid after a failed lookup that may have assigned the previous one', async () => {
    clients = new BrickClients();
    const gfids: unknown[] = [];
    let isDoubtful = false;
    line.makeMangler = () => (record, direction) => {
      const r = new XdrReader(record);
      const [xid, type] = [r.u32(), r.u32()];
      const { procedure: lookup, call } = findWireFop('lookup');
      if (direction === 'call' && type === CALL) {
        const { program, procedure } = readCall(r, xid);
        if (program !== FOPS4.number || procedure !== lookup) return [frameRecord(record)];
        gfids.push((readFields(r, call).at(-1) as Dict).get(GFID_REQ));
      } else if (isDoubtful) {
        // Overwrites op_errno, which follows the reply's header and op_ret.
        new DataView(record.buffer, record.byteOffset).setUint32(28, EIO);
      }
      return [frameRecord(record)];
    };
    const { ask, driver } = await clients.open(line.port);
    const look = (name: string, why: string) =>
      expect(ask('lookup', name), name).rejects.toThrow(why);
    await look('/a', 'ENOENT');
    await look('/b', 'ENOENT');
    isDoubtful = true;
    await look('/c', 'EIO');
    isDoubtful = false;
    await look('/d', 'ENOENT');
    await look('/e', 'ENOENT');
    // A lookup with further xdata, too.
    const { inodes } = driver.client.initiator.graph;
    const loc = new Loc(inodes.newInode(), inodes.root, 'f');
    await driver.wind('lookup', loc, Dict.of({ 'user.x': 0 }));
    const [a, b, c, d, e, f] = gfids;
    expect([b, c, e, f]).toEqual([a, a, d, d]);
    expect(d).not.toBe(a);
  });

  it('reconnects when the brick closes the connection after a damaged call', async () => {
    clients = new BrickClients(pump, 1);
    const { ask } = await clients.open(line.port, { options: { 'ping-timeout': '0' } });
    const random = seedRandom(13);
    let count = 0;
    line.makeMangler = ({ cut }) =>
      corruptOneRecord({
        ...{ random, cut, direction: 'call', first: 3 },
        // A GlusterFS brick might accept other kinds of damage.
        kinds: ['cut', 'cut inside', 'shorter than it says', 'oversized', 'garbage', 'lost'],
        onCorrupt() {
          count += 1;
        },
      });
    line.cut();
    while (count < 40) {
      await ask('read', '/f1', 3000, 0).catch(() => delay(1));
    }
    line.makeMangler = () => passUnchanged;
    line.cut();
    const read = () => ask('read', '/f1').catch(String);
    await expect.poll(read, PATIENCE).toEqual(bytes(text(3000)));
  }, 120_000);
});
