/** A call channel over a simulated transport. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeRecordMark, RecordError, RecordReader } from '../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { CallChannel, type LossReason, type PendingCall } from './call-channel.ts';
import { parseFields, readFields, writeFields } from './fields.ts';
import { ACCEPT_STATUS, AUTH_V3, CALL, readCall, writeCall, writeReply } from './message.ts';
import { CALLBACK, FOPS4 } from './programs.ts';

const EAGAIN = 11;
const ESTALE = 116;
const EPIPE = 32;
const text = parseFields('text:string');

/** The outcome of each call, in order. */
let events: string[];
let now: number;
let channel: CallChannel;
/** The bytes that have left. */
let left: Buffer;
/** The most bytes that may leave at a time; or minus the errno of the send. */
let room: number;

const waiter = (name: string): PendingCall => ({
  sentAtMs: 0,
  xid: 0,
  onReply: (r: XdrReader) => void events.push(`${name}: ${readFields(r, text)[0]}`),
  onLoss: (why: LossReason) => void events.push(`${name} is lost: ${why}`),
});

const connect = (): void =>
  channel.attach({
    send(bytes, length, data) {
      if (room < 0) return room;
      const some = Buffer.concat([bytes.subarray(0, length), data ?? new Uint8Array()]).subarray(
        0,
        room,
      );
      left = Buffer.concat([left, some]);
      return some.length;
    },
  });

const call = (
  name: string,
  data: Uint8Array | null = null,
  isTooLate: (() => boolean) | null = null,
): void => {
  writeFields(channel.begin(FOPS4, 1, AUTH_V3, null, waiter(name)), text, [name]);
  channel.end(data, isTooLate);
};

const records = (bytes: Uint8Array): RecordReader => {
  const reader = new RecordReader(bytes.length + 1);
  reader.reserveRoom().set(bytes);
  reader.noteReceived(bytes.length);
  return reader;
};

/** The messages that have left: xids, texts, and the data behind them. */
function messages(): string[] {
  const messages: string[] = [];
  const all = records(left);
  while (all.findNext()) {
    const r = new XdrReader();
    r.begin(all.bytes, all.start, all.end);
    const xid = r.u32();
    expect(r.u32()).toBe(CALL);
    expect(readCall(r, xid).refusal).toBe(null);
    const [content] = readFields(r, text);
    messages.push(`${xid} ${content}${Buffer.from(r.fixed(r.remaining)).toString()}`);
  }
  return messages;
}

/** A message of the peer's. */
function peer(write: (w: XdrWriter) => void): Uint8Array {
  const w = new XdrWriter();
  w.u32(0);
  write(w);
  w.patch(0, makeRecordMark(w.position - 4));
  return w.writtenBytes;
}

const reply = (xid: number, content: string, accept: number = ACCEPT_STATUS.SUCCESS): Uint8Array =>
  peer((w) => {
    writeReply(w, xid, accept);
    if (accept === ACCEPT_STATUS.SUCCESS) writeFields(w, text, [content]);
  });

beforeEach(() => {
  events = [];
  now = 0;
  left = Buffer.alloc(0);
  room = Number.POSITIVE_INFINITY;
  channel = new CallChannel({
    now: () => now,
    onCall: (_, xid) => void events.push(`called ${xid}`),
    onUnknownXid: (xid) => void events.push(`unknown ${xid}`),
  });
  connect();
});

describe('a call channel', () => {
  it('leaves the memory of a reply to the caller that takes its data, and copies small data', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 8 }),
        (sizes, portions) => {
          const taken: Uint8Array[] = [];
          let memory: Uint8Array = new Uint8Array(0);
          const calls = sizes.map(
            (size): PendingCall => ({
              ...{ sentAtMs: 0, xid: 0, onLoss: () => {} },
              onReply(r) {
                taken.push(r.take(size));
                memory = r.bytes;
              },
            }),
          );
          for (const pending of calls) {
            writeFields(channel.begin(FOPS4, 1, AUTH_V3, null, pending), text, ['']);
            channel.end();
          }
          const stream = Buffer.concat(
            calls.map(({ xid }, at) =>
              peer((w) => {
                writeReply(w, xid, ACCEPT_STATUS.SUCCESS);
                w.fixed(new Uint8Array(sizes[at]!).fill(at + 1));
              }),
            ),
          );
          const reader = new RecordReader(256);
          for (let at = 0, step = 0; at < stream.length; step++) {
            const size = portions[step % portions.length]!;
            const portion = stream.subarray(at, at + size);
            at += size;
            reader.append(portion, () => {
              channel.dispatch(reader);
              return true;
            });
            const last = taken.at(-1);
            if (last?.buffer === memory.buffer)
              expect(last.length).toBeGreaterThanOrEqual(memory.length * 0.75);
          }
          expect(taken.map((data) => data.length)).toEqual(sizes);
          for (const [at, data] of taken.entries())
            expect(data.every((byte) => byte === at + 1)).toBe(true);
        },
      ),
    );
  });

  it('sends queued calls together, and accepts replies in any order', () => {
    for (const name of ['a', 'b', 'c']) call(name);
    expect(left.length).toBe(0);
    expect(channel.flush()).toBe(0);
    expect(messages()).toEqual(['2 a', '3 b', '4 c']);
    expect(channel.outstandingCount).toBe(3);
    channel.dispatch(records(Buffer.concat([reply(4, 'C'), reply(2, 'A')])));
    channel.dispatch(records(reply(3, '', ACCEPT_STATUS.PROC_UNAVAIL)));
    expect(events).toEqual(['c: C', 'a: A', 'b is lost: refused']);
    expect(channel.outstandingCount).toBe(0);
  });

  it('sends calls with and without data in order, and lets the caller overwrite the data at once', () => {
    call('a');
    const data = Buffer.from('-data');
    call('b', data);
    data.fill('x');
    call('c');
    channel.flush();
    expect(messages()).toEqual(['2 a', '3 b-data', '4 c']);
  });

  it.each([1, 3, 40, 41, 200])(
    'sends calls completely even if the socket accepts only %i bytes at a time',
    (most) => {
      room = most;
      const data = Buffer.from('-data');
      call('a', data);
      data.fill('x');
      call('b', data);
      call('c');
      // At times nothing can leave.
      for (let turn = 0; channel.hasQueuedBytes; turn++) {
        room = turn % 3 === 0 ? -EAGAIN : most;
        channel.flush();
      }
      expect(messages()).toEqual(['2 a-data', '3 bxxxxx', '4 c']);
    },
  );

  it('frees the memory of sent bytes while the peer reads slowly', () => {
    const data = Buffer.alloc(10_000);
    for (let turn = 0; turn < 200; turn++) {
      room = 9000;
      call('a', data);
      room = 1080;
      channel.flush();
    }
    expect(channel.out.bytes.length).toBeLessThan(1_000_000);
    room = Number.POSITIVE_INFINITY;
    channel.flush();
    expect(messages()).toHaveLength(200);
  });

  it('returns the errno of a failed send, and fails all calls at disconnect', () => {
    room = -EPIPE;
    call('a');
    expect(channel.flush()).toBe(-EPIPE);
    channel.detach();
    expect(events).toEqual(['a is lost: disconnected']);
  });

  it.each([null, new Uint8Array([1, 2, 3])])(
    'sends nothing of calls that are too late, nor those behind them, and goes on with a new connection',
    (data) => {
      let isTooLate = false;
      // The peer reads nothing: bytes wait in the channel.
      room = -EAGAIN;
      call('late', data, () => isTooLate);
      expect(channel.flush()).toBe(-EAGAIN);
      isTooLate = true;
      room = Number.POSITIVE_INFINITY;
      call('behind', data);
      expect(channel.flush()).toBe(-ESTALE);
      expect(left.length).toBe(0);
      channel.detach();
      expect(events).toEqual(['late is lost: disconnected', 'behind is lost: disconnected']);
      connect();
      call('again', null, () => false);
      expect(channel.flush()).toBe(0);
      expect(messages()).toHaveLength(1);
    },
  );

  it('withdraws a call whose arguments cannot be encoded', () => {
    call('a');
    const name = '\ud800';
    const mine = waiter('bad');
    const w = channel.begin(FOPS4, 1, AUTH_V3, null, mine);
    expect(() => writeFields(w, text, [name])).toThrow('lone surrogate');
    channel.withdraw(mine);
    call('b');
    channel.flush();
    expect(messages()).toEqual(['2 a', '4 b']);
    expect(channel.outstandingCount).toBe(2);
  });

  it('expires the oldest calls first, and fails the others at disconnect', () => {
    for (const name of ['a', 'b', 'c']) {
      call(name);
      now += 10;
    }
    expect(channel.expireSentBefore(15)).toBe(2);
    channel.detach();
    call('d');
    expect(channel.flush()).toBe(0);
    connect();
    channel.flush();
    // The late reply matches no call.
    channel.dispatch(records(Buffer.concat([reply(2, 'late'), reply(5, 'D')])));
    expect(messages()).toEqual(['5 d']);
    expect(events).toEqual([
      'a is lost: timeout',
      'b is lost: timeout',
      'c is lost: disconnected',
      'unknown 2',
      'd: D',
    ]);
  });

  it('accepts a new call inside the callback of a lost call', () => {
    channel.begin(FOPS4, 1, AUTH_V3, null, {
      sentAtMs: 0,
      xid: 0,
      onReply: () => call('next'),
      onLoss: () => call('again'),
    });
    channel.end();
    channel.detach();
    connect();
    channel.flush();
    expect(messages()).toEqual(['3 again']);
  });
});

describe('a call channel that receives messages', () => {
  it('reports a call that the peer makes', () => {
    const header = { xid: 2, program: CALLBACK.number, version: 1, procedure: 6 };
    call('a');
    channel.dispatch(
      records(Buffer.concat([peer((w) => writeCall(w, header, 0, null)), reply(2, 'A')])),
    );
    expect(events).toEqual(['called 2', 'a: A']);
  });

  it('drops malformed messages, and throws for a malformed stream', () => {
    call('a');
    channel.dispatch(records(Buffer.concat([peer((w) => w.zeros(4)), peer((w) => w.zeros(0))])));
    channel.dispatch(records(peer((w) => [2, 7, 7].forEach((word) => void w.u32(word)))));
    expect(events).toEqual([]);
    expect(() => channel.dispatch(records(Buffer.alloc(8, 0xff)))).toThrow(RecordError);
  });
});
