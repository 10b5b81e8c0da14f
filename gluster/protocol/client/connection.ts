/**
 * Connects to a brick: dials, performs the handshake, watches for silence, and reconnects after a
 * loss. Callers supply the transport (`connect`) and receive `ConnectionEvents`.
 */
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import type { Context } from '../../../runtime/core/context.ts';
import { EAGAIN } from '../../../runtime/core/errno.ts';
import { CallChannel, type Carrier } from '../../rpc/call-channel.ts';
import { writeTexts } from '../../rpc/dict.ts';
import { readFields, writeFields } from '../../rpc/fields.ts';
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
import { RecordError, type RecordReader } from '../../rpc/record.ts';
import type { XdrReader, XdrWriter } from '../../rpc/xdr.ts';
import { type HandshakeReply, readHandshakeReply } from './handshake.ts';

/** Milliseconds between attempts; the last one repeats, as in GlusterFS. */
export const RETRIES_MS: readonly number[] = [250, 500, 1000, 2000, 3000];
/** The longest wait for the next attempt while requests wait for the brick. */
const AWAITED_RETRY_MS = 500;
/** Milliseconds between two searches for requests that take too long. */
const SWEEP_MS = 10_000;
/** Seconds that a peer may take for the handshake. */
const HANDSHAKE_S = 60;

/** One attempt to reach a peer, and the stream that results. */
export interface Transport {
  /** The mount's loop serves it along with requests, so replies need no turn of the event loop. */
  readonly isServed: boolean;
  close(): void;
  /** Requests that `writable` is called before the process blocks. */
  flushSoon(): void;
}

export interface TransportEvents {
  readonly records: RecordReader;
  connected(carrier: Carrier): void;
  /** Bytes were put into `records`. */
  received(): void;
  /** The number of calls that await a reply. */
  awaited(): number;
  /** The transport can send again. */
  writable(): void;
  /** The stream has ended; no further event follows. */
  ended(why: string): void;
}

/** @param address whose host may be a name */
export type Connect = (address: SocketAddress, events: TransportEvents) => Transport;

export interface ConnectionSettings {
  readonly context: Pick<Context, 'now' | 'after'>;
  readonly connect: Connect;
  /** As `context.now`, but sampled: it may lag by the duration of a request. */
  now(): number;
  readonly address: SocketAddress;
  /** Whether the peer is a management daemon, which knows the brick's port. */
  readonly asksPort: boolean;
  /** The name of the brick's volume. */
  readonly subvolume: string;
  /** Whether requests wait for the brick to return. */
  isAwaited(): boolean;
  /** Seconds; 0 disables the timeout. */
  pingTimeout(): number;
  frameTimeout(): number;
  /** The options that SETVOLUME sends on the connection of this number. */
  introduction(connection: number): ReadonlyMap<string, string>;
  records(): RecordReader;
}

export interface ConnectFailure {
  readonly why: string;
  /** No further attempt follows. */
  readonly final: boolean;
  /** The peer answered, and refused the client. */
  readonly wasMet: boolean;
}

export interface ConnectionEvents {
  /** The handshake succeeded: requests may leave. */
  introduced(welcome: HandshakeReply & { ok: true }): void;
  /** An established connection was lost. */
  lost(why: string): void;
  /** An attempt failed. */
  failed(failure: ConnectFailure): void;
  /** The brick called a procedure of the client. */
  called(program: number, procedure: number, r: XdrReader): void;
  /** Logs a warning. */
  warn(text: string): void;
}

type Stage = 'idle' | 'connecting' | 'introducing' | 'up' | 'stopped';

export class Connection {
  readonly channel: CallChannel;
  private readonly settings: ConnectionSettings;
  private readonly events: ConnectionEvents;
  private stage: Stage = 'idle';
  private transport: Transport | null = null;
  /** The number of the current attempt; events of earlier ones are ignored. */
  private attempt = 0;
  private introductions = 0;
  /** Failed attempts since the last established connection. */
  private failures = 0;
  /** Time of the next attempt, by `context.now`. */
  private retryAt = 0;
  /** The port that the management daemon reported, valid for one connection. */
  private port: number | null = null;
  private readonly timers = new Map<string, () => void>();

  constructor(settings: ConnectionSettings, events: ConnectionEvents) {
    this.settings = settings;
    this.events = events;
    this.channel = new CallChannel({
      now: settings.now,
      onCall: (r, xid) => this.called(r, xid),
      onUnknownXid: (xid) => events.warn(`dropped a reply with unknown xid ${xid}`),
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
          this.channel.dispatch(records);
        } catch (error) {
          if (!(error instanceof RecordError)) throw error;
          this.fail(`it sent a malformed message: ${error.message}`);
        }
      },
      awaited: () => this.channel.outstanding,
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
    this.channel.attach(carrier);
    this.timer('handshake', HANDSHAKE_S * 1000, () =>
      this.fail(`it did not complete the handshake within ${HANDSHAKE_S} s`),
    );
    this.call(
      DUMP_PROGRAM,
      DUMP.DUMP,
      AUTH_V2,
      (w) => w.u64(DUMP_ID),
      (r) => this.programsListed(r),
    );
    this.ping();
    this.flush();
  }

  private programsListed(r: XdrReader): void {
    const programs = readPrograms(r);
    const has = ({ number, version }: Program): boolean =>
      programs?.some((each) => each.number === number && each.version === version) === true;
    if (programs === null) this.fail('its list of programs is malformed');
    else if (has(PORTMAP) && this.wantsPort) this.askPort();
    else if (!has(FOPS4)) this.fail(`it does not speak ${FOPS4.name}, as GlusterFS since 4 does`);
    else this.introduce();
    this.flush();
  }

  private askPort(): void {
    const { subvolume } = this.settings;
    this.call(
      PORTMAP,
      PMAP.PORTBYBRICK,
      AUTH_V2,
      (w) => writeFields(w, portByBrickCall, [subvolume]),
      (r) => {
        const [opRet, , , port] = readFields(r, portByBrickReply) as number[];
        if (r.isMalformed || opRet! < 0 || !port) {
          this.fail(`brick ${subvolume} does not run there: start its volume`);
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
    this.call(
      HANDSHAKE,
      HAND.SETVOLUME,
      AUTH_V3,
      (w) => writeTexts(w, texts),
      (r) => {
        const welcome = readHandshakeReply(r);
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

  /** Makes a call of the client's own; a refusal ends the connection. */
  private call(
    program: Program,
    procedure: number,
    flavor: number,
    write: (w: XdrWriter) => void,
    answered: (r: XdrReader) => void,
  ): void {
    this.channel.call(program, procedure, flavor, write, (r) => {
      if (typeof r !== 'string') answered(r);
      else if (r === 'refused') this.fail(`it refuses ${program.name}, procedure ${procedure}`);
    });
  }

  /** Whether replies arrive without a turn of the event loop. */
  get isServed(): boolean {
    return this.transport?.isServed === true;
  }

  /** Sends the queued calls before the process blocks. */
  flushSoon(): void {
    this.transport?.flushSoon();
  }

  /** Sends the queued calls now. */
  private flush(): void {
    const { channel } = this;
    const status = channel.flush();
    // The transport also reports any other errno, as its end.
    if (status < 0 && status !== -EAGAIN) this.fail('sending failed');
  }

  // ---- liveness

  /** Pings the peer while calls await replies; a silent peer loses the connection. */
  private ping(): void {
    const { channel, settings } = this;
    const seconds = settings.pingTimeout();
    if (seconds === 0) return;
    const ms = seconds * 1000;
    let isAnswered = false;
    const flavor = this.stage === 'up' ? AUTH_V3 : AUTH_V2;
    this.call(
      DUMP_PROGRAM,
      DUMP.PING,
      flavor,
      () => {},
      () => {
        isAnswered = true;
      },
    );
    const look = (): void => {
      const silence = settings.context.now() - channel.lastActivity;
      if (isAnswered) {
        // Without outstanding calls nothing can be late.
        if (channel.outstanding === 0) this.timer('ping', ms, look);
        else {
          this.ping();
          this.flush();
        }
      } else if (silence < ms) this.timer('ping', ms - silence, look);
      else this.fail(`it was silent for ${seconds} s (option ping-timeout)`);
    };
    this.timer('ping', ms, look);
  }

  private sweep(): void {
    const { settings, channel, events } = this;
    const seconds = settings.frameTimeout();
    if (seconds > 0) {
      const count = channel.expire(settings.context.now() - seconds * 1000);
      if (count > 0) {
        events.warn(`${count} requests had no reply for ${seconds} s (option frame-timeout)`);
      }
    }
    this.timer('sweep', SWEEP_MS, () => this.sweep());
  }

  private called(r: XdrReader, xid: number): void {
    const { program, procedure, refusal } = readCall(r, xid);
    if (refusal === null) this.events.called(program, procedure, r);
  }

  // ---- its end

  private fail(why: string, final = false): void {
    const stood = this.stage === 'up';
    const wasMet = this.stage === 'introducing';
    // A brick may have another port after a restart.
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

  /** Brings the next attempt forward since a request waits now; one that is due soon stays. */
  retrySooner(): void {
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
    this.channel.detach();
  }

  /** Starts the timer of this name in place of the former; null only stops it. */
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
