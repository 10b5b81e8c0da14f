/**
 * The connection to a brick: it is made, introduced, watched over, and made again when it is lost.
 * What carries it is given (`transports`), and so is what is done with it once it stands.
 */
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import type { Context } from '../../../runtime/core/context.ts';
import { EAGAIN } from '../../../runtime/core/errno.ts';
import { writeTexts } from '../../rpc/dict.ts';
import { readFields, writeFields } from '../../rpc/fields.ts';
import { type Carrier, Link } from '../../rpc/link.ts';
import { AUTH_V2, AUTH_V3, readCall } from '../../rpc/message.ts';
import {
  DUMP,
  DUMP_ID,
  DUMP_PROGRAM,
  FOPS4,
  HAND,
  HANDSHAKE,
  PMAP,
  PORTMAP,
  type Program,
  portByBrickCall,
  portByBrickReply,
  readPrograms,
} from '../../rpc/programs.ts';
import { RecordError, type Records } from '../../rpc/record.ts';
import type { XdrReader, XdrWriter } from '../../rpc/xdr.ts';
import { readWelcome, type Welcome } from './handshake.ts';

/** Milliseconds from one attempt to the next, in the end as GlusterFS waits each time. */
export const RETRIES_MS: readonly number[] = [250, 500, 1000, 2000, 3000];
/** Milliseconds to the next attempt at most, while requests wait for the brick. */
const AWAITED_RETRY_MS = 500;
/** Milliseconds between two looks for requests that take too long. */
const SWEEP_MS = 10_000;
/** Seconds that a peer may take to introduce itself. */
const HANDSHAKE_S = 60;

/** One attempt to reach a peer, and the stream that comes of it. */
export interface Transport {
  /** It is served with the mount's requests: its answers need no turn of the event loop. */
  readonly isServed: boolean;
  close(): void;
  /** What has gathered is to be sent: `writable` is called before anybody waits. */
  flushSoon(): void;
}

export interface TransportEvents {
  readonly records: Records;
  connected(carrier: Carrier): void;
  /** Bytes were put into `records`. */
  received(): void;
  /** How many answers are waited for. */
  awaited(): number;
  /** More can be sent again. */
  writable(): void;
  /** It is over; nothing more is told. */
  ended(why: string): void;
}

/** @param address whose host may be a name */
export type Connect = (address: SocketAddress, events: TransportEvents) => Transport;

export interface ConnectionSettings {
  readonly context: Pick<Context, 'now' | 'after'>;
  readonly connect: Connect;
  /** As `context.now`; late by what is at work. */
  now(): number;
  readonly address: SocketAddress;
  /** Whether the peer is a management daemon, which says where the brick is. */
  readonly asksPort: boolean;
  /** The volume of the brick. */
  readonly subvolume: string;
  /** True while requests wait for the brick to come back. */
  isAwaited(): boolean;
  /** Seconds; 0 for none. */
  pingTimeout(): number;
  frameTimeout(): number;
  /** What SETVOLUME says, at the connection of this number. */
  introduction(connection: number): ReadonlyMap<string, string>;
  records(): Records;
}

export interface Failure {
  readonly why: string;
  /** There will be no more attempts. */
  readonly final: boolean;
  /** Somebody was there, and did not take us. */
  readonly wasMet: boolean;
}

export interface ConnectionEvents {
  /** The brick has taken us: from now on requests may go out. */
  introduced(welcome: Welcome & { ok: true }): void;
  /** The connection that stood is lost. */
  lost(why: string): void;
  /** There was none, or none that could be used. */
  failed(failure: Failure): void;
  /** A call of the brick's. */
  called(program: number, procedure: number, r: XdrReader): void;
  /** For the log. */
  remark(text: string): void;
}

type Stage = 'idle' | 'connecting' | 'introducing' | 'up' | 'stopped';

export class Connection {
  readonly link: Link;
  private readonly settings: ConnectionSettings;
  private readonly events: ConnectionEvents;
  private stage: Stage = 'idle';
  private transport: Transport | null = null;
  /** Of attempts: what an earlier one says is of no interest. */
  private attempt = 0;
  private introductions = 0;
  /** Attempts in vain since the last connection that stood. */
  private failures = 0;
  /** When there is the next one, by `context.now`. */
  private retryAt = 0;
  /** The port that the management daemon has told, for one connection. */
  private port: number | null = null;
  private readonly timers = new Map<string, () => void>();

  constructor(settings: ConnectionSettings, events: ConnectionEvents) {
    this.settings = settings;
    this.events = events;
    this.link = new Link({
      now: settings.now,
      called: (r, xid) => this.called(r, xid),
      unknown: (xid) => events.remark(`an answer to nobody came (number ${xid}), and was dropped`),
    });
  }

  get isUp(): boolean {
    return this.stage === 'up';
  }

  start(): void {
    if (this.stage !== 'idle') return;
    this.connect();
  }

  stop(): void {
    this.stage = 'stopped';
    this.end();
  }

  private connect(): void {
    const { settings } = this;
    this.stage = 'connecting';
    this.attempt += 1;
    const { attempt } = this;
    const isMine = (): boolean => attempt === this.attempt && this.stage !== 'stopped';
    const records = settings.records();
    this.transport = settings.connect(this.addressNow, {
      records,
      connected: (carrier) => {
        if (isMine()) this.connected(carrier);
      },
      received: () => {
        if (!isMine()) return;
        try {
          this.link.take(records);
        } catch (error) {
          if (!(error instanceof RecordError)) throw error;
          this.fail(`what it sends is no message: ${error.message}`);
        }
      },
      awaited: () => this.link.outstanding,
      writable: () => {
        if (isMine()) this.flush();
      },
      ended: (why) => {
        if (isMine()) this.fail(why);
      },
    });
  }

  private get addressNow(): SocketAddress {
    const { address } = this.settings;
    return this.port === null || 'path' in address ? address : { ...address, port: this.port };
  }

  private get wantsPort(): boolean {
    return this.settings.asksPort && this.port === null;
  }

  private connected(carrier: Carrier): void {
    this.stage = 'introducing';
    this.link.connected(carrier);
    this.timer('handshake', HANDSHAKE_S * 1000, () =>
      this.fail(`it did not introduce itself within ${HANDSHAKE_S} s`),
    );
    this.ask(
      DUMP_PROGRAM,
      DUMP.DUMP,
      AUTH_V2,
      (w) => w.u64(DUMP_ID),
      (r) => this.dumped(r),
    );
    this.ping();
    this.flush();
  }

  private dumped(r: XdrReader): void {
    const programs = readPrograms(r);
    const has = ({ number, version }: Program): boolean =>
      programs?.some((each) => each.number === number && each.version === version) === true;
    if (programs === null) this.fail('it does not say which programs it has');
    else if (has(PORTMAP) && this.wantsPort) this.askPort();
    else if (!has(FOPS4)) this.fail(`it does not speak ${FOPS4.name}, as GlusterFS since 4 does`);
    else this.introduce();
    this.flush();
  }

  private askPort(): void {
    const { subvolume } = this.settings;
    this.ask(
      PORTMAP,
      PMAP.PORTBYBRICK,
      AUTH_V2,
      (w) => writeFields(w, portByBrickCall, [subvolume]),
      (r) => {
        const [opRet, , , port] = readFields(r, portByBrickReply) as number[];
        if (r.short || opRet! < 0 || !port) {
          this.fail(`no brick ${subvolume} runs there: start its volume`);
          return;
        }
        this.port = port;
        this.end();
        this.connect();
      },
    );
  }

  private introduce(): void {
    const { settings, events } = this;
    const texts = settings.introduction(this.introductions);
    this.introductions += 1;
    this.ask(
      HANDSHAKE,
      HAND.SETVOLUME,
      AUTH_V3,
      (w) => writeTexts(w, texts),
      (r) => {
        const welcome = readWelcome(r);
        if (!welcome.ok) {
          this.fail(welcome.why, welcome.final);
          return;
        }
        this.timer('handshake', null);
        this.stage = 'up';
        this.failures = 0;
        this.timer('sweep', SWEEP_MS, () => this.sweep());
        events.introduced(welcome);
      },
    );
  }

  /** A call of the client's own, of which nothing but the answer is of interest. */
  private ask(
    program: Program,
    procedure: number,
    flavor: number,
    write: (w: XdrWriter) => void,
    answered: (r: XdrReader) => void,
  ): void {
    this.link.ask(program, procedure, flavor, write, (r) => {
      if (typeof r !== 'string') answered(r);
      else if (r === 'refused') this.fail(`it refuses ${program.name}, procedure ${procedure}`);
    });
  }

  /** Whether answers come without a turn of the event loop. */
  get isServed(): boolean {
    return this.transport?.isServed === true;
  }

  /** Sends what is queued, before anybody waits. */
  flushSoon(): void {
    this.transport?.flushSoon();
  }

  /** Sends what is queued. */
  private flush(): void {
    const { link } = this;
    const status = link.flush();
    // Anything but 'not now' is told by who carries it, too: as the end.
    if (status < 0 && status !== -EAGAIN) this.fail('nothing can be sent any more');
  }

  // ---- watching over it

  /** While something is asked, the peer has to say something, if only to a ping. */
  private ping(): void {
    const { link, settings } = this;
    const seconds = settings.pingTimeout();
    if (seconds === 0) return;
    const ms = seconds * 1000;
    let isAnswered = false;
    const flavor = this.stage === 'up' ? AUTH_V3 : AUTH_V2;
    this.ask(
      DUMP_PROGRAM,
      DUMP.PING,
      flavor,
      () => {},
      () => {
        isAnswered = true;
      },
    );
    const look = (): void => {
      const silence = settings.context.now() - link.lastSign;
      if (isAnswered) {
        // Without a question there is nothing that could be late.
        if (link.outstanding === 0) this.timer('ping', ms, look);
        else {
          this.ping();
          this.flush();
        }
      } else if (silence < ms) this.timer('ping', ms - silence, look);
      else this.fail(`it has said nothing for ${seconds} s (option ping-timeout)`);
    };
    this.timer('ping', ms, look);
  }

  private sweep(): void {
    const { settings, link, events } = this;
    const seconds = settings.frameTimeout();
    if (seconds > 0) {
      const count = link.expire(settings.context.now() - seconds * 1000);
      if (count > 0) {
        events.remark(`${count} requests had no answer for ${seconds} s (option frame-timeout)`);
      }
    }
    this.timer('sweep', SWEEP_MS, () => this.sweep());
  }

  private called(r: XdrReader, xid: number): void {
    const { program, procedure, refused } = readCall(r, xid);
    if (refused === null) this.events.called(program, procedure, r);
  }

  // ---- its end

  private fail(why: string, final = false): void {
    const stood = this.stage === 'up';
    const wasMet = this.stage === 'introducing';
    // A port is valid for as long as the brick runs.
    this.port = null;
    this.end();
    if (this.stage === 'stopped') return;
    this.stage = final ? 'stopped' : 'idle';
    if (stood) this.events.lost(why);
    else this.events.failed({ why, final, wasMet });
    if (final) return;
    const wait = RETRIES_MS[Math.min(this.failures, RETRIES_MS.length - 1)]!;
    this.failures += 1;
    this.retry(this.settings.isAwaited() ? Math.min(wait, AWAITED_RETRY_MS) : wait);
  }

  private retry(ms: number): void {
    this.retryAt = this.settings.context.now() + ms;
    this.timer('retry', ms, () => this.connect());
  }

  /** A request waits from now on. An attempt that is due soon stays when it is due. */
  hurry(): void {
    const ms = this.retryAt - this.settings.context.now();
    if (this.timers.has('retry') && ms > AWAITED_RETRY_MS) this.retry(AWAITED_RETRY_MS);
  }

  private end(): void {
    this.attempt += 1;
    for (const stop of this.timers.values()) stop();
    this.timers.clear();
    this.transport?.close();
    this.transport = null;
    if (this.stage === 'up') this.stage = 'idle';
    this.link.disconnected();
  }

  /** One of each name; null for none. */
  private timer(name: string, ms: number | null, fn: () => void = () => {}): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
    if (ms === null) return;
    this.timers.set(
      name,
      this.settings.context.after(ms, () => {
        this.timers.delete(name);
        fn();
      }),
    );
  }
}
