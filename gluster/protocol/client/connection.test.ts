/** The connection to a brick, with a simulated clock and peer. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { VirtualClock } from '../../../runtime/core/virtual-clock.ts';
import { makeRecordMark, RecordReader } from '../../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../../runtime/wire/xdr.ts';
import { readTexts, writeTexts } from '../../rpc/dict.ts';
import { readFields, writeFields } from '../../rpc/fields.ts';
import {
  AUTH_V2,
  AUTH_V3,
  CALL,
  type ReceivedCall,
  readCall,
  writeReply,
} from '../../rpc/message.ts';
import {
  commonReply,
  DUMP_PROCEDURES,
  DUMP_PROGRAM,
  FOPS4,
  HANDSHAKE,
  PORTMAP,
  type Program,
  portByBrickCall,
  portByBrickReply,
  writePrograms,
} from '../../rpc/programs.ts';
import { Connection, type TransportEvents } from './connection.ts';
import { makeSetVolumeTexts } from './handshake.ts';

const EACCES = 13;
const EAGAIN = 11;
const ENOENT = 2;
const EPIPE = 32;
const ESTALE = 116;

/** A connection at the peer's end. */
interface Line {
  readonly address: SocketAddress;
  readonly events: TransportEvents;
  isClosed: boolean;
  sent: Uint8Array;
  /** Bytes that the peer still accepts, or minus the errno of sending. */
  capacity: number;
}

let clock: VirtualClock;
let connection: Connection;
let lines: Line[];
/** Events of the connection, in order. */
let events: string[];
/** The behaviour of the peer. */
let peer: {
  programs: readonly Program[];
  answers: boolean;
  pings: boolean;
  port: number;
  errno: number;
  texts: ReadonlyMap<string, string>;
};
/** The `process-uuid` of each handshake that arrived. */
let introduced: string[];
let pings: number;
/** The flavor of the last ping's credentials. */
let pingFlavor: number;
let isAwaited: boolean;

const line = (): Line => lines.at(-1)!;

/** Sends a message to the client. */
function send({ events }: Line, write: (w: XdrWriter) => void): void {
  const w = new XdrWriter();
  w.u32(0);
  write(w);
  w.patch(0, makeRecordMark(w.position - 4));
  const room = events.records.reserveRoom();
  room.set(w.writtenBytes);
  events.records.noteReceived(w.position);
  events.onReceive();
}

function answer(to: Line, call: ReceivedCall, r: XdrReader): void {
  const { program, procedure, xid } = call;
  const reply = (write: (w: XdrWriter) => void): void =>
    send(to, (w) => {
      writeReply(w, xid, 0);
      write(w);
    });
  if (program === DUMP_PROGRAM.number && procedure === DUMP_PROCEDURES.PING) {
    pings += 1;
    pingFlavor = call.flavor;
    if (peer.pings) reply((w) => writeFields(w, commonReply, [0, 0, new Uint8Array()]));
  } else if (!peer.answers) return;
  else if (program === DUMP_PROGRAM.number) reply((w) => writePrograms(w, peer.programs));
  else if (program === PORTMAP.number) {
    const [brick] = readFields(r, portByBrickCall);
    reply((w) => writeFields(w, portByBrickReply, [brick === 'brick' ? 0 : -1, 0, 0, peer.port]));
  } else if (program === HANDSHAKE.number) {
    introduced.push(
      readTexts(r)!
        .get('process-uuid')!
        .replace(/.*RECON_NO:-/, ''),
    );
    reply((w) => {
      w.i32(peer.errno === 0 ? 0 : -1);
      w.i32(peer.errno);
      writeTexts(w, peer.texts);
    });
  }
}

/** Replies to messages, and to what they cause, until none arrives. */
function settle(): void {
  for (let at = 0; at < lines.length; at++) {
    const each = lines[at]!;
    while (each.sent.length > 0 && !each.isClosed) {
      const records = new RecordReader(each.sent.length + 1);
      records.reserveRoom().set(each.sent);
      records.noteReceived(each.sent.length);
      each.sent = new Uint8Array();
      while (records.findNext() && !each.isClosed) {
        const r = new XdrReader();
        r.begin(records.bytes, records.start, records.end);
        const xid = r.u32();
        if (r.u32() === CALL) answer(each, readCall(r, xid), r);
      }
    }
  }
}

/** The peer accepts the last connection. */
function accept(): void {
  const mine = line();
  mine.events.onConnect({
    send(bytes, length, data) {
      if (mine.capacity < 0) return mine.capacity;
      const all = Buffer.concat([bytes.subarray(0, length), data ?? new Uint8Array()]);
      const accepted = all.subarray(0, mine.capacity);
      mine.capacity -= accepted.length;
      mine.sent = Buffer.concat([mine.sent, accepted]);
      return all.length > 0 && accepted.length === 0 ? -EAGAIN : accepted.length;
    },
  });
  settle();
}

function advance(seconds: number): void {
  const end = clock.now + seconds * 1000;
  for (;;) {
    const { nextDueMs } = clock;
    if (nextDueMs === undefined || nextDueMs > end) break;
    clock.advanceTo(nextDueMs);
    settle();
  }
  clock.advanceTo(end);
}

/** For each failure, whether a peer answered. */
let met: boolean[];

function make(asksPort = false, pingTimeout = 42): void {
  connection = new Connection(
    {
      context: { now: () => clock.now, after: (ms, fn) => clock.after(ms, fn) },
      connect(address, events) {
        const newLine: Line = {
          address,
          events,
          isClosed: false,
          sent: new Uint8Array(),
          capacity: Infinity,
        };
        lines.push(newLine);
        return {
          isServedByLoop: false,
          flushSoon: () => events.onWritable(),
          close() {
            newLine.isClosed = true;
          },
        };
      },
      now: () => clock.now,
      address: { host: 'h', port: 24_007 },
      needsPort: asksPort,
      subvolume: 'brick',
      hasWaitingRequests: () => isAwaited,
      readPingTimeoutS: () => pingTimeout,
      readFrameTimeoutS: () => 1800,
      makeSetVolumeTexts: (number) => makeSetVolumeTexts(new Map(), `CTX_ID:U-RECON_NO:-${number}`),
      makeRecords: () => new RecordReader(),
    },
    {
      onHandshake: ({ isUp }) => void events.push(isUp ? 'up' : 'up, its storage is not'),
      onLoss: (why) => void events.push(`lost: ${why}`),
      onFailure({ reason, isFinal, hasReplied }) {
        events.push(`${isFinal ? 'refused' : 'failed'}: ${reason}`);
        met.push(hasReplied);
      },
      onCall: (program, procedure) => void events.push(`called ${program} ${procedure}`),
      warn: (text) => void events.push(text),
    },
  );
}

const ask = (name: string): void => {
  connection.channel.begin(FOPS4, 1, 0, null, {
    sentAtMs: 0,
    xid: 0,
    onReply: () => void events.push(`${name} is answered`),
    onLoss: (why) => void events.push(`${name}: ${why}`),
  });
  connection.channel.end();
  connection.flushSoon();
};

beforeEach(() => {
  clock = new VirtualClock();
  lines = [];
  events = [];
  met = [];
  introduced = [];
  pings = 0;
  isAwaited = false;
  peer = {
    programs: [FOPS4, HANDSHAKE],
    answers: true,
    pings: true,
    port: 49_152,
    errno: 0,
    texts: new Map(),
  };
});

describe('a connection', () => {
  it('is up after DUMP and the handshake, and stays closed after stop', () => {
    make();
    connection.start();
    connection.start();
    expect(lines).toHaveLength(1);
    expect(connection.isUp).toBe(false);
    accept();
    expect(connection.isUp).toBe(true);
    expect(events).toEqual(['up']);
    connection.stop();
    expect(line().isClosed).toBe(true);
    advance(1000);
    expect(lines).toHaveLength(1);
  });

  it('asks a management daemon for the port again at each reconnect', () => {
    make(true);
    peer.programs = [PORTMAP, HANDSHAKE];
    connection.start();
    accept();
    expect(lines.map(({ address }) => address)).toEqual([
      { host: 'h', port: 24_007 },
      { host: 'h', port: 49_152 },
    ]);
    expect(lines[0]!.isClosed).toBe(true);
    peer.programs = [FOPS4, HANDSHAKE];
    accept();
    expect(events).toEqual(['up']);
    line().events.onEnd('it was cut');
    advance(3);
    expect(line().address).toMatchObject({ port: 24_007 });
  });

  it.each([
    [{ port: 0 }, 'failed: brick brick does not run there: start its volume'],
    [{ programs: [HANDSHAKE] }, 'failed: it does not speak GlusterFS 4.x v1'],
    [
      { programs: [FOPS4], errno: ENOENT, texts: new Map([['ERROR', 'Brick not found']]) },
      'failed: Brick not found',
    ],
    [
      { programs: [FOPS4], errno: EACCES, texts: new Map([['ERROR', 'Authentication failed']]) },
      'refused: Authentication failed',
    ],
    [{ programs: [FOPS4], texts: new Map([['child_up', '0']]) }, 'up, its storage is not'],
  ])('with a peer that sends %j, reports %s', (says, what) => {
    make(true);
    peer = { ...peer, programs: [PORTMAP], ...says };
    connection.start();
    accept();
    expect(events[0]).toContain(what);
    const count = lines.length;
    advance(10);
    // A final failure has no further attempt.
    const again = !/^(refused|up)/.test(what);
    expect(lines.length > count).toBe(again);
    expect(met[0] ?? true).toBe(true);
  });

  it('reconnects under a new client name after a loss, and ignores events of the old connection', () => {
    make();
    connection.start();
    line().events.onEnd('connection refused');
    advance(0.2);
    expect(lines).toHaveLength(1);
    advance(0.05);
    accept();
    ask('a');
    line().events.onEnd('it was cut');
    // Events of an old connection are ignored.
    line().events.onEnd('again');
    advance(3);
    accept();
    expect(events).toEqual([
      'failed: connection refused',
      'up',
      'a: disconnected',
      'lost: it was cut',
      'up',
    ]);
    expect(introduced).toEqual(['0', '1']);
  });

  it('retries after growing intervals, which start over after a success', () => {
    make();
    connection.start();
    const waits = (): number[] => {
      const delays: number[] = [];
      for (let attempt = 0; attempt < 7; attempt++) {
        const [count, at] = [lines.length, clock.now];
        line().events.onEnd('connection refused');
        for (let tick = 0; lines.length === count && tick < 100; tick++) advance(0.05);
        delays.push(clock.now - at);
      }
      return delays;
    };
    const expected = [250, 500, 1000, 2000, 3000, 3000, 3000];
    expect(waits()).toEqual(expected);
    accept();
    expect(waits()).toEqual(expected);
    // The first event after a success is a loss, not a failure.
    expect(met).toEqual(new Array(13).fill(false));
  });

  it('is lost after ping-timeout without a reply to a ping', () => {
    make(false, 10);
    connection.start();
    accept();
    advance(60);
    // No call was made since.
    expect([pings, pingFlavor]).toEqual([1, AUTH_V2]);
    peer.pings = false;
    ask('a');
    advance(25);
    // Only a peer that is known to be a brick gets the newer credentials.
    expect(pingFlavor).toBe(AUTH_V3);
    expect(events).toEqual([
      'up',
      'a: disconnected',
      'lost: it was silent for 10 s (option ping-timeout)',
    ]);
  });

  it('is lost after ping-timeout of silence even while more calls are sent', () => {
    make(false, 10);
    connection.start();
    accept();
    peer.pings = false;
    for (let second = 0; second < 25 && connection.isUp; second++) {
      ask('a');
      advance(1);
    }
    expect(events.at(-1)).toBe('lost: it was silent for 10 s (option ping-timeout)');
  });

  it('is not lost after ping-timeout while a slow peer still reads', () => {
    make(false, 10);
    connection.start();
    accept();
    peer.pings = false;
    line().capacity = 0;
    ask('a');
    for (let second = 0; second < 60; second++) {
      line().capacity = 1;
      line().events.onWritable();
      advance(1);
    }
    expect(events).toEqual(['up']);
    advance(20);
    expect(events.at(-1)).toBe('lost: it was silent for 10 s (option ping-timeout)');
  });

  it('retries twice a second while requests wait for the brick', () => {
    make();
    connection.start();
    const refuse = (): void => line().events.onEnd('connection refused');
    for (let attempt = 0; attempt < 6; attempt++) {
      refuse();
      advance(3);
    }
    refuse();
    advance(1);
    let count = lines.length;
    isAwaited = true;
    for (let request = 0; request < 4; request++) {
      connection.retrySooner();
      advance(0.1);
    }
    expect(lines).toHaveLength(count);
    advance(0.1);
    expect(lines).toHaveLength(count + 1);
    // While connecting or connected there is nothing to bring forward.
    connection.retrySooner();
    refuse();
    advance(0.5);
    count += 2;
    expect(lines).toHaveLength(count);
    accept();
    connection.retrySooner();
    advance(5);
    expect(lines).toHaveLength(count);
  });

  it('fails after 60 s without a handshake', () => {
    make();
    peer.answers = false;
    connection.start();
    accept();
    advance(60);
    expect(events).toEqual(['failed: it did not complete the handshake within 60 s']);
    expect(lines[0]!.isClosed).toBe(true);
  });

  it('is lost after a malformed message, then reconnects', () => {
    make();
    connection.start();
    accept();
    const { records } = line().events;
    records.reserveRoom().set(Buffer.alloc(16, 0xff));
    records.noteReceived(16);
    line().events.onReceive();
    expect(events.at(-1)).toMatch(/^lost: it sent a malformed message/);
    advance(3);
    accept();
    expect(events.at(-1)).toBe('up');
  });

  it.each([
    [-EPIPE, 'sending failed'],
    [-ESTALE, expect.stringMatching(/^a fenced request was not sent in time/)],
  ])(
    'is lost when its transport refuses to send with status %i, then reconnects',
    (status, why) => {
      make();
      connection.start();
      accept();
      line().capacity = status;
      ask('a');
      expect(events).toEqual([
        'up',
        expect.stringMatching(/^a: /),
        expect.stringMatching(/^lost: /),
      ]);
      expect(events[2]!.slice('lost: '.length)).toEqual(why);
      advance(3);
      accept();
      expect(events.at(-1)).toBe('up');
    },
  );

  it('expires calls after frame-timeout, and stays connected', () => {
    make();
    connection.start();
    accept();
    ask('a');
    advance(1815);
    expect(events).toEqual([
      'up',
      'a: timeout',
      '1 requests had no reply for 1800 s (option frame-timeout)',
    ]);
    expect(connection.isUp).toBe(true);
  });
});
