/** Events for a reader that is slow, or reads nothing. */
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import {
  computeWholeEventsLength,
  copyEvents,
  putEvent,
} from '../../runtime/observe/event-store.ts';
import { EventReader, writeLost } from '../../runtime/observe/events.ts';
import { ownTables } from '../../runtime/observe/tables.ts';
import { EventStream } from './graph-questions.ts';

class SlowSocket {
  readonly taken: Uint8Array[] = [];
  /** The bytes that the reader has not taken. */
  writableLength = 0;
  ended = false;

  write(bytes: Uint8Array): void {
    this.taken.push(bytes);
  }

  end(): void {
    this.ended = true;
  }
}

const put = (stream: EventStream, text: string): void =>
  putEvent(stream, 1, (out) => writeLost(out, 1, text));

function told(socket: SlowSocket): string[] {
  const events = new EventReader(ownTables, []).read(Buffer.concat(socket.taken));
  return [...events].map((event) => (event.kind === 'lost' ? event.why : event.kind));
}

it('events for a reader that stops are buffered up to a limit, and then only counted', async () => {
  const socket = new SlowSocket();
  const stream = new EventStream(socket as unknown as Socket);
  put(stream, 'a');
  expect(told(socket)).toEqual([]);
  await new Promise(setImmediate);
  expect(told(socket)).toEqual(['a']);
  // The reader stops.
  socket.writableLength = 2 ** 30;
  for (let i = 0; i < 100; i++) put(stream, 'x'.repeat(1000));
  await new Promise(setImmediate);
  expect(told(socket)).toEqual(['a']);
  socket.writableLength = 2 ** 20;
  put(stream, 'b');
  stream.close();
  put(stream, 'too late');
  await new Promise(setImmediate);
  const lost = '100 events, which came faster than they were read';
  expect(told(socket)).toEqual(['a', lost, 'b']);
  expect(socket.ended).toBe(true);
});

it('the event about lost events has the time of the newest event, also at the end of the stream', async () => {
  for (const isSlowAtEnd of [false, true]) {
    const socket = new SlowSocket();
    const stream = new EventStream(socket as unknown as Socket);
    socket.writableLength = 2 ** 30;
    for (const timeNs of [5, 6, 7]) {
      await new Promise(setImmediate);
      putEvent(stream, timeNs, (out) => writeLost(out, timeNs, 'event'));
    }
    if (!isSlowAtEnd) socket.writableLength = 0;
    stream.close();
    const events = new EventReader(ownTables, []).read(Buffer.concat(socket.taken));
    const list = [...events].map((event) => `${event.at} ${event.kind === 'lost' && event.why}`);
    const lost = (count: number): string =>
      `7 ${count} events, which came faster than they were read`;
    expect(list).toEqual(isSlowAtEnd ? [lost(3)] : [lost(2), '7 event']);
  }
});

it('events of any size are copied whole, even if the stream is cut within an event', () => {
  const socket = new SlowSocket();
  const stream = new EventStream(socket as unknown as Socket);
  const large = (length: number): void =>
    putEvent(stream, 1, (out) => {
      const start = out.at;
      writeLost(out, 1, 'large');
      // Fields after the text are for later versions.
      out.at += length;
      for (let i = 0; i < 4; i++) out.bytes[start + i] = ((out.at - start - 4) >> (8 * i)) & 0xff;
    });
  put(stream, 'a');
  large(100_000);
  large(2 ** 25);
  stream.close();
  expect(told(socket)).toEqual(['a', 'large', 'an event is too large for the recording']);
  const bytes = Buffer.concat(socket.taken);
  const copy = new SlowSocket();
  const copied = new EventStream(copy as unknown as Socket);
  let rest = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += 999) {
    rest = Buffer.concat([rest, bytes.subarray(at, at + 999)]);
    const whole = computeWholeEventsLength(rest);
    copyEvents(copied, rest.subarray(0, whole));
    rest = rest.subarray(whole);
  }
  copied.close();
  expect(Buffer.concat(copy.taken).equals(bytes)).toBe(true);
});
