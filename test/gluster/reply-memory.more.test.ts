/** The limit of a brick's memory for replies that clients do not take, over all connections. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFields } from '../../gluster/rpc/fields.ts';
import { findWireFop } from '../../gluster/rpc/fops4.ts';
import { FOPS4 } from '../../gluster/rpc/programs.ts';
import { EINVAL } from '../../runtime/core/errno.ts';
import { RECORD_MAX } from '../../runtime/wire/record.ts';
import { bufferBytes, PatientBrick, selectedSockets } from '../support/patient-brick.ts';
import type { RawPeer } from '../support/raw-rpc.ts';

const MIB = 2 ** 20;
const LIMIT = 32 * MIB;
const PATIENCE = { timeout: 60_000 };

let brick: PatientBrick;
let file: { readonly gfid: string; readonly fd: number };

const used = (): number => Number(brick.dump()['reply-memory-used']);
const waiting = (): number => Number(brick.dump()['waiting-for-reply-memory']);

/** Reads a file by its gfid, as it is not open for this client. */
const read = async (peer: RawPeer, size = MIB): Promise<number> =>
  (await peer.callFop('readv', [file.gfid, -2, 0, size, 0, null])).opRet;

/** Sends reads, and takes none of their replies. */
function askInSilence(peer: RawPeer, count: number): void {
  const { call, procedure } = findWireFop('readv');
  peer.socket.pause();
  for (let n = 0; n < count; n++) {
    const { bytes } = peer.encodeCall(FOPS4, procedure, (w) =>
      writeFields(w, call, [file.gfid, -2, 0, MIB, 0, null]),
    );
    peer.socket.write(bytes);
  }
}

describe.each(selectedSockets)('a brick with sockets of %s', (_, sources) => {
  let old: RawPeer;
  beforeEach(async () => {
    brick = await PatientBrick.start(`rpc.reply-memory-limit ${LIMIT}`, sources);
    old = await brick.come();
    file = await old.create('f');
    const { opRet } = await old.callFop('writev', [file.gfid, file.fd, 0, MIB, 0, null], {
      data: new Uint8Array(MIB),
    });
    expect(opRet).toBe(MIB);
    expect(await read(old)).toBe(MIB);
  });
  afterEach(() => brick.end());

  it('holds replies of silent clients within the limit, serves others, and closes stalled ones', async () => {
    const before = bufferBytes();
    for (let n = 0; n < 100; n++) askInSilence(await brick.come(), 200);
    await expect.poll(waiting, PATIENCE).toBeGreaterThan(50);
    // Clients that have taken all of their replies are served without delay.
    for (let n = 0; n < 20; n++) expect(await read(old)).toBe(MIB);
    expect(used()).toBeLessThanOrEqual(LIMIT);
    // The clients are silent on, so that only garbage can leave meanwhile.
    await expect.poll(() => bufferBytes() - before, PATIENCE).toBeLessThan(LIMIT + 32 * MIB);
    // Short replies need none of the memory.
    const young = await brick.come();
    expect(await read(young, 1000)).toBe(1000);
    const reading = read(young);
    await expect
      .poll(() => {
        brick.endPatience();
        return waiting();
      }, PATIENCE)
      .toBe(0);
    expect(await reading).toBe(MIB);
    const closed = brick.logLines.filter((line) => line.includes('wait for their memory'));
    expect(closed.length).toBeGreaterThan(50);
    expect(closed[0]).toMatch(
      /connection to 127.0.0.1 is closed: its client took only \d+ of \d+ bytes of replies in 10 s/,
    );
    for (const peer of brick.peers.splice(0)) peer.close();
    await expect.poll(used, PATIENCE).toBe(0);
    await expect.poll(() => bufferBytes() - before, PATIENCE).toBeLessThan(16 * MIB);
  });

  it('sends every reply to clients that pause for less than the patience, and closes none', async () => {
    const slow: RawPeer[] = [];
    for (let n = 0; n < 50; n++) slow.push(await brick.come());
    const replies = slow.map((peer) => {
      const reading = Array.from({ length: 10 }, () => read(peer));
      peer.socket.pause();
      return Promise.all(reading);
    });
    await expect.poll(waiting, PATIENCE).toBeGreaterThan(10);
    for (const { socket } of slow) socket.resume();
    expect((await Promise.all(replies)).flat()).toEqual(new Array(500).fill(MIB));
    expect(waiting()).toBe(0);
    expect(brick.logLines.filter((line) => line.includes('is closed'))).toEqual([]);
  });

  it('reclaims the memory of idle connections without closing them', async () => {
    for (let n = 0; n < 80; n++) {
      const peer = await brick.come();
      expect(await read(peer)).toBe(MIB);
    }
    expect(used()).toBeLessThanOrEqual(LIMIT);
    for (const peer of brick.peers) expect(await read(peer)).toBe(MIB);
    expect(brick.logLines.filter((line) => line.includes('is closed'))).toEqual([]);
  });

  it('refuses a read whose reply no client would accept', async () => {
    const values = [file.gfid, -2, 0, RECORD_MAX + 1, 0, null];
    expect(await old.callFop('readv', values)).toMatchObject({ opRet: -1, opErrno: EINVAL });
  });
});
