/** Both ends of a channel in one thread: what one does at any moment of the other's, in every order. */
import { describe, expect, it } from 'vitest';
import { Malformed, Writer } from './bytes.ts';
import { Channel, newShared } from './channel.ts';

const MESSAGE_BYTES = 1_000_000;

/** A writer whose last message waits for room, with a short one first; and who was called. */
function crowded(shared = newShared()) {
  const calls: string[] = [];
  const reader = new Channel(shared, 0, () => calls.push('the writer'));
  const writer = new Channel(shared, 1, () => calls.push('the reader'));
  const message = new Writer();
  writer.put(message.begin(1));
  for (let sent = 0; writer.backlogBytes === 0; sent++) {
    writer.put(message.begin(2).data(new Uint8Array(MESSAGE_BYTES).fill(sent)));
  }
  return { reader, writer, calls };
}

describe('who has messages that wait for room', () => {
  it('goes on where there is some now, which the reader has made while it was awake', () => {
    const { reader, writer, calls } = crowded();
    expect([reader.receive()?.u8(), reader.receive()?.u8()]).toEqual([1, 2]);
    expect(writer.leave(false)).toBe(false);
    writer.flush();
    expect(writer.backlogBytes).toBe(0);
    expect(calls).toEqual([]);
  });

  it('is called when there is enough, where what was made before was too little', () => {
    const { reader, writer, calls } = crowded();
    expect(reader.receive()?.u8()).toBe(1);
    expect(writer.leave(false)).toBe(true);
    expect(reader.receive()?.u8()).toBe(2);
    expect(calls).toEqual(['the writer']);
    writer.flush();
    expect(writer.backlogBytes).toBe(0);
    for (let left = 4; left > 0; left--) expect(reader.receive()?.u8()).toBe(2);
    expect(reader.receive()).toBe(null);
    expect(writer.leave(false)).toBe(true);
  });

  it('sends what each message was when it was put, though the next was written over it', () => {
    const { reader, writer } = crowded();
    const message = new Writer();
    writer.put(message.begin(3));
    writer.put(message.begin(4));
    const kinds: number[] = [];
    for (let got = reader.receive(); got !== null; got = reader.receive()) {
      kinds.push(got.u8());
      writer.flush();
    }
    expect(kinds.slice(-2)).toEqual([3, 4]);
  });

  it('goes on to say so where the reader has counted what cannot be', () => {
    const shared = newShared();
    const { writer } = crowded(shared);
    // What side 0 has emptied.
    new Int32Array(shared.control)[1] = 2 ** 30;
    expect(writer.leave(false)).toBe(false);
    expect(() => writer.flush()).toThrow(Malformed);
  });
});
