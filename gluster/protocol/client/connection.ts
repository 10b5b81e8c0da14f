/**
 * Connects to a brick: opens a transport, performs the handshake, pings the brick, and reconnects after a loss.
 * `remote-volume.ts` supplies the transport (`connect`) and receives `ConnectionEvents`.
 */
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import type { Context } from '../../../runtime/core/context.ts';
import { EAGAIN, ESTALE } from '../../../runtime/core/errno.ts';
import { RecordError, type RecordReader } from '../../../runtime/wire/record.ts';
import type { XdrReader, XdrWriter } from '../../../runtime/wire/xdr.ts';
import { type ByteSender, CallChannel } from '../../rpc/call-channel.ts';
import { writeTexts } from '../../rpc/dict.ts';
import { readFields, writeFields } from '../../rpc/fields.ts';
import { AUTH_V2, AUTH_V3, readCall } from '../../rpc/message.ts';
import {
  DUMP_ID,
  DUMP_PROCEDURES,
  DUMP_PROGRAM,
  FOPS4,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  PORTMAP,
  PORTMAP_PROCEDURES,
  type Program,
  portByBrickCall,
  portByBrickReply,
  readPrograms,
} from '../../rpc/programs.ts';
import { type HandshakeReply, readHandshakeReply } from './handshake.ts';

/** Milliseconds before each further attempt; the last delay repeats, as in GlusterFS. */
export const RETRY_DELAYS_MS: readonly number[] = [250, 500, 1000, 2000, 3000];
/** The most milliseconds before the next attempt while requests wait for the brick. */
const MAX_AWAITED_RETRY_MS = 500;
/** Milliseconds between two searches for requests that exceed option frame-timeout. */
const SWEEP_INTERVAL_MS = 10_000;
/** Seconds that a peer may take for the handshake. */
const HANDSHAKE_TIMEOUT_S = 60;

/** A socket to a peer: connecting at first, later open. */
export interface Transport {
  /** Whether the mount's own loop reads the socket, so that replies arrive without a turn of Node's event loop. */
  readonly isServedByLoop: boolean;
  close(): void;
  /** Makes the transport call `onWritable` before the process blocks. */
  flushSoon(): void;
}

/** Receives the events and the data of a transport. */
export interface TransportEvents {
  /** The reader to which the transport appends received bytes. */
  readonly records: RecordReader;
  /** Called when the socket is connected, and TLS is established; `sender` sends to the peer. */
  onConnect(sender: ByteSender): void;
  /** Called after bytes were appended to `records`. */
  onReceive(): void;
  /** Counts the calls that await a reply. */
  countPending(): number;
  /** Called when the transport can send again. */
  onWritable(): void;
  /** Called when the stream has ended; no further event follows. */
  onEnd(reason: string): void;
}

/** Opens a transport. @param address its host may be a name */
export type Connect = (address: SocketAddress, events: TransportEvents) => Transport;

/** The settings of a connection, and the functions of the volume that it calls. */
export interface ConnectionSettings {
  readonly context: Pick<Context, 'now' | 'after'>;
  readonly connect: Connect;
  /** Milliseconds by a sampled clock, which may lag behind `context.now` by the duration of a request. */
  now(): number;
  readonly address: SocketAddress;
  /** Whether the peer is a management daemon, which must be asked for the brick's port. */
  readonly needsPort: boolean;
  /** The name of the brick's volume. */
  readonly subvolume: string;
  /** Whether requests wait for the brick to return. */
  hasWaitingRequests(): boolean;
  /** The timeouts in seconds; 0 disables one. */
  readPingTimeoutS(): number;
  readFrameTimeoutS(): number;
  /** Makes the options that SETVOLUME sends. @param connectionNumber the connection's number, from 0 */
  makeSetVolumeTexts(connectionNumber: number): ReadonlyMap<string, string>;
  /** Makes the reader for the records of a new transport. */
  makeRecords(): RecordReader;
}

/** The failure of one attempt to connect. */
export interface ConnectFailure {
  readonly reason: string;
  /** Whether no further attempt follows. */
  readonly isFinal: boolean;
  /** Whether the peer replied, and refused the client. */
  readonly hasReplied: boolean;
}

/** Receives the events of a connection. */
export interface ConnectionEvents {
  /** Called when the handshake has succeeded, so that requests may leave. */
  onHandshake(reply: HandshakeReply & { ok: true }): void;
  /** Called when an established connection was lost. */
  onLoss(reason: string): void;
  /** Called when an attempt has failed. */
  onFailure(failure: ConnectFailure): void;
  /** Called when the brick calls a procedure of the client. */
  onCall(program: number, procedure: number, r: XdrReader): void;
  /** Logs a warning. */
  warn(text: string): void;
}

/** `idle`: before `start`, or until the next attempt; `handshake`: during the handshake. */
type Stage = 'idle' | 'connecting' | 'handshake' | 'up' | 'stopped';

/** The connection to one brick, which is opened again after each loss until `stop`. */
export class Connection {
  readonly channel: CallChannel;
  private readonly settings: ConnectionSettings;
  private readonly events: ConnectionEvents;
  private stage: Stage = 'idle';
  private transport: Transport | null = null;
  /** The number of the current attempt; events of earlier ones are ignored. */
  private attempt = 0;
  /** The number of handshakes begun, by which the brick tells this client's connections apart. */
  private setVolumeCount = 0;
  /** Failed attempts since the last established connection. */
  private failedAttemptCount = 0;
  /** Time of the next attempt, by `context.now`. */
  private retryAtMs = 0;
  /** The brick's port as the management daemon reported it, valid for one connection; null before that. */
  private brickPort: number | null = null;
  /** The running timers by name, each with the function that stops it. */
  private readonly timers = new Map<string, () => void>();

  constructor(settings: ConnectionSettings, events: ConnectionEvents) {
    this.settings = settings;
    this.events = events;
    this.channel = new CallChannel({
      now: settings.now,
      onCall: (r, xid) => this.dispatchCall(r, xid),
      onUnknownXid: (xid) => events.warn(`dropped a reply with unknown xid ${xid}`),
    });
  }

  get isUp(): boolean {
    return this.stage === 'up';
  }

  /** Begins the first attempt; later calls have no effect. */
  start(): void {
    if (this.stage !== 'idle') return;
    this.connect();
  }

  /** Closes the connection for good. */
  stop(): void {
    this.stage = 'stopped';
    this.disconnect();
  }

  /** Begins an attempt. Events of its transport count only while this attempt is the current one. */
  private connect(): void {
    const { settings } = this;
    this.stage = 'connecting';
    this.attempt += 1;
    const { attempt } = this;
    const isCurrent = (): boolean => attempt === this.attempt && this.stage !== 'stopped';
    const records = settings.makeRecords();
    this.transport = settings.connect(this.currentAddress, {
      records,
      onConnect: (sender) => {
        if (isCurrent()) this.beginHandshake(sender);
      },
      onReceive: () => {
        if (!isCurrent()) return;
        try {
          this.channel.dispatch(records);
        } catch (error) {
          if (!(error instanceof RecordError)) throw error;
          this.fail(`it sent a malformed message: ${error.message}`);
        }
      },
      countPending: () => this.channel.outstandingCount,
      onWritable: () => {
        if (isCurrent()) this.flush();
      },
      onEnd: (reason) => {
        if (isCurrent()) this.fail(reason);
      },
    });
  }

  /** The address of the management daemon until it has told the brick's port; then that of the brick. */
  private get currentAddress(): SocketAddress {
    const { address } = this.settings;
    return this.brickPort === null || 'path' in address
      ? address
      : { ...address, port: this.brickPort };
  }

  /** Whether the management daemon must still be asked for the port. */
  private get lacksPort(): boolean {
    return this.settings.needsPort && this.brickPort === null;
  }

  /** Asks the peer for its programs, and starts the pings; `checkPrograms` continues with the reply. */
  private beginHandshake(sender: ByteSender): void {
    this.stage = 'handshake';
    this.channel.attach(sender);
    this.setTimer('handshake', HANDSHAKE_TIMEOUT_S * 1000, () =>
      this.fail(`it did not complete the handshake within ${HANDSHAKE_TIMEOUT_S} s`),
    );
    this.call(
      DUMP_PROGRAM,
      DUMP_PROCEDURES.DUMP,
      AUTH_V2,
      (w) => w.u64(DUMP_ID),
      (r) => this.checkPrograms(r),
    );
    this.ping();
    this.flush();
  }

  /** Continues the handshake with a brick; asks a management daemon for the brick's port first. */
  private checkPrograms(r: XdrReader): void {
    const programs = readPrograms(r);
    const isOffered = ({ number, version }: Program): boolean =>
      programs?.some((program) => program.number === number && program.version === version) ===
      true;
    if (programs === null) this.fail('its list of programs is malformed');
    else if (isOffered(PORTMAP) && this.lacksPort) this.requestPort();
    else if (!isOffered(FOPS4))
      this.fail(`it does not speak ${FOPS4.name}, as GlusterFS since 4 does`);
    else this.sendSetVolume();
    this.flush();
  }

  /** Asks a management daemon for the brick's port, and connects to that port. */
  private requestPort(): void {
    const { subvolume } = this.settings;
    this.call(
      PORTMAP,
      PORTMAP_PROCEDURES.PORTBYBRICK,
      AUTH_V2,
      (w) => writeFields(w, portByBrickCall, [subvolume]),
      (r) => {
        const [opRet, , , port] = readFields(r, portByBrickReply) as number[];
        if (r.isMalformed || opRet! < 0 || !port) {
          this.fail(`brick ${subvolume} does not run there: start its volume`);
          return;
        }
        this.brickPort = port;
        this.disconnect();
        this.connect();
      },
    );
  }

  /** Introduces this client to the brick (SETVOLUME), which completes the handshake. */
  private sendSetVolume(): void {
    const { settings, events } = this;
    const texts = settings.makeSetVolumeTexts(this.setVolumeCount);
    this.setVolumeCount += 1;
    this.call(
      HANDSHAKE,
      HANDSHAKE_PROCEDURES.SETVOLUME,
      AUTH_V3,
      (w) => writeTexts(w, texts),
      (r) => {
        const reply = readHandshakeReply(r);
        if (!reply.ok) {
          this.fail(reply.reason, reply.isFinal);
          return;
        }
        this.setTimer('handshake', null);
        this.stage = 'up';
        this.failedAttemptCount = 0;
        this.setTimer('sweep', SWEEP_INTERVAL_MS, () => this.expireOldCalls());
        events.onHandshake(reply);
      },
    );
  }

  /** Makes a call of the handshake, or a ping; a refusal ends the connection. */
  private call(
    program: Program,
    procedure: number,
    flavor: number,
    write: (w: XdrWriter) => void,
    onReply: (r: XdrReader) => void,
  ): void {
    this.channel.call(program, procedure, flavor, write, (r) => {
      if (typeof r !== 'string') onReply(r);
      else if (r === 'refused') this.fail(`it refuses ${program.name}, procedure ${procedure}`);
    });
  }

  /** Whether replies arrive without a turn of the event loop. */
  get isServedByLoop(): boolean {
    return this.transport?.isServedByLoop === true;
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
    if (status === -ESTALE)
      this.fail(
        'a fenced request was not sent in time: the process was paused, or the brick read nothing',
      );
    else if (status < 0 && status !== -EAGAIN) this.fail('sending failed');
  }

  // ---- liveness

  /** Pings the peer while calls await replies; closes the connection of a silent peer. */
  private ping(): void {
    const { channel, settings } = this;
    const timeoutS = settings.readPingTimeoutS();
    if (timeoutS === 0) return;
    const timeoutMs = timeoutS * 1000;
    let hasReply = false;
    const flavor = this.stage === 'up' ? AUTH_V3 : AUTH_V2;
    this.call(
      DUMP_PROGRAM,
      DUMP_PROCEDURES.PING,
      flavor,
      () => {},
      () => {
        hasReply = true;
      },
    );
    const checkSilence = (): void => {
      const silenceMs = settings.context.now() - channel.lastActivityMs;
      if (hasReply) {
        // Without outstanding calls nothing can be late.
        if (channel.outstandingCount === 0) this.setTimer('ping', timeoutMs, checkSilence);
        else {
          this.ping();
          this.flush();
        }
      } else if (silenceMs < timeoutMs) this.setTimer('ping', timeoutMs - silenceMs, checkSilence);
      else this.fail(`it was silent for ${timeoutS} s (option ping-timeout)`);
    };
    this.setTimer('ping', timeoutMs, checkSilence);
  }

  /** Fails calls without a reply for longer than option frame-timeout, and schedules the next search. */
  private expireOldCalls(): void {
    const { settings, channel, events } = this;
    const timeoutS = settings.readFrameTimeoutS();
    if (timeoutS > 0) {
      const expiredCount = channel.expireSentBefore(settings.context.now() - timeoutS * 1000);
      if (expiredCount > 0) {
        events.warn(
          `${expiredCount} requests had no reply for ${timeoutS} s (option frame-timeout)`,
        );
      }
    }
    this.setTimer('sweep', SWEEP_INTERVAL_MS, () => this.expireOldCalls());
  }

  /** Passes on a call that the brick makes, unless its header is malformed. */
  private dispatchCall(r: XdrReader, xid: number): void {
    const { program, procedure, refusal } = readCall(r, xid);
    if (refusal === null) this.events.onCall(program, procedure, r);
  }

  // ---- its end, and further attempts

  /** Ends the attempt or the connection, and schedules the next attempt unless `isFinal`. */
  private fail(reason: string, isFinal = false): void {
    const wasUp = this.stage === 'up';
    const hasReplied = this.stage === 'handshake';
    // A brick may have another port after a restart.
    this.brickPort = null;
    this.disconnect();
    if (this.stage === 'stopped') return;
    this.stage = isFinal ? 'stopped' : 'idle';
    if (wasUp) this.events.onLoss(reason);
    else this.events.onFailure({ reason, isFinal, hasReplied });
    if (isFinal) return;
    const delayMs = RETRY_DELAYS_MS[Math.min(this.failedAttemptCount, RETRY_DELAYS_MS.length - 1)]!;
    this.failedAttemptCount += 1;
    this.scheduleRetry(
      this.settings.hasWaitingRequests() ? Math.min(delayMs, MAX_AWAITED_RETRY_MS) : delayMs,
    );
  }

  private scheduleRetry(delayMs: number): void {
    this.retryAtMs = this.settings.context.now() + delayMs;
    this.setTimer('retry', delayMs, () => this.connect());
  }

  /** Moves the next attempt forward because a request waits now, unless the attempt is due soon. */
  retrySooner(): void {
    const remainingMs = this.retryAtMs - this.settings.context.now();
    if (this.timers.has('retry') && remainingMs > MAX_AWAITED_RETRY_MS)
      this.scheduleRetry(MAX_AWAITED_RETRY_MS);
  }

  /** Closes the transport and stops all timers, without an event; calls under way are lost. */
  private disconnect(): void {
    // Later events of the old transport belong to an earlier attempt, and are ignored.
    this.attempt += 1;
    for (const stop of this.timers.values()) stop();
    this.timers.clear();
    this.transport?.close();
    this.transport = null;
    if (this.stage === 'up') this.stage = 'idle';
    this.channel.detach();
  }

  /** Stops the timer of this name, and starts it again. @param delayMs null to only stop it */
  private setTimer(name: string, delayMs: number | null, action: () => void = () => {}): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
    if (delayMs === null) return;
    this.timers.set(
      name,
      this.settings.context.after(delayMs, () => {
        this.timers.delete(name);
        action();
      }),
    );
  }
}
