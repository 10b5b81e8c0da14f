/**
 * Serves one FUSE connection, a session: turns the kernel's requests into fops at the top of a graph, and sends
 * their replies. The pump reads a message into `buffer` and calls `handleMessage`. Handlers (`opcodes.ts`) use the
 * session to find inodes and fds, and to reply.
 */

import type { Client } from '../../core/client.ts';
import { EAGAIN, EINVAL, EIO, EMFILE, ENODEV, ENOENT, ENOSYS, EPERM } from '../../core/errno.ts';
import type { FdTable } from '../../core/fd-table.ts';
import type { Frame } from '../../core/frame.ts';
import { Initiator, makeInitiatorTranslator } from '../../core/initiator.ts';
import type { Inode } from '../../core/inode.ts';
import { MAX_DATA } from '../../core/limits.ts';
import type { Log } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import { isUpcall } from '../../core/upcall.ts';
import type { Child, GraphView } from '../../core/xlator.ts';
import type { PumpedMount } from '../../pump/pump.ts';
import { onNextSample, sample, sampledClock } from '../../pump/sampled-clock.ts';
import { addressOf, write, writev } from '../../sys/libc.ts';
import { tooManyOpenFilesMessage } from '../../sys/open-files.ts';
import { Iovec } from '../../sys/struct.ts';
import type { NotableRequests } from '../notable-requests.ts';
import { Capabilities } from './capabilities.ts';
import { type Cursor, InHeader, type Span } from './codec/cursor.ts';
import { encodeInvalInode } from './codec/notify.ts';
import { encodeOutHeader, Validity } from './codec/reply-structs.ts';
import { makeToGraphFlags } from './handlers/flags.ts';
import type { HandlerContext } from './handlers/handler.ts';
import { mayServeLocks } from './handlers/lock-support.ts';
import { Interrupts } from './interrupts.ts';
import { MessagePool } from './message-pool.ts';
import { Notices } from './notices.ts';
import type { NoticeDevice } from './notifier.ts';
import { hasReply, isReplyCached, nameOpcode, operationsByOpcode } from './opcodes.ts';
import { PageCachePolicy } from './page-cache-policy.ts';
import { Passthrough } from './passthrough.ts';
import { IN_HEADER_SIZE, OUT_HEADER_SIZE } from './protocol.ts';
import { Request, type SlowObserver } from './request.ts';

/** Bytes of the largest encoded reply: the data of a READ. */
const OUT_SIZE = OUT_HEADER_SIZE + MAX_DATA;
/** Bytes of a page. */
const PAGE_SIZE = 4096;
/** Data of at most so many bytes is copied behind the reply's header; larger data is sent by writev(2), uncopied. */
const COPIED_DATA_MAX = 8192;
/**
 * Milliseconds from the forced end of a call that ran too long (`sys/end-turn.ts`) to its request's EIO. As the call
 * ends at most 250 ms after twice the time limit, the caller waits less than a second longer than that.
 */
const ABANDONED_REPLY_DELAY_MS = 500;
/** The message that refuses a new graph without locks. */
const LOCKS_MISSING =
  'no volume serves locks, on which the kernel relies at this mount; unmount and mount again';
/** The kernel accepts only smaller errnos. */
const ERRNO_MAX = 512;

/** The options of a session. */
export interface SessionOptions {
  /** Seconds for which the kernel caches attributes, names and absent names; fractions allowed. */
  readonly attributeTimeout: number;
  readonly entryTimeout: number;
  readonly negativeTimeout: number;
  /** Microseconds of busy polling for the next request. */
  readonly busyPollUs: number;
  /** Whether the kernel may read and write files directly if no volume watches their data. */
  readonly passthrough: boolean;
  /** Whether the kernel may cache writes and write them back later; excludes passthrough. */
  readonly writeback?: boolean | undefined;
  /** Whether the graph serves locks, so that the kernel sends every lock. */
  readonly locks?: boolean | undefined;
  /** Whether the kernel enforces ACLs (the default); otherwise the mount has no ACLs. */
  readonly acl?: boolean | undefined;
  /** The kernel's machine, which decides the numbers of open flags; that of this kernel by default. */
  readonly machine?: string | undefined;
  /** Records failed and slow requests for `glossa why`; undefined to record none. */
  readonly notable?: NotableRequests | undefined;
  /** The notifier's descriptor; absent: the mounted one. */
  readonly noticeDevice?: NoticeDevice;
}

/** Whether requests go to another process. */
export const isRemoteGraph = ({ xlators }: GraphView): boolean =>
  xlators.some(({ translator }) => translator.isRemote === true);

/**
 * Allocates the buffer for a READ's data, behind room for the reply's header. The data is page aligned, because the
 * kernel copies page by page.
 */
function allocateReadBuffer(): Uint8Array {
  const memory = Buffer.alloc(OUT_SIZE + PAGE_SIZE);
  const body = Number(addressOf(memory) % BigInt(PAGE_SIZE)) + OUT_HEADER_SIZE;
  const start = (PAGE_SIZE - (body % PAGE_SIZE)) % PAGE_SIZE;
  return new Uint8Array(memory.buffer, memory.byteOffset + start + OUT_HEADER_SIZE, MAX_DATA);
}

/** Declares mount/fuse: the volume above the graph from which the kernel's requests start. */
const fuseTranslator = makeInitiatorTranslator<Session>(
  'mount/fuse',
  "Turns the kernel's FUSE requests into fops on the top of the graph.",
  ({ priv: session }) => {
    const { messageCount, inFlightCount, fds, notices, passthrough, hasWriteback } = session;
    return {
      requests: messageCount,
      'in-flight': inFlightCount,
      'open-fds': fds.size,
      notices: notices.sentCount,
      passthrough: passthrough.isSupported ? 'on' : 'off',
      'passthrough-fds': passthrough.fdCount,
      'passthrough-opened': passthrough.openCount,
      'writeback-cache': hasWriteback ? 'on' : 'off',
    };
  },
);

/** Makes the session's initiator. @param attributeTimeout of the session, in seconds */
export const makeFuseInitiator = (
  graph: GraphView,
  log: Log,
  attributeTimeout: number,
): Initiator<Session> =>
  new Initiator(graph, 'fuse', fuseTranslator, log, {
    // FUSE replies carry no attributes besides those of the fop's target.
    terse: true,
    attributeAgeMs: attributeTimeout * 1000,
    pidIsThread: true,
    readBuffer: allocateReadBuffer(),
  });

export class Session implements PumpedMount, SlowObserver, HandlerContext {
  readonly fd: number;
  readonly busyPollUs: number;
  readonly graph: GraphView;
  readonly initiator: Initiator<Session>;
  readonly client: Client<Session>;
  readonly passthrough: Passthrough;
  readonly capabilities: Capabilities;
  /** Invalidations for the kernel; an UPCALL of the graph adds one. */
  readonly notices: Notices;
  readonly pageCachePolicy = new PageCachePolicy();
  readonly fds: FdTable;
  readonly removedDirectories = new WeakSet<Inode>();
  readonly mayPassThrough: boolean;
  readonly servesLocks: boolean;
  readonly kernelEnforcesAcls: boolean;
  readonly hasWriteback: boolean;
  readonly toGraphFlags: HandlerContext['toGraphFlags'];
  readonly isRemote: boolean;
  readonly attrValid: Validity;
  readonly entryValid: Validity;
  readonly negativeValid: Validity;
  readonly unknownValid = new Validity(0);
  readonly out: Buffer;
  readonly view: DataView;
  /** `Frame.readBuffer` of a READ: the data's position in its reply, behind the header. */
  readonly readBuffer: Uint8Array;
  private readonly header = new InHeader();
  private readonly messagePool = new MessagePool();
  private currentMessage = this.messagePool.acquire();
  /** The request of the current message, until its reply or the handler's return. */
  private request: Request | null = null;
  /** Whether the current request uses bytes of the message until its reply. */
  private isMessageBorrowed = false;
  /** The number of the kernel's messages since the mount. */
  messageCount = 0;
  private readonly interrupts: Interrupts;
  private readonly notableRequests: NotableRequests | null;
  readonly slowMs: number;
  private readonly iov = new Iovec(2);
  private readonly onEnd: (errno: number) => void;
  private isClosed = false;
  private isFileLimitLogged = false;

  /**
   * @param fd the mounted descriptor of `/dev/fuse`, which the caller closes
   * @param client the only one of its initiator, which the session closes
   * @param onEnd called when the connection ends: 0 when unmounted, otherwise an errno
   */
  constructor(
    fd: number,
    client: Client<Session>,
    options: SessionOptions,
    onEnd: (errno: number) => void,
  ) {
    this.fd = fd;
    const { initiator } = client;
    const { graph, xl } = initiator;
    this.client = client;
    this.initiator = initiator;
    xl.priv = this;
    this.readBuffer = initiator.hints.readBuffer!;
    const { buffer, byteOffset } = this.readBuffer;
    this.out = Buffer.from(buffer as ArrayBuffer, byteOffset - OUT_HEADER_SIZE, OUT_SIZE);
    this.view = new DataView(buffer, byteOffset - OUT_HEADER_SIZE, OUT_SIZE);
    this.graph = graph;
    this.busyPollUs = options.busyPollUs;
    this.servesLocks = options.locks ?? false;
    this.kernelEnforcesAcls = options.acl ?? true;
    this.hasWriteback = options.writeback ?? false;
    this.toGraphFlags = makeToGraphFlags(options.machine);
    this.isRemote = isRemoteGraph(graph);
    this.passthrough = new Passthrough(fd, xl.log);
    this.interrupts = new Interrupts(xl.context);
    this.notices = new Notices(fd, graph.inodes.root, xl.log, this, options.noticeDevice);
    initiator.listen((event, data) => {
      if (event === 'UPCALL' && isUpcall(data)) {
        if (data.kind === 'inode') this.capabilities.forget(data.inode);
        this.notices.add(data);
      } else if (event === 'SOME_DESCENDENT_UP')
        this.pageCachePolicy.distrustAll(this.fds, this.notices);
    });
    initiator.findObjection = (xlators) =>
      this.servesLocks && !mayServeLocks(xlators) ? LOCKS_MISSING : null;
    this.fds = this.client.fds;
    this.fds.onRelease = (released) => {
      this.passthrough.release(released);
      this.capabilities.forget(released.inode);
    };
    this.attrValid = new Validity(options.attributeTimeout);
    this.capabilities = new Capabilities(this.attrValid);
    this.entryValid = new Validity(options.entryTimeout);
    this.negativeValid = new Validity(options.negativeTimeout);
    this.notableRequests = options.notable ?? null;
    this.slowMs = this.notableRequests?.slowMs ?? Infinity;
    this.onEnd = onEnd;
    this.mayPassThrough =
      options.passthrough &&
      !this.hasWriteback &&
      graph.xlators.some(({ translator }) => translator.dataPath?.backing !== undefined);
  }

  get links(): Child {
    return this.graph.links;
  }

  get log(): Log {
    return this.initiator.xl.log;
  }

  get buffer(): Uint8Array {
    return this.currentMessage.bytes;
  }

  get cursor(): Cursor {
    return this.currentMessage.cursor;
  }

  /** The number of requests without a reply, except the current one, and of waiting notices. */
  get inFlightCount(): number {
    const currentCount = this.request === null ? 0 : 1;
    return this.initiator.calls.size - currentCount + this.notices.size;
  }

  /** Whether a request or notice needs the event loop, because it does not wait for another request. */
  get mayNeedEventLoop(): boolean {
    return this.notices.size > 0 || this.initiator.calls.mayNeedEventLoop;
  }

  findOldestCachedNumber(): number {
    let unique = Infinity;
    for (let call = this.initiator.calls.newest; call !== null; call = call.older) {
      if (isReplyCached((call as Request).opcode)) unique = call.unique;
    }
    return unique;
  }

  copyData(span: Span): Uint8Array {
    return this.currentMessage.bytes.slice(span.start, span.end);
  }

  borrowData(span: Span): Uint8Array {
    this.isMessageBorrowed = true;
    return this.currentMessage.bytes.subarray(span.start, span.end);
  }

  handleMessage(length: number): void {
    const { header } = this;
    const { cursor } = this.currentMessage;
    this.messageCount += 1;
    this.request = null;
    this.isMessageBorrowed = false;
    cursor.readHeader(length, header);
    const operation = operationsByOpcode[header.opcode];
    if (cursor.isShort || operation === undefined) {
      this.rejectMessage(cursor.isShort, length);
      return;
    }
    try {
      operation.decode(cursor, operation.args);
      if (cursor.isShort) this.rejectMessage(true, length);
      else operation.handle(this, header, operation.args);
    } catch (error) {
      this.handleException(error);
    }
    if (this.request !== null) this.detachRequest(this.request);
  }

  /** Called when a turn was ended by force: fails its request after a delay, unless the code still replies. */
  handleAbandonedTurn(): void {
    const { request } = this;
    if (request === null) return;
    this.detachRequest(request);
    this.graph.top.context.after(ABANDONED_REPLY_DELAY_MS, () => {
      if (!this.client.end(request)) return;
      this.log.error(`${request.op}: abandoned with a call that ran too long`, {
        msgid: messages.requestAbandoned.id,
      });
      // Code that still runs may use the data, so its buffer is not reused.
      request.message = null;
      this.releaseMessage(request);
      this.recordIfSlow(request, EIO);
      this.send(request, EIO, 0);
    });
  }

  handleEnd(errno: number): void {
    this.isClosed = true;
    this.onEnd(errno);
  }

  begin(op: string): Frame {
    const request = new Request(this.header, op);
    this.request = request;
    return this.client.begin(request);
  }

  fail(frame: Frame, errno: number): void {
    const request = frame.root as Request;
    if (!this.client.end(request)) {
      this.refuseSecondReply(request);
      return;
    }
    if (errno === EMFILE) this.logFileLimit();
    const isSendable = errno > 0 && errno < ERRNO_MAX;
    this.send(request, isSendable ? errno : EIO, 0);
    this.noteReply(request, errno);
  }

  /** Logs once that the server's own limit is reached: the caller would suspect its own. */
  private logFileLimit(): void {
    if (!this.isFileLimitLogged)
      this.log.error(`a request failed: ${tooManyOpenFilesMessage}`, {
        msgid: messages.outOfFiles.id,
      });
    this.isFileLimitLogged = true;
  }

  reply(frame: Frame, bodyBytes: number, errno = 0): boolean {
    const request = frame.root as Request;
    if (!this.client.end(request)) return this.refuseSecondReply(request);
    const isAccepted = this.send(request, 0, bodyBytes);
    this.noteReply(request, errno);
    return isAccepted;
  }

  replyData(frame: Frame, data: Uint8Array): boolean {
    const { length } = data;
    if (data.buffer === this.readBuffer.buffer && data.byteOffset === this.readBuffer.byteOffset) {
      return this.reply(frame, length);
    }
    if (length <= COPIED_DATA_MAX) {
      this.out.set(data, OUT_HEADER_SIZE);
      return this.reply(frame, length);
    }
    const request = frame.root as Request;
    if (!this.client.end(request)) return this.refuseSecondReply(request);
    encodeOutHeader(this.view, request.kernelUnique, 0, length);
    this.iov.set(0, this.out, OUT_HEADER_SIZE);
    this.iov.set(1, data, length);
    const isAccepted =
      !this.isClosed && this.checkWrite(request, writev(this.fd, this.iov.bytes, 2));
    this.noteReply(request, 0);
    return isAccepted;
  }

  invalidateAttributes(inode: Inode): void {
    if (!this.isClosed) write(this.fd, this.out, encodeInvalInode(this.view, inode.id, -1, 0));
  }

  replyHeader(header: InHeader, errno: number, bodyBytes: number): number {
    return write(this.fd, this.out, encodeOutHeader(this.view, header.unique, errno, bodyBytes));
  }

  interrupt(header: InHeader, unique: number): void {
    let call = this.initiator.calls.newest as Request | null;
    while (call !== null && call.kernelUnique !== unique) call = call.older as Request | null;
    if (call !== null) this.interrupts.add(call);
    // For an unknown request, EAGAIN makes the kernel repeat the INTERRUPT if it still waits.
    else this.replyHeader(header, EAGAIN, 0);
  }

  /** Releases the kernel's open files and lookups. Late replies are dropped. */
  close(): void {
    this.isClosed = true;
    this.notices.close();
    this.interrupts.close();
    this.passthrough.clear();
    this.initiator.close();
  }

  /** Logs a second reply, which is dropped; returns false. */
  private refuseSecondReply(request: Request): false {
    this.log.error(`${request.op}: request ${request.unique} was answered twice; dropped`, {
      msgid: messages.repliedTwice.id,
    });
    return false;
  }

  /** Called after a request's reply: frees its buffer, and records the request if it failed or was slow. */
  private noteReply(request: Request, errno: number): void {
    const { notableRequests } = this;
    if (this.request !== request) {
      this.releaseMessage(request);
      this.recordIfSlow(request, errno);
      return;
    }
    this.request = null;
    if (notableRequests === null) return;
    // It got its reply before its handler returned. This reads no clock: the next sample gives the duration.
    if (errno !== 0)
      onNextSample(notableRequests.add(request, request.nodeid, errno, sampledClock.ms, 0));
    else {
      request.slowObserver = this;
      onNextSample(request);
    }
  }

  recordSlow(request: Request, repliedAtMs: number, durationMs: number, endedCount: number): void {
    this.notableRequests
      ?.add(request, request.nodeid, 0, repliedAtMs, durationMs)
      .onSample(repliedAtMs, durationMs, endedCount);
  }

  /** Records a failed or slow request, for `glossa why`. */
  private recordIfSlow(request: Request, errno: number): void {
    const nowMs = sample();
    const durationMs = nowMs - request.beganMs;
    if (errno === 0 && durationMs < this.slowMs) return;
    this.notableRequests?.add(request, request.nodeid, errno, nowMs, durationMs);
  }

  /** Writes a reply from `out`. Returns false if the kernel did not accept it. */
  private send(request: Request, errno: number, bodyBytes: number): boolean {
    // The descriptor may be closed, and its number reused.
    if (this.isClosed) return false;
    const length = encodeOutHeader(this.view, request.kernelUnique, errno, bodyBytes);
    return this.checkWrite(request, write(this.fd, this.out, length));
  }

  /** Checks the status of a reply's write. Returns false, and fails the request, if the kernel refused the reply. */
  private checkWrite(request: Request, status: number): boolean {
    if (this.notices.hasWaiting) this.notices.flush();
    if (status >= 0) return true;
    // ENOENT: the kernel dropped the request. ENODEV, EPERM: the mount has ended.
    if (status === -ENOENT || status === -ENODEV || status === -EPERM) return false;
    this.log.warning(`${request.op}: the kernel refused an answer`, {
      errno: -status,
      msgid: messages.replyRefused.id,
    });
    // The caller may still wait for a reply.
    write(this.fd, this.out, encodeOutHeader(this.view, request.kernelUnique, EIO, 0));
    return false;
  }

  /** Called for a request that gets its reply later: gives it the message's buffer if it still uses those bytes. */
  private detachRequest(request: Request): void {
    this.request = null;
    if (!this.isMessageBorrowed) return;
    request.message = this.currentMessage;
    this.currentMessage = this.messagePool.acquire();
  }

  /** Returns the buffer of a request with a late reply to the pool. */
  private releaseMessage(request: Request): void {
    this.interrupts.stopWatching(request);
    if (request.message === null) return;
    this.messagePool.release(request.message);
    request.message = null;
  }

  /** Refuses an unknown operation or a malformed message. */
  private rejectMessage(isMalformed: boolean, length: number): void {
    const { header } = this;
    const { opcode } = header;
    if (isMalformed) {
      this.log.error(`malformed ${nameOpcode(opcode)} of ${length} bytes`, {
        msgid: messages.malformedKernelMessage.id,
      });
    }
    if (length < IN_HEADER_SIZE) return;
    if (hasReply(opcode)) this.replyHeader(header, isMalformed ? EINVAL : ENOSYS, 0);
  }

  /** Logs an exception of a handler, and fails its request with EIO. */
  private handleException(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log.error(`${nameOpcode(this.header.opcode)}: a translator threw: ${text}`, {
      msgid: messages.translatorThrew.id,
    });
    const { request } = this;
    if (request === null || !this.client.end(request)) return;
    this.request = null;
    this.recordIfSlow(request, EIO);
    this.send(request, EIO, 0);
  }
}
