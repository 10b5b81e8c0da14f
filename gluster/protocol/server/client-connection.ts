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
import type { ConnectionTransport, ServedConnection } from '../../../runtime/wire/connection.ts';
import { RECORD_MAX, RecordError, RecordReader } from '../../../runtime/wire/record.ts';
import { type XdrReader, XdrWriter } from '../../../runtime/wire/xdr.ts';
import {
  CallServer,
  makeResults,
  type Procedure,
  type Results,
  replySuccess,
} from '../../rpc/call-server.ts';
import { readTexts, writeTexts } from '../../rpc/dict.ts';
import { readFields } from '../../rpc/fields.ts';
import { ACCEPT, type Caller, type ReceivedCall } from '../../rpc/message.ts';
import {
  CALLBACK,
  FOPS4,
  GLOSSA,
  getspecReply,
  HAND,
  HANDSHAKE,
  OWN,
  OWN_CALLS,
  setLkVerCall,
  setLkVerReply,
} from '../../rpc/programs.ts';
import { type AuthOptions, type ClientIdentity, decideByLogin, isAdmitted } from './auth.ts';
import type { Brick } from './bricks.ts';
import type { PendingConnection, PendingConnections } from './pending-connections.ts';
import type { RecordMemory, Share } from './record-memory.ts';
import { type CallOrigin, ServerCall } from './server-call.ts';
import { findDirectory } from './subdir.ts';
import { unmarshals } from './unmarshal.ts';

const RELEASE_PROCEDURE = 41;
const RELEASEDIR_PROCEDURE = 42;
const NO_BYTES = new Uint8Array();
const GETSPEC_REFUSAL = 'ask the management daemon for volfiles';

/** The most bytes of replies queued for a client. Beyond them the server stops reading its calls. */
const QUEUED_MAX = 4 * 2 ** 20;
/** Bytes of receive room, and of the longest message, before the handshake, whose messages are short. */
const HANDSHAKE_LIMITS = { room: 4096, most: 65_536 } as const;
/** Bytes of room for receiving after the handshake. */
const RECEIVE_ROOM = 65_536;

/** Reduces a path to the form `/a/b`. */
const normalize = (path: string): string => posix.resolve('/', path);

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
  readonly pending: PendingConnections;
  readonly memory: RecordMemory;
  /** Maps the caller of a request. @param isTrusted whether the client logged in by password */
  mapCaller(caller: Caller, isTrusted: boolean): Caller;
  /** The most active requests of a connection; 0 for no limit. */
  readonly outstandingLimit: number;
  /** Finds a volume that clients may use. */
  findBrick(volume: string): Brick | undefined;
  /** Called when a client was admitted to a brick, and when it has left. */
  noteClient(connection: ClientConnection): void;
  removeClient(connection: ClientConnection): void;
  logRefusal(text: string): void;
  log(text: string): void;
}

/** Fops that may wait while another client holds a lock; they delay no other request. */
const LOCK_FOPS: ReadonlySet<FopName> = new Set<FopName>([
  ...(['lk', 'inodelk', 'finodelk', 'entrylk', 'fentrylk'] as const),
]);
/** The most requests of a connection that wait for locks. */
const WAITING_MAX = 16_384;

/** The client of a connection, and its brick. */
export interface ClientBinding {
  readonly client: Client;
  readonly brick: Brick;
  readonly subdir: string;
  /** The identity with which the client was admitted. */
  readonly identity: ClientIdentity;
  /** The version that the client reports. */
  readonly version: string;
  /** Whether the client knows glossa's own requests. */
  readonly isGlossa: boolean;
  /** Milliseconds since 1970 at which the client was admitted. */
  readonly since: number;
}

interface HandshakeResult {
  readonly errno: number;
  /** The reason of a refusal, in GlusterFS's words. */
  readonly text: string;
  readonly childUp: boolean;
}

export class ClientConnection implements ServedConnection {
  readonly records = new RecordReader(HANDSHAKE_LIMITS.room, HANDSHAKE_LIMITS.most);
  /** The buffer for replies. */
  readonly out = new XdrWriter(HANDSHAKE_LIMITS.room);
  readonly peer: Peer;
  binding: ClientBinding | null = null;
  /** The number of active requests, without those for locks. */
  activeCount = 0;
  /** The number of active requests for locks. */
  lockCount = 0;
  /** The active requests for locks by xid, so that the client can cancel them. */
  private readonly lockCalls = new Map<number, ServerCall>();
  readonly callServer: CallServer;
  private readonly host: ConnectionHost;
  private readonly pending: PendingConnection;
  private readonly transport: ConnectionTransport;
  private readonly share: Share;
  /** The admitted client, as its calls see it; null before the handshake. */
  private origin: CallOrigin | null = null;
  /** Whether the client logged in by password. */
  private isTrusted = false;
  private isClosed = false;
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
    this.share = host.memory.makeShare(this);
    const handshake = new Map<number, Procedure>([
      [HAND.NULL, replySuccess],
      [HAND.PING, replySuccess],
      [HAND.SETVOLUME, (r, { xid }) => this.setVolume(xid, r)],
      [HAND.GETSPEC, () => makeResults(getspecReply, -1, ENOSYS, GETSPEC_REFUSAL, NO_BYTES)],
      [HAND.SET_LK_VER, (r) => makeResults(setLkVerReply, 0, 0, readFields(r, setLkVerCall)[1])],
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
      unlisted: [{ ...OWN, procedures: new Map([[OWN_CALLS.GIVE_UP, cancelCall]]) }],
      out: this.out,
      onWritten: () => {
        if (!this.isClosed) transport.send();
      },
      isFull: () => this.isAtLimit || this.isClosed,
    });
  }

  /** Whether the limit of active requests is reached. */
  get isAtLimit(): boolean {
    const { outstandingLimit } = this.host;
    return outstandingLimit > 0 && this.activeCount >= outstandingLimit;
  }

  /** Whether reading should stop: at the limit of requests, with too many queued replies, or without memory. */
  get isPaused(): boolean {
    return (
      this.isAtLimit ||
      this.share.isWaiting ||
      this.transport.queuedBytes + this.out.at > QUEUED_MAX
    );
  }

  get isBusy(): boolean {
    return this.host.initiator.calls.busy;
  }

  /** Serves the complete messages in `records`, until the limit of active requests is reached. */
  serveMessages(): void {
    if (this.isClosed) return;
    let count = 0;
    try {
      count = this.callServer.serveAll(this.records);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.fail(error.message);
    }
    if (this.isClosed) return;
    this.share.adjust(count > 0);
    this.noteAllSent();
  }

  /** Called when the memory for which the connection waited is available. */
  onGrant(): void {
    this.noteAllSent();
  }

  /** Resumes or pauses reading after a send or the end of a request. */
  noteAllSent(): void {
    if (this.isClosed || this.isPaused === this.wasPaused) return;
    this.wasPaused = !this.wasPaused;
    this.transport.updateFlow();
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
    this.host.pending.remove(this.pending);
    this.detachClient();
    this.share.close();
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

  private detachClient(): void {
    const { binding } = this;
    if (binding === null) return;
    binding.client.disconnect();
    this.origin = null;
    this.host.removeClient(this);
    this.binding = null;
  }

  /** Handles SETVOLUME: authenticates the client, and replies later. */
  private setVolume(xid: number, r: XdrReader): undefined {
    const texts = readTexts(r);
    // After a second handshake the connection belongs to another client.
    this.detachClient();
    this.authenticate(texts, ({ errno, text, childUp }) => {
      if (this.isClosed) return;
      if (errno !== 0) this.logHandshakeRefusal(text, texts);
      this.callServer.reply(xid, (w) => {
        w.i32(errno === 0 ? 0 : -1);
        w.i32(errno);
        writeTexts(
          w,
          new Map([
            ['ERROR', text],
            ['process-uuid', this.host.uuid],
            ['child_up', childUp ? '1' : '0'],
            [GLOSSA, this.host.version],
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
    const from = address || 'this machine';
    this.host.logRefusal(`a client from ${from} is refused${volumeText}${userText}: ${text}`);
  }

  private authenticate(
    texts: ReadonlyMap<string, string> | null,
    onResult: (result: HandshakeResult) => void,
  ) {
    const { host } = this;
    const refuse = (errno: number, text: string, childUp = true): void =>
      onResult({ errno, text, childUp });
    if (texts === null)
      return refuse(EINVAL, 'Internal error: failed to unserialize request dictionary');
    const volume = texts.get('remote-subvolume');
    if (volume === undefined) return refuse(EINVAL, 'No remote-subvolume option specified');
    const brick = host.findBrick(volume);
    if (brick === undefined) return refuse(ENOENT, 'Brick not found');
    if (!brick.isUp) return refuse(EAGAIN, 'Not received child_up for this xlator', false);
    const uid = texts.get('process-uuid');
    if (uid === undefined) return refuse(EINVAL, 'UUID not specified');
    const fops = texts.get('fops-version');
    if (fops !== String(FOPS4.number)) {
      return refuse(EINVAL, `version mismatch: client(${fops}) - client-mgmt(-1)`);
    }
    const subdir = normalize(texts.get('subdir-mount') ?? '/');
    const identity: ClientIdentity = {
      ...this.peer,
      ...{ volume, subdir, username: texts.get('username'), password: texts.get('password') },
    };
    if (!isAdmitted(host.authOptions, identity)) return refuse(EACCES, 'Authentication failed');
    this.isTrusted = decideByLogin(host.authOptions, identity) === 'accept';
    const client = host.initiator.connect(uid);
    const version = texts.get('client-version') ?? '';
    const isGlossa = texts.has(GLOSSA);
    const binding = { client, brick, subdir, identity, version, isGlossa, since: Date.now() };
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
      ...{ isGlossa, client, fds: client.fds, inodes: brick.inodes, root },
      get links() {
        return brick.links;
      },
      sendReply: (xid, fop, write, data) => this.sendReply(xid, fop, write, data),
    };
    this.host.pending.remove(this.pending);
    this.records.setLimits(RECEIVE_ROOM, RECORD_MAX);
    this.host.noteClient(this);
    return { errno: 0, text: 'Success', childUp: true };
  }

  private serveFop(call: ReceivedCall, r: XdrReader): Results | number | undefined {
    const { xid, procedure, caller } = call;
    const { origin } = this;
    // A call without credentials must not run as root.
    if (origin === null || caller === null) return ACCEPT.GARBAGE_ARGS;
    if (procedure === 0) return replySuccess(r, call);
    if (procedure === RELEASE_PROCEDURE || procedure === RELEASEDIR_PROCEDURE)
      return releaseFd(r, origin);
    const conversions = unmarshals[procedure];
    if (conversions === undefined) return ACCEPT.PROC_UNAVAIL;
    const values = readFields(r, conversions.wire.call);
    const data = conversions.wire.data === 'call' ? r.fixed(r.remaining) : NO_BYTES;
    if (r.isMalformed) return ACCEPT.GARBAGE_ARGS;
    const mappedCaller = this.host.mapCaller(caller, this.isTrusted);
    const serverCall = new ServerCall(origin, xid, conversions, values, data, mappedCaller);
    if (data.length > 0) serverCall.loan = this.records.lend();
    this.runCall(xid, serverCall);
  }

  private runCall(xid: number, call: ServerCall): void {
    if (!LOCK_FOPS.has(call.fop)) {
      this.activeCount += 1;
      call.run();
      return;
    }
    this.lockCount += 1;
    this.lockCalls.set(xid, call);
    if (this.lockCount > WAITING_MAX) call.fail(ENOLCK);
    else call.run();
  }

  private sendReply(
    xid: number,
    fop: FopName,
    write: (w: XdrWriter) => void,
    data: Uint8Array | null,
  ): void {
    const wasAtLimit = this.isAtLimit;
    if (LOCK_FOPS.has(fop)) {
      this.lockCount -= 1;
      this.lockCalls.delete(xid);
    } else this.activeCount -= 1;
    if (this.isClosed) return;
    this.callServer.reply(xid, write, data);
    if (wasAtLimit && !this.isAtLimit && !this.callServer.isServing) this.serveMessages();
  }
}

/** Serves release and releasedir: skips the gfid, reads the fd number, and replies with empty xdata. */
function releaseFd(r: XdrReader, { client }: CallOrigin): Results {
  r.skip(16);
  client.fds.release(r.i64());
  return (w) => {
    w.zeros(8);
    w.u32(0);
    w.i32(-1);
    w.u32(0);
  };
}
