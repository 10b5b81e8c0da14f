/**
 * Serves one client's connection over either listener's transport: performs the handshake, then serves fops.
 * Source: GlusterFS 10 `xlators/protocol/server/src/{server-handshake,server-rpc-fops_v2}.c`,
 * `rpc/rpc-lib/src/rpcsvc.c`.
 */
import { posix } from 'node:path';
import type { Client } from '../../../runtime/core/client.ts';
import { EACCES, EAGAIN, EINVAL, ENOENT, ENOLCK, ENOSYS } from '../../../runtime/core/errno.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import type { Initiator } from '../../../runtime/core/initiator.ts';
import { allocateUncleared } from '../../../runtime/sys/uncleared-memory.ts';
import type { ConnectionTransport, ServedConnection } from '../../../runtime/wire/connection.ts';
import { RECORD_MAX, RecordError, RecordReader } from '../../../runtime/wire/record.ts';
import type { MemoryShare, Receiver, RecordMemory } from '../../../runtime/wire/record-memory.ts';
import { type ReplyMemory, ReplyShare } from '../../../runtime/wire/reply-memory.ts';
import { type XdrReader, XdrWriter } from '../../../runtime/wire/xdr.ts';
import {
  CallServer,
  makeResults,
  type Procedure,
  type ResultsWriter,
  replySuccess,
} from '../../rpc/call-server.ts';
import { readTexts, writeDict, writeTexts } from '../../rpc/dict.ts';
import { readFields } from '../../rpc/fields.ts';
import { ACCEPT_STATUS, type Caller, type ReceivedCall } from '../../rpc/message.ts';
import {
  CALLBACK,
  FOPS4,
  GLOSSA_PROCEDURES,
  GLOSSA_PROGRAM,
  GLOSSA_VERSION_KEY,
  getspecReply,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  setLkVerCall,
  setLkVerReply,
} from '../../rpc/programs.ts';
import { type AuthOptions, type ClientIdentity, decideByLogin, findRefusal } from './auth.ts';
import type { Brick } from './bricks.ts';
import type { PendingConnection, PendingConnections } from './pending-connections.ts';
import { type CallOrigin, findDirectory, ServerCall } from './server-call.ts';
import { unmarshals } from './unmarshal.ts';

/** The procedure numbers of release and releasedir, which are not fops. */
const RELEASE_PROCEDURE = 41;
const RELEASEDIR_PROCEDURE = 42;
const NO_BYTES = new Uint8Array();
const GETSPEC_REFUSAL_TEXT = 'ask the management daemon for volfiles';

/** The most bytes of replies queued for a client. Beyond them the server stops reading its calls. */
const MAX_QUEUED_BYTES = 4 * 2 ** 20;
/** The limits in bytes before the handshake, whose messages are short. */
const HANDSHAKE_BYTES = { receiveRoom: 4096, longestMessage: 65_536 } as const;
/** The bytes of receive room after the handshake. */
const RECEIVE_ROOM_BYTES = 65_536;

/** Reduces a path to the form `/a/b`. */
const normalizePath = (path: string): string => posix.resolve('/', path);

/** The remote end of a connection. */
export interface Peer {
  /** Empty on a UNIX socket. */
  readonly address: string;
  readonly port: number;
  /** The common name of its certificate, if it has presented one. */
  readonly certificate?: string | undefined;
}

/** The part of the server that its connections use; implemented by `BrickServer`. */
export interface ConnectionHost {
  readonly initiator: Initiator<unknown>;
  /** The id of the server's process. */
  readonly uuid: string;
  /** The version of glossa. */
  readonly version: string;
  readonly authOptions: AuthOptions;
  readonly pendingConnections: PendingConnections;
  readonly recordMemory: RecordMemory;
  readonly replyMemory: ReplyMemory;
  /** Maps the caller of a request. @param isTrusted whether the client logged in by password */
  mapCaller(caller: Caller, isTrusted: boolean): Caller;
  /** The most active requests of a connection; 0 for no limit. */
  readonly outstandingLimit: number;
  /** Finds a volume that clients may use. */
  findBrick(volume: string): Brick | undefined;
  /** Called when a client was admitted to a brick, and when it has left. */
  addClient(connection: ClientConnection): void;
  removeClient(connection: ClientConnection): void;
  /** Logs that a client was refused, as an error. */
  logRefusal(text: string): void;
  /** Logs a problem of a connection, as a warning. */
  log(text: string): void;
}

/** Fops that may wait for another client's lock. They are not limited by `outstandingLimit`. */
const LOCK_FOPS: ReadonlySet<FopName> = new Set<FopName>([
  'lk',
  'inodelk',
  'finodelk',
  'entrylk',
  'fentrylk',
]);
/** The most requests of a connection that wait for locks. */
const MAX_LOCK_REQUESTS = 16_384;

/** The client of a connection, and its brick. */
export interface ClientBinding {
  readonly client: Client;
  readonly brick: Brick;
  /** The directory that is the client's root; `/` for the whole brick. */
  readonly subdir: string;
  /** The identity with which the client was admitted. */
  readonly identity: ClientIdentity;
  /** The version that the client reports. */
  readonly version: string;
  /** Whether the client knows glossa's own requests. */
  readonly isGlossa: boolean;
  /** Milliseconds since 1970 at which the client was admitted. */
  readonly admittedAtMs: number;
}

/** The reply to a client's SETVOLUME. */
interface HandshakeResult {
  /** 0 if the client was admitted. */
  readonly errno: number;
  /** The reason of a refusal, in GlusterFS's words. */
  readonly text: string;
  /** Whether the brick's storage is up; a client that is refused for this reason tries again. */
  readonly isBrickUp: boolean;
  /** Further text for the log. */
  readonly logged?: string;
}

/** One client's connection, from its acceptance to its end. */
export class ClientConnection implements ServedConnection, Receiver {
  readonly records = new RecordReader(
    HANDSHAKE_BYTES.receiveRoom,
    HANDSHAKE_BYTES.longestMessage,
    allocateUncleared,
  );
  /** The buffer for replies. */
  readonly out = new XdrWriter(HANDSHAKE_BYTES.receiveRoom);
  readonly peer: Peer;
  /** The admitted client, as the server sees it; null before the handshake. */
  binding: ClientBinding | null = null;
  /** The number of active requests, without those for locks. */
  activeRequestCount = 0;
  /** The number of active requests for locks. */
  lockRequestCount = 0;
  /** The active requests for locks by xid, so that the client can cancel them. */
  private readonly lockCalls = new Map<number, ServerCall>();
  readonly callServer: CallServer;
  private readonly host: ConnectionHost;
  private readonly pending: PendingConnection;
  private readonly transport: ConnectionTransport;
  private readonly memoryShare: MemoryShare;
  private readonly replyShare: ReplyShare;
  /** The admitted client, as its calls see it; null before the handshake. */
  private origin: CallOrigin | null = null;
  /** Whether the client logged in by password. */
  private isTrusted = false;
  private isClosed = false;
  /** The value of `isPaused` that the transport was last told. */
  private wasPaused = false;

  /** @param transport not called by the constructor */
  constructor(
    host: ConnectionHost,
    pending: PendingConnection,
    peer: Peer,
    transport: ConnectionTransport,
  ) {
    this.host = host;
    this.pending = pending;
    this.peer = peer;
    this.transport = transport;
    this.memoryShare = host.recordMemory.makeShare(this);
    this.replyShare = new ReplyShare(host.replyMemory, this, this.out, transport);
    const handshake = new Map<number, Procedure>([
      [HANDSHAKE_PROCEDURES.NULL, replySuccess],
      [HANDSHAKE_PROCEDURES.PING, replySuccess],
      [HANDSHAKE_PROCEDURES.SETVOLUME, (r, { xid }) => this.handleSetVolume(xid, r)],
      [
        HANDSHAKE_PROCEDURES.GETSPEC,
        () => makeResults(getspecReply, -1, ENOSYS, GETSPEC_REFUSAL_TEXT, NO_BYTES),
      ],
      [
        HANDSHAKE_PROCEDURES.SET_LK_VER,
        (r) => makeResults(setLkVerReply, 0, 0, readFields(r, setLkVerCall)[1]),
      ],
    ]);
    const cancelCall: Procedure = (r, call) => {
      this.lockCalls.get(r.u32())?.interrupt();
      return replySuccess(r, call);
    };
    const serveFop: Procedure = (r, call) => this.serveFop(call, r);
    this.callServer = new CallServer({
      programs: [
        { ...FOPS4, procedures: { get: () => serveFop } },
        { ...HANDSHAKE, procedures: handshake },
      ],
      // glossa's clients know the program from the handshake.
      unlisted: [
        { ...GLOSSA_PROGRAM, procedures: new Map([[GLOSSA_PROCEDURES.GIVE_UP, cancelCall]]) },
      ],
      out: this.out,
      onWritten: () => {
        if (!this.isClosed) transport.send();
      },
      isFull: () => this.isPaused || this.isClosed,
    });
  }

  /** Whether the limit of active requests is reached. */
  get isAtLimit(): boolean {
    const { outstandingLimit } = this.host;
    return outstandingLimit > 0 && this.activeRequestCount >= outstandingLimit;
  }

  /** Whether reading should stop: at the limit of requests, with too many queued replies, or without memory. */
  get isPaused(): boolean {
    return (
      this.isAtLimit ||
      this.memoryShare.isWaiting ||
      this.replyShare.isWaiting ||
      this.transport.queuedBytes + this.out.position > MAX_QUEUED_BYTES
    );
  }

  /** Whether a call under way may need Node's event loop, so that the listener must return to it. */
  get mayNeedEventLoop(): boolean {
    return this.host.initiator.calls.mayNeedEventLoop;
  }

  /** Serves the complete messages in `records`, until `isPaused`. */
  serveMessages(): void {
    if (this.isClosed || this.callServer.isServing) return;
    let servedCount = 0;
    try {
      servedCount = this.callServer.serveAll(this.records);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.fail(error.message);
    }
    if (this.isClosed) return;
    this.memoryShare.adjust(servedCount > 0);
    this.updateFlow();
  }

  /** Called when the memory for which the connection waited is available. */
  onGrant(): void {
    this.updateFlow();
  }

  /** Called after all of `out` was sent. */
  noteAllSent(): void {
    if (this.isClosed) return;
    this.replyShare.settle(0);
    this.updateFlow();
  }

  /** Resumes or pauses reading if `isPaused` has changed. */
  private updateFlow(): void {
    if (this.isClosed || this.callServer.isServing || this.isPaused === this.wasPaused) return;
    this.wasPaused = !this.wasPaused;
    this.transport.updateFlow();
    // Complete messages may have been received before the pause.
    if (!this.wasPaused) this.serveMessages();
  }

  /** Logs the reason, and closes the connection at once. */
  fail(reason: string): void {
    this.host.log(`the connection to ${this.peer.address || 'a client'} is closed: ${reason}`);
    this.transport.destroy();
    this.close();
  }

  /** Stops serving the connection and releases the client's state; does not close the transport. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.host.pendingConnections.remove(this.pending);
    this.detachClient();
    this.memoryShare.close();
    this.replyShare.close();
  }

  /** Closes the connection once all replies have left. */
  disconnect(): void {
    this.close();
    this.transport.end();
  }

  /** Calls a procedure of the client. */
  callClient(procedure: number, write?: (w: XdrWriter) => void): void {
    if (this.binding !== null) this.callServer.call(CALLBACK, procedure, write);
  }

  /** Releases the state of the admitted client, if there is one. */
  private detachClient(): void {
    const { binding } = this;
    if (binding === null) return;
    binding.client.disconnect();
    this.origin = null;
    this.host.removeClient(this);
    this.binding = null;
  }

  /** Handles SETVOLUME: authenticates the client, and replies later. */
  private handleSetVolume(xid: number, r: XdrReader): undefined {
    const texts = readTexts(r);
    // After a second handshake the connection belongs to another client.
    this.detachClient();
    this.authenticate(texts, ({ errno, text, isBrickUp, logged }) => {
      if (this.isClosed) return;
      if (errno !== 0)
        this.logHandshakeRefusal(logged === undefined ? text : `${text}: ${logged}`, texts);
      this.callServer.reply(xid, (w) => {
        w.i32(errno === 0 ? 0 : -1);
        w.i32(errno);
        writeTexts(
          w,
          new Map([
            ['ERROR', text],
            ['process-uuid', this.host.uuid],
            ['child_up', isBrickUp ? '1' : '0'],
            [GLOSSA_VERSION_KEY, this.host.version],
          ]),
        );
      });
    });
  }

  private logHandshakeRefusal(text: string, texts: ReadonlyMap<string, string> | null): void {
    const { address } = this.peer;
    const [volume, user] = [texts?.get('remote-subvolume'), texts?.get('username')];
    // JSON escapes line breaks, by which a client could forge log lines.
    const userText = user === undefined ? '' : ` (username ${JSON.stringify(user)})`;
    const volumeText = volume === undefined ? '' : ` for ${JSON.stringify(volume)}`;
    const clientText = address || 'this machine';
    this.host.logRefusal(`a client from ${clientText} is refused${volumeText}${userText}: ${text}`);
  }

  /** Admits or refuses the client by the options of its handshake; `onResult` gets the reply. */
  private authenticate(
    texts: ReadonlyMap<string, string> | null,
    onResult: (result: HandshakeResult) => void,
  ) {
    const { host } = this;
    const refuse = (errno: number, text: string, more: Partial<HandshakeResult> = {}): void =>
      onResult({ errno, text, isBrickUp: true, ...more });
    if (texts === null)
      return refuse(EINVAL, 'Internal error: failed to unserialize request dictionary');
    const volume = texts.get('remote-subvolume');
    if (volume === undefined) return refuse(EINVAL, 'No remote-subvolume option specified');
    const brick = host.findBrick(volume);
    if (brick === undefined) return refuse(ENOENT, 'Brick not found');
    if (!brick.isUp)
      return refuse(EAGAIN, 'Not received child_up for this xlator', { isBrickUp: false });
    const processUuid = texts.get('process-uuid');
    if (processUuid === undefined) return refuse(EINVAL, 'UUID not specified');
    const fopsVersion = texts.get('fops-version');
    if (fopsVersion !== String(FOPS4.number)) {
      return refuse(EINVAL, `version mismatch: client(${fopsVersion}) - client-mgmt(-1)`);
    }
    const subdir = normalizePath(texts.get('subdir-mount') ?? '/');
    const identity: ClientIdentity = {
      ...this.peer,
      volume,
      subdir,
      username: texts.get('username'),
      password: texts.get('password'),
    };
    const refusal = findRefusal(host.authOptions, identity);
    // The reason is for the log alone: a stranger must not learn the options.
    if (refusal !== null) return refuse(EACCES, 'Authentication failed', { logged: refusal });
    this.isTrusted = decideByLogin(host.authOptions, identity) === 'accept';
    const client = host.initiator.connect(processUuid);
    const version = texts.get('client-version') ?? '';
    const isGlossa = texts.has(GLOSSA_VERSION_KEY);
    const binding = {
      client,
      brick,
      subdir,
      identity,
      version,
      isGlossa,
      admittedAtMs: Date.now(),
    };
    if (subdir === '/') return onResult(this.bind(binding, ROOT_GFID));
    findDirectory(client, brick, subdir, (directory) => {
      if (typeof directory !== 'number' && !this.isClosed)
        return onResult(this.bind(binding, directory.gfid));
      client.disconnect();
      refuse(ENOENT, `subdirectory for mount "${subdir}" is not found`);
    });
  }

  /** Binds the connection to an admitted client. @param root the gfid of the client's root directory */
  private bind(binding: ClientBinding, root: Gfid): HandshakeResult {
    const { client, brick, isGlossa } = binding;
    this.binding = binding;
    this.origin = {
      isGlossa,
      client,
      fds: client.fds,
      inodes: brick.inodes,
      root,
      get links() {
        return brick.links;
      },
      get listsUnopened() {
        return brick.listsUnopened;
      },
      sendReply: (xid, fop, replyBytes, write, data) =>
        this.sendReply(xid, fop, replyBytes, write, data),
      returnLoan: (loan) => this.records.returnLoan(loan),
    };
    this.host.pendingConnections.remove(this.pending);
    this.records.setLimits(RECEIVE_ROOM_BYTES, RECORD_MAX);
    this.host.addClient(this);
    return { errno: 0, text: 'Success', isBrickUp: true };
  }

  /** Starts a fop, which replies later; or returns the reply, or an ACCEPT status, of a call that is no fop. */
  private serveFop(call: ReceivedCall, r: XdrReader): ResultsWriter | number | undefined {
    const { xid, procedure, caller } = call;
    const { origin } = this;
    // A call without credentials must not run as root.
    if (origin === null || caller === null) return ACCEPT_STATUS.GARBAGE_ARGS;
    // Procedure 0 of each RPC program does nothing.
    if (procedure === 0) return replySuccess(r, call);
    if (procedure === RELEASE_PROCEDURE || procedure === RELEASEDIR_PROCEDURE)
      return releaseFd(r, origin);
    const conversions = unmarshals[procedure];
    if (conversions === undefined) return ACCEPT_STATUS.PROC_UNAVAIL;
    const values = readFields(r, conversions.wireFop.call);
    const data = conversions.wireFop.data === 'call' ? r.fixed(r.remaining) : NO_BYTES;
    if (r.isMalformed) return ACCEPT_STATUS.GARBAGE_ARGS;
    const { sizeIndex } = conversions;
    const replyBytes = sizeIndex < 0 ? 0 : Math.min(values[sizeIndex] as number, RECORD_MAX);
    if (!this.replyShare.reserve(replyBytes)) {
      this.records.putBack();
      return;
    }
    const mappedCaller = this.host.mapCaller(caller, this.isTrusted);
    const serverCall = new ServerCall(origin, xid, conversions, values, data, mappedCaller);
    serverCall.replyBytes = replyBytes;
    if (data.length > 0) serverCall.loan = this.records.lend();
    this.runCall(xid, serverCall);
  }

  /** Starts a fop and counts it; requests for locks are counted apart. */
  private runCall(xid: number, call: ServerCall): void {
    if (!LOCK_FOPS.has(call.fop)) {
      this.activeRequestCount += 1;
      call.run();
      return;
    }
    this.lockRequestCount += 1;
    this.lockCalls.set(xid, call);
    if (this.lockRequestCount > MAX_LOCK_REQUESTS) call.fail(ENOLCK);
    else call.run();
  }

  /** Sends a fop's reply, and continues to serve calls that waited for the limit of active requests. */
  private sendReply(
    xid: number,
    fop: FopName,
    replyBytes: number,
    write: (w: XdrWriter) => void,
    data: Uint8Array | null,
  ): void {
    if (LOCK_FOPS.has(fop)) {
      this.lockRequestCount -= 1;
      this.lockCalls.delete(xid);
    } else this.activeRequestCount -= 1;
    if (this.isClosed) return;
    this.callServer.reply(xid, write, data);
    this.replyShare.settle(replyBytes);
    this.updateFlow();
  }
}

/** Serves release and releasedir: skips the gfid, reads the fd number, and replies with empty xdata. */
function releaseFd(r: XdrReader, { client }: CallOrigin): ResultsWriter {
  r.skip(16);
  client.fds.release(r.i64());
  return (w) => {
    // op_ret and op_errno.
    w.zeros(8);
    writeDict(w, null);
  };
}
