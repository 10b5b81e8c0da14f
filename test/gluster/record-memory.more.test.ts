/** The limit of a brick's memory for incomplete messages of all connections. */
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRecordMark } from '../../runtime/wire/record.ts';
import { bufferBytes, PatientBrick, selectedSockets } from '../support/patient-brick.ts';
import type { RawPeer } from '../support/raw-rpc.ts';

const MIB = 2 ** 20;
const LIMIT = 256 * MIB;
/** The limit holds two such messages at a time. */
const LONG = 60 * MIB;
const PATIENCE = { timeout: 120_000 };
/** The bytes of every message, allocated once. */
const zeros = Buffer.alloc(LONG);

let brick: PatientBrick;
const waiting = (): unknown => brick.dump()['waiting-for-record-memory'];
const filled = (): number => Number(brick.dump()['record-memory-filled']);
const used = (): number => Number(brick.dump()['record-memory-used']);

/** Sends a part of a message of this length, which is no valid call. */
function begin(socket: Socket, length: number, sent: number): void {
  const mark = Buffer.alloc(4);
  mark.writeUInt32BE(makeRecordMark(length));
  socket.write(mark);
  socket.write(zeros.subarray(0, sent));
}

/** Writes a file in one call. */
async function write(peer: RawPeer, name: string, length: number): Promise<number> {
  const { gfid, fd } = await peer.create(name);
  const data = zeros.subarray(0, length);
  return (await peer.callFop('writev', [gfid, fd, 0, length, 0, null], { data })).opRet;
}

describe.each(selectedSockets)('a brick with sockets of %s', (_, sources) => {
  beforeEach(async () => {
    brick = await PatientBrick.start(`rpc.record-memory-limit ${LIMIT}`, sources);
  });
  afterEach(() => brick.end());

  it('limits the memory of long messages, serves short ones, and closes stalled connections', async () => {
    const before = bufferBytes();
    for (let n = 0; n < 10; n++) begin((await brick.come()).socket, LONG, LONG - MIB);
    await expect.poll(waiting, PATIENCE).toBe(8);
    expect(used()).toBeLessThanOrEqual(LIMIT / 2);
    await expect.poll(() => bufferBytes() - before, PATIENCE).toBeLessThan(LIMIT);
    // Short messages of another client are served meanwhile.
    const other = await brick.come();
    expect(await write(other, 'f', MIB)).toBe(MIB);
    // A long message gets its turn after all stalled ones.
    const written = write(await brick.come(), 'long', 50 * MIB);
    await expect.poll(waiting, PATIENCE).toBe(9);
    await expect
      .poll(() => {
        brick.endPatience();
        return waiting();
      }, PATIENCE)
      .toBe(0);
    expect(await written).toBe(50 * MIB);
    const closed = brick.logLines.filter((line) => line.includes('wait for its memory'));
    expect(closed.length).toBeGreaterThanOrEqual(8);
    expect(closed[0]).toMatch(
      /connection to 127.0.0.1 is closed: only \d+ of 62914564 bytes of a message arrived in 10 s/,
    );
    expect(await write(other, 'g', MIB)).toBe(MIB);
    for (const peer of brick.peers) peer.close();
    await expect.poll(used, PATIENCE).toBe(0);
  });

  it('reclaims memory from silent connections without closing them', async () => {
    const half = LIMIT / 2;
    const others: RawPeer[] = [];
    for (let n = 0; n < 100; n++) {
      const other = await brick.come();
      expect(await write(other, `f${n}`, MIB)).toBe(MIB);
      others.push(other);
    }
    expect(used()).toBeLessThanOrEqual(half);
    expect(waiting()).toBe(0);
    for (const [n, other] of others.entries()) expect(await write(other, `g${n}`, 9)).toBe(9);
    expect(brick.logLines.filter((line) => line.includes('is closed'))).toEqual([]);
  });

  it('does not close a connection that makes progress while others wait for memory', async () => {
    const slow = [await brick.come(), await brick.come()];
    for (const { socket } of slow) begin(socket, LONG, 0);
    const third = await brick.come();
    begin(third.socket, LONG, 0);
    await expect.poll(waiting, PATIENCE).toBe(1);
    for (let n = 0; n < 3; n++) {
      const before = filled();
      for (const { socket } of slow) socket.write(zeros.subarray(0, 2 * MIB));
      await expect.poll(filled, PATIENCE).toBe(before + 4 * MIB);
      brick.endPatience();
      expect(slow.map(({ isClosed }) => isClosed)).toEqual([false, false]);
    }
    brick.endPatience();
    await expect.poll(() => slow.every(({ isClosed }) => isClosed), PATIENCE).toBe(true);
    await expect.poll(waiting, PATIENCE).toBe(0);
    expect(third.isClosed).toBe(false);
  });

  it('counts the memory of messages from connections without a handshake', async () => {
    const strangers: RawPeer[] = [];
    for (let n = 0; n < 100; n++) {
      const stranger = await brick.connect();
      strangers.push(stranger);
      begin(stranger.socket, 65_536, 65_000);
    }
    // A message, its mark, and the room to receive behind it.
    await expect.poll(used, PATIENCE).toBe(100 * (65_536 + 4 + 4096));
    for (const stranger of strangers) stranger.close();
    await expect.poll(used, PATIENCE).toBe(0);
  });
});
