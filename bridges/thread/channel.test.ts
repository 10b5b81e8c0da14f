/** A channel's two ends in one thread, interleaved in every order. */
import { describe, expect, it } from 'vitest';
import { Channel, makeSharedMemory } from './channel.ts';
import { MalformedMessageError, MessageWriter } from './message-bytes.ts';

/** A full ring: a short message, long ones, and a backlog; records the wake-up calls. */
function crowded(shared = makeSharedMemory()) {
  const calls: string[] = [];
  const reader = new Channel(shared, 0, () => calls.push('the writer'));
  const writer = new Channel(shared, 1, () => calls.push('the reader'));
  const message = new MessageWriter();
  writer.put(message.begin(1));
  for (let sent = 0; writer.backlogBytes === 0; sent++) {
    writer.put(message.begin(2).writeData(new Uint8Array(1_000_000).fill(sent)));
  }
  return { reader, writer, calls };
}

it('long data is aligned in the ring, as V8 copies it slowly otherwise', () => {
  const shared = makeSharedMemory();
  const message = new MessageWriter().begin(1).writeData(new Uint8Array(999).fill(7));
  new Channel(shared, 0, () => {}).put(message);
  expect(new Uint8Array(shared.rings[0]).indexOf(7) % 8).toBe(0);
});

describe('a writer with a backlog', () => {
  it('stays awake if the reader has already made room', () => {
    const { reader, writer, calls } = crowded();
    expect([reader.receive()?.readU8(), reader.receive()?.readU8()]).toEqual([1, 2]);
    expect(writer.setAway(false)).toBe(false);
    writer.flush();
    expect([writer.backlogBytes, calls]).toEqual([0, []]);
  });

  it('is woken once the reader has made enough room', () => {
    const { reader, writer, calls } = crowded();
    expect([reader.receive()?.readU8(), writer.setAway(false)]).toEqual([1, true]);
    expect([reader.receive()?.readU8(), calls]).toEqual([2, ['the writer']]);
    writer.flush();
    expect(writer.backlogBytes).toBe(0);
    for (let left = 4; left > 0; left--) expect(reader.receive()?.readU8()).toBe(2);
    expect([reader.receive(), writer.setAway(false)]).toEqual([null, true]);
  });

  it('sends each message unchanged even if the memory of the message is reused', () => {
    const { reader, writer } = crowded();
    const message = new MessageWriter();
    writer.put(message.begin(3));
    writer.put(message.begin(4));
    const kinds: number[] = [];
    for (let got = reader.receive(); got !== null; got = reader.receive()) {
      kinds.push(got.readU8());
      writer.flush();
    }
    expect(kinds.slice(-2)).toEqual([3, 4]);
  });

  it('throws MalformedMessage if the reader reports an impossible number of read bytes', () => {
    const shared = makeSharedMemory();
    const { writer } = crowded(shared);
    // The counter of bytes that side 0 has read.
    new Int32Array(shared.control)[1] = 2 ** 30;
    expect(writer.setAway(false)).toBe(false);
    expect(() => writer.flush()).toThrow(MalformedMessageError);
  });
});
