/** Sends requests to a brick over one connection, queues them while it reconnects, and reports its state to parents. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { formatSocketAddress } from '../../../runtime/core/addresses.ts';
import type { Context } from '../../../runtime/core/context.ts';
import { E2BIG, EBADFD, EINVAL, ENOTCONN, ESTALE } from '../../../runtime/core/errno.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import type { Frame, Stack } from '../../../runtime/core/frame.ts';
import type { FopTable } from '../../../runtime/core/gen/fops.gen.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { O_CREAT, O_EXCL, O_TRUNC } from '../../../runtime/core/open-flags.ts';
import { sendUpcall } from '../../../runtime/core/upcall.ts';
import { FLOCK } from '../../../runtime/core/xdata.ts';
import { notifyParents, sayUp, type Xlator } from '../../../runtime/core/xlator.ts';
import { allocateUncleared } from '../../../runtime/sys/uncleared-memory.ts';
import { RecordReader } from '../../../runtime/wire/record.ts';
import type { XdrReader } from '../../../runtime/wire/xdr.ts';
import { AUTH_V3, type Caller, hasRoomForOwner } from '../../rpc/message.ts';
import { FOPS4 } from '../../rpc/programs.ts';
import { type Certificates, readCertificates } from '../shared/certificates.ts';
import { isUnixTransport } from '../shared/transport-types.ts';
import { type Connect, type ConnectFailure, Connection } from './connection.ts';
import { type HandshakeReply, makeSetVolumeTexts } from './handshake.ts';
import { InternalCalls } from './internal-calls.ts';
import { isBrickOffset } from './listed-entries.ts';
import { type Marshal, WIRE_FLAGS, writeArguments } from './marshal.ts';
import { readAddress, type Settings } from './options.ts';
import { NO_FD, type RemoteFd } from './remote-fds.ts';
import { RemoteState } from './remote-state.ts';
import { failRequest, Request, RequestQueue } from './request.ts';
import { connectSocket, connectStream } from './transports.ts';
import {
  findUnsupportedErrno,
  makeInterruptXattr,
  mustDropPrivileges,
  PrivilegeDropper,
} from './unsupported-requests.ts';
import { readCallback } from './upcalls.ts';

/** Seconds for which a request waits until its file is reopened; a lost connection ends the wait. */
const REOPEN_TIMEOUT_S = 3600;
/** Identifies this process to bricks, for all its clients. */
const processUuid = randomUUID();
/** The number of the next client that this process makes; part of its name. */
let nextGraphNumber = 0;

/** Chooses Node's sockets for TLS, and in a process without a mount's loop; else sockets that the loop serves. */
const chooseConnect = (certificates: Certificates | null, { sourcePump }: Context): Connect =>
  certificates === null && sourcePump !== undefined
    ? connectStream(sourcePump)
    : connectSocket(certificates);

/** The arguments of lk. */
type LkArguments = FopTable['lk']['args'];

/** A brick as its client sees it: `priv` of a protocol/client volume. */
export class RemoteVolume {
  readonly connection: Connection;
  readonly state: RemoteState;
  private readonly xl: Xlator<RemoteVolume>;
  private readonly waitingRequests: RequestQueue;
  private readonly internalCalls: InternalCalls;
  private readonly privilegeDropper: PrivilegeDropper;
  /** Whether a failed attempt was reported to the parents; CHILD_DOWN is sent only for the first. */
  private hasSentEvent = false;
  /** The brick's name in messages. */
  private readonly brickLabel: string;
  /** The way to have this client admitted, for the message of a refusal. */
  private readonly refusalRemedy: string;
  /** The number of files that are being reopened. */
  private reopeningCount = 0;
  /** The reason for having no connection; empty when connected or before the first attempt. */
  lastProblem = '';

  constructor(xl: Xlator<RemoteVolume>, settings: Settings) {
    this.xl = xl;
    const subvolume = settings['remote-subvolume'];
    if (subvolume === undefined) {
      throw new InitError('option remote-subvolume is missing: set it to the volume of the brick');
    }
    const address = readAddress(settings);
    this.brickLabel = `brick '${subvolume}' at ${formatSocketAddress(address)}`;
    this.refusalRemedy = `its volfile admits a client by 'option auth.addr.${subvolume}.allow ADDRESS', and its log has the reason`;
    const { context } = xl;
    const { sourcePump } = context;
    this.waitingRequests = new RequestQueue(context);
    const volfileOptions = new Map(xl.volfileOptions.map(({ key, value }) => [key, value]));
    const subdirMount = context.server?.subdirMount;
    if (subdirMount !== undefined) volfileOptions.set('subdir-mount', subdirMount);
    // Each graph has a number of its own, as a new graph connects before the old one ends.
    const clientName =
      `CTX_ID:${processUuid}-GRAPH_ID:${nextGraphNumber}-PID:${process.pid}-HOST:${hostname()}-` +
      `PC_NAME:${xl.name}-RECON_NO:-`;
    nextGraphNumber += 1;
    const now = sourcePump === undefined ? () => context.now() : () => sourcePump.now();
    this.connection = new Connection(
      {
        context,
        connect: chooseConnect(readCertificates(settings), context),
        now,
        address,
        needsPort:
          settings['remote-port'] === undefined && !isUnixTransport(settings['transport-type']),
        subvolume,
        hasWaitingRequests: () => this.waitingRequests.size > 0,
        readPingTimeoutS: () => this.state.settings['ping-timeout'],
        readFrameTimeoutS: () => this.state.settings['frame-timeout'],
        makeSetVolumeTexts: (connectionNumber) =>
          makeSetVolumeTexts(volfileOptions, clientName + connectionNumber),
        makeRecords: () => new RecordReader(undefined, undefined, allocateUncleared),
      },
      {
        onHandshake: (reply) => this.reopenFiles(reply),
        onLoss: (reason) => this.handleLoss(reason),
        onFailure: (failure) => this.handleFailure(failure),
        onCall: (program, procedure, r) => this.handleCall(program, procedure, r),
        warn: (text) => xl.log.warning(text, { msgid: messages.brickMessageFault.id }),
      },
    );
    const isIdle = (): boolean => this.connection.channel.outstandingCount === 0;
    this.state = new RemoteState(xl as Xlator<unknown>, settings, { now, isIdle });
    this.internalCalls = new InternalCalls(this.connection);
    this.privilegeDropper = new PrivilegeDropper(this.internalCalls, this.state.fds);
  }

  /** Closes the connection for good, and fails the waiting requests. */
  stop(): void {
    this.connection.stop();
    this.failWaitingRequests();
  }

  private failWaitingRequests(): void {
    this.waitingRequests.releaseAll((frame, marshal) => failRequest(frame, marshal, ENOTCONN));
  }

  /**
   * Whether each change of data shows in the file's size or times. At a glossa brick it does. At a GlusterFS brick with
   * option ctime, times change only if the client sends them (features/utime).
   */
  reportsAllChanges(hasClientTimes: boolean): boolean {
    return !this.state.isGlusterBrick || hasClientTimes;
  }

  // ---- requests

  /** Sends a fop to the brick; queues it while the brick is not connected, or its file is being reopened. */
  sendOrQueue(frame: Frame, marshal: Marshal, args: unknown[]): void {
    const { connection, waitingRequests, state } = this;
    // The request was answered without the brick.
    if (marshal.prepare?.(state, frame, args)) return;
    if (connection.isUp) {
      if (this.reopeningCount > 0 && this.usesUnopenedFile(marshal, args)) {
        waitingRequests.add(frame, marshal, args, REOPEN_TIMEOUT_S);
      } else this.dropPrivilegesAndSend(frame, marshal, args);
      return;
    }
    const waitS = state.settings['reconnect-wait'];
    if (waitS === 0) failRequest(frame, marshal, this.findErrnoBeforeSending(frame, marshal, args));
    else {
      waitingRequests.add(frame, marshal, args, waitS);
      connection.retrySooner();
    }
  }

  /** Whether the request uses a file that must be open at the brick, and is not. */
  private usesUnopenedFile({ fdNumberSources }: Marshal, args: readonly unknown[]): boolean {
    for (let index = 0; index < fdNumberSources.length; index++) {
      if (fdNumberSources[index]!(args, this.state) === NO_FD) return true;
    }
    return false;
  }

  /** Sends a request; for a GlusterFS brick, clears set-user-id and set-group-id of the file first if requested. */
  private dropPrivilegesAndSend(frame: Frame, marshal: Marshal, args: readonly unknown[]): void {
    this.state.recentAttributes.forget();
    const { stbufIndex } = marshal;
    if (stbufIndex >= 0) this.privilegeDropper.noteAttributes((args[stbufIndex] as Iatt).iaProt);
    if (!this.state.isGlusterBrick || !mustDropPrivileges(marshal, args, frame.root)) {
      this.send(frame, marshal, args);
      return;
    }
    this.privilegeDropper.clearPrivileges(args, frame.root, (errno) => {
      if (errno === 0) this.send(frame, marshal, args);
      else failRequest(frame, marshal, errno);
    });
  }

  /** Writes the request's call to the connection; fails a request that cannot be sent. */
  private send(frame: Frame, marshal: Marshal, args: readonly unknown[]): void {
    // The connection may have been lost while privileges were checked.
    const errno = this.connection.isUp
      ? this.findErrnoBeforeSending(frame, marshal, args)
      : ENOTCONN;
    if (errno !== 0) {
      failRequest(frame, marshal, errno);
      return;
    }
    const { connection, state } = this;
    const { wireFop, dataIndex } = marshal;
    const { channel, isServedByLoop } = connection;
    const owner = marshal.fop === 'lk' ? this.deriveLockOwner(frame, args) : frame.root.lkOwner;
    const caller = makeCaller(frame.root, owner, state.settings['send-gids']);
    const request = new Request(frame, marshal, args, state, isServedByLoop);
    const w = channel.begin(FOPS4, wireFop.procedure, AUTH_V3, caller, request);
    try {
      writeArguments(w, marshal, args, state);
    } catch (error) {
      channel.withdraw(request);
      request.noteNotSent();
      const { errno } = error as { errno?: number };
      if (errno === undefined) throw error;
      failRequest(frame, marshal, errno);
      return;
    }
    const data = dataIndex < 0 ? null : (args[dataIndex] as Uint8Array);
    channel.end(data, frame.root.isTooLate);
    connection.flushSoon();
    // A program that waits for a lock can be interrupted and killed.
    if (marshal.fop === 'lk') {
      frame.root.whenInterrupted(() =>
        this.cancelLock(request.xid, caller, args as unknown as LkArguments),
      );
    }
  }

  /**
   * Derives the owner of a lock request. The kernel may give the owner of a closed file's flock(2) to the next open
   * file. A GlusterFS brick would confuse the two, so each open file gets an owner of its own for flock(2).
   */
  private deriveLockOwner({ root }: Frame, args: readonly unknown[]): string {
    const [fd, , , xdata] = args as unknown as LkArguments;
    const remoteFd =
      this.state.isGlusterBrick && xdata?.has(FLOCK) ? this.state.fds.find(fd) : undefined;
    return remoteFd === undefined ? root.lkOwner : root.lkOwner + remoteFd.serial;
  }

  /** Cancels a pending lock request whose caller was interrupted. */
  private cancelLock(xid: number, caller: Caller, [fd, , flock]: LkArguments): void {
    if (!this.connection.isUp) return;
    if (!this.state.isGlusterBrick) this.internalCalls.giveUp(xid);
    else {
      const remoteNumber = this.state.fds.find(fd)?.remoteNumber ?? NO_FD;
      this.internalCalls.cancelLock(
        { gfid: fd.inode.gfid, remoteNumber },
        makeInterruptXattr(flock),
        caller,
      );
    }
  }

  /**
   * Returns the errno of a request that cannot be sent; else 0. As in GlusterFS's client, a request for a file that
   * is not open at the brick fails with EBADFD even while disconnected, unless the file's gfid suffices.
   */
  private findErrnoBeforeSending(frame: Frame, marshal: Marshal, args: readonly unknown[]): number {
    const { lkOwner, isTooLate } = frame.root;
    if (!hasRoomForOwner(lkOwner, AUTH_V3)) return E2BIG;
    if (isTooLate?.()) return ESTALE;
    const unsupportedErrno = this.state.isGlusterBrick ? findUnsupportedErrno(marshal, args) : 0;
    if (unsupportedErrno !== 0) return unsupportedErrno;
    if (this.usesUnopenedFile(marshal, args)) return EBADFD;
    if (!this.connection.isUp) return ENOTCONN;
    if (!marshal.isListing) return 0;
    return isBrickOffset(args[2] as number, this.state.isGlusterBrick) ? 0 : EINVAL;
  }

  /** Closes a file at the brick, when its last user has closed it. */
  release(file: RemoteFd): void {
    this.state.fds.noteRelease(file);
    this.internalCalls.release(file);
  }

  // ---- the connection

  /** Reopens files after the handshake; then reports that the brick is up, and sends waiting requests. */
  private reopenFiles({ isUp, isGlossa }: HandshakeReply & { ok: true }): void {
    const { xl, state } = this;
    state.isGlusterBrick = !isGlossa;
    this.lastProblem = '';
    xl.log.info(`connected to ${this.brickLabel}`);
    const closedFiles = state.fds.listFilesToReopen();
    this.reopeningCount = closedFiles.length;
    const resumeIfReopened = (): void => {
      if (this.reopeningCount > 0 || !this.connection.isUp) return;
      if (isUp) sayUp(xl as Xlator<unknown>, true);
      this.waitingRequests.releaseAll((...request) => this.dropPrivilegesAndSend(...request));
    };
    for (const file of closedFiles) {
      // The file exists already, and its data must stay.
      const flags = state.filterOpenFlags(
        file.fd.flags & WIRE_FLAGS & ~(O_CREAT | O_EXCL | O_TRUNC),
      );
      this.internalCalls.reopen(file, flags, () => {
        this.reopeningCount -= 1;
        resumeIfReopened();
      });
    }
    resumeIfReopened();
  }

  /** Handles a call of the brick: forwards changes by other clients to the parents, and whether the storage is up. */
  private handleCall(program: number, procedure: number, r: XdrReader): void {
    const { xl, state } = this;
    state.recentAttributes.forget();
    if (xl.inodes === null) return;
    const changes = readCallback(program, procedure, r, xl.inodes, state.removedDirectories);
    if (typeof changes === 'boolean') sayUp(xl as Xlator<unknown>, changes);
    else if (changes !== null) {
      this.privilegeDropper.noteForeignChange();
      for (const upcall of changes) {
        if (upcall.kind === 'inode') state.listedAcls.noteForeignChange(upcall.inode.gfid);
        sendUpcall(xl as Xlator<unknown>, upcall);
      }
    }
  }

  /** Handles a lost connection: forgets what the brick knew of this client, and notifies the parents. */
  private handleLoss(reason: string): void {
    this.reopeningCount = 0;
    const { fds, settings } = this.state;
    if (settings['reconnect-wait'] === 0) this.failWaitingRequests();
    fds.forgetNumbers(settings['strict-locks']);
    this.state.listedAcls.clear();
    this.xl.log.warning(`the connection to ${this.brickLabel} is lost: ${reason}`, {
      msgid: messages.brickLost.id,
    });
    sayUp(this.xl as Xlator<unknown>, false);
  }

  /** Handles a failed attempt to connect: logs a new problem, and notifies the parents. */
  private handleFailure({ reason, isFinal, hasReplied }: ConnectFailure): void {
    const { xl, brickLabel } = this;
    const problem = `${brickLabel}: ${reason}${isFinal ? ` (${this.refusalRemedy})` : ''}`;
    const isNewProblem = problem !== this.lastProblem;
    this.lastProblem = problem;
    if (isFinal) {
      this.failWaitingRequests();
      xl.log.error(`${problem}: giving up`, {
        msgid: messages.brickRefuses.id,
      });
      xl.notify('AUTH_FAILED', xl);
    } else if (isNewProblem) {
      xl.log.warning(`cannot connect to ${problem}`, { msgid: messages.brickNotReached.id });
    }
    if (!isFinal && hasReplied) notifyParents(xl as Xlator<unknown>, 'CHILD_CONNECTING', xl);
    // After CHILD_DOWN a parent with other children need not wait for this one.
    else if (!this.hasSentEvent) notifyParents(xl as Xlator<unknown>, 'CHILD_DOWN', xl);
    this.hasSentEvent = true;
  }
}

/** Makes the caller that the brick sees. @param sendGids option send-gids: whether all groups are sent */
function makeCaller(root: Stack, lkOwner: string, sendGids: boolean): Caller {
  const { pid, uid, gid, ctime: requestTime } = root;
  const groups = sendGids ? root.groups : [gid];
  const [flags, ctime, ctimeNsec] = [
    requestTime?.flags ?? 0,
    requestTime?.sec ?? 0,
    requestTime?.nsec ?? 0,
  ];
  return { pid, uid, gid, groups, lkOwner, flags, ctime, ctimeNsec };
}
