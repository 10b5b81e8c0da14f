/**
 * Implements the host functions that a guest calls (`GuestHost`): inodes and fds by number, fields
 * and bytes on demand, the log, the clock. For an invalid number they return undefined or 0.
 */
import type { Client } from '../../../runtime/core/client.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import { EMFILE } from '../../../runtime/core/errno.ts';
import type { Stack } from '../../../runtime/core/frame.ts';
import { type Inode, type InodeTable, ROOT_ID } from '../../../runtime/core/inode.ts';
import { ERROR, type LogSource } from '../../../runtime/core/log.ts';
import type { Fd } from '../../../runtime/core/operands.ts';
import { sendUpcall, type Upcall } from '../../../runtime/core/upcall.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Guest } from '../guest.ts';
import type { ChildMessages, ConnectChildren, GuestHost } from '../guest-host.ts';
import type { Limits } from '../lifecycle/failure-policy.ts';
import {
  clampLogLevel,
  formatAsOneRecord,
  LimitedLog,
  logRefusal,
  shortenSource,
} from '../limits/limited-log.ts';
import { OwnWork } from '../limits/own-work.ts';
import type { Machine, MemoryTools } from '../machine.ts';
import { NO_LEVEL, noteFailureSource } from '../requests/chosen-failure.ts';
import { NotificationQueue } from '../requests/decision-queue.ts';
import { GuestTimer } from '../requests/guest-timer.ts';
import { copyLent } from '../requests/hosted-files.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';
import { failDecision } from '../requests/name-lookups.ts';
import { type Decision, type GuestMessage, readUpcall } from './decision.ts';
import { expose, isExposed, TRACKED } from './exposed-inodes.ts';
import { GuestFds } from './guest-fds.ts';
import type { InterpreterCalls } from './interpreter-calls.ts';
import { packValue, type Resolver } from './message.ts';

type WindDecision = Extract<Decision, { readonly verb: 'wind' }>;

/** Bytes of memory that a byte array takes besides its content. */
const BYTE_ARRAY_OVERHEAD_BYTES = 100;

/** The parts of the machine that an interpreter's host needs. */
export type HostMachine = Pick<Machine, 'maxFds' | 'memory' | 'collectGarbage'>;

/** The host functions of one interpreter; `GuestHost` explains those that a guest calls. */
export class HostApi implements GuestHost {
  private readonly xl: Xlator<unknown>;
  private readonly interpreter: InterpreterCalls;
  readonly fds: GuestFds;
  /** Clients whose number the module has, by that number. */
  readonly clients = new Map<number, Client>();
  private readonly memory: MemoryTools;
  private readonly collectGarbage: Machine['collectGarbage'];
  /** Subscribed inodes outside the table: only the garbage collector reports their end. */
  private readonly unlinkedInodes = new FinalizationRegistry<number>((id) => this.forgetId(id));
  /** Whether the volume is up, as set by the module; null when its children decide. */
  declaredUp: boolean | null = null;
  /** True if the current call into the guest has set `declaredUp`. */
  private hasNewDeclaration = false;
  /** Invalidations that were not sent yet. */
  private readonly upcalls: Upcall[] = [];
  /**
   * An invalid message or number in the current call. `endCall` logs it, unless the module itself
   * logs an error whose text contains `recognizedBy`.
   */
  private mistake: { source: LogSource | undefined; text: string; recognizedBy: string } | null =
    null;
  /** Byte arrays that the guest has passed for its next message (`putBytes`), and their size. */
  private pendingArrays: Uint8Array[] = [];
  private pendingByteCount = 0;
  private lent: unknown;
  readonly limitedLog: LimitedLog;
  readonly ownWork: OwnWork;
  readonly notifications: NotificationQueue;
  /** Null for a guest without a library for files. */
  private childConnections: ChildMessages | null = null;
  private inodeTable: InodeTable | null = null;
  readonly timer: GuestTimer;
  private guest: Guest | null = null;

  constructor(
    xl: Xlator<unknown>,
    interpreter: InterpreterCalls,
    { logBytesPerSecond, backgroundShare }: Limits,
    { maxFds, memory, collectGarbage }: HostMachine,
  ) {
    this.fds = new GuestFds(maxFds);
    this.memory = memory;
    this.collectGarbage = collectGarbage;
    this.limitedLog = new LimitedLog(xl, logBytesPerSecond);
    this.ownWork = new OwnWork(() => xl.context.now(), backgroundShare);
    this.notifications = new NotificationQueue(xl.context, this.ownWork);
    this.timer = new GuestTimer(xl.context, this.ownWork, (mustRest, lastLongMs) => {
      const { guest } = this;
      if (guest !== null)
        interpreter.enterFor(() => guest.callHook('tick', [mustRest ? 1 : 0, lastLongMs]));
    });
    this.xl = xl;
    this.interpreter = interpreter;
  }

  setLimits({ logBytesPerSecond, backgroundShare }: Limits): void {
    this.limitedLog.setLimit(logBytesPerSecond);
    this.ownWork.sharePercent = backgroundShare;
  }

  /** Sets the guest, which exists only after this object. */
  attach(guest: Guest): void {
    this.guest = guest;
  }

  /** Frees the objects held for the guest, when its interpreter ends. */
  close(): void {
    this.timer.cancel();
    this.notifications.clear();
    this.childConnections?.close();
    this.limitedLog.reportOmissions();
    const releasedBytes = this.guest?.memoryBytes ?? 0;
    this.guest = null;
    this.fds.releaseAll();
    this.collectGarbage(releasedBytes);
  }

  pushMessage(id: number, message: GuestMessage, byteCount = 0): void {
    const { pendingByteCount } = this;
    try {
      const bytes =
        typeof message === 'string'
          ? message.length + pendingByteCount
          : Math.max(byteCount, pendingByteCount);
      this.interpreter.queueMessage(id, message, bytes);
    } catch (error) {
      this.logInvalidMessage(undefined, (error as Error).message);
      throw error;
    } finally {
      this.dropBytes();
    }
  }

  /** Drops the byte arrays of `putBytes`, when the message that they belong to was read. */
  private dropBytes(): void {
    if (this.pendingByteCount === 0) return;
    this.pendingArrays = [];
    this.pendingByteCount = 0;
  }

  /** Returns bytes that the guest has put in the current call. */
  findBytes(id: number): Uint8Array | undefined {
    return this.pendingArrays[id];
  }

  /** Ends a call: the guest has returned and its decisions are carried out. */
  endCall(): void {
    this.dropBytes();
    this.logMistake();
    this.fds.releaseClosed();
    this.sendUpcalls();
    this.childConnections?.run();
    if (!this.hasNewDeclaration || this.declaredUp === null) return;
    this.hasNewDeclaration = false;
    this.interpreter.owner.applyDeclaredUp(this, this.declaredUp);
  }

  declareUp(isUp: number): void {
    this.declaredUp = isUp !== 0;
    this.hasNewDeclaration = true;
  }

  isChildUp(child: number): number {
    return this.xl.below[child]?.up === true ? 1 : 0;
  }

  putBytes(bytes: Uint8Array): number {
    this.reserveBytes(bytes.length);
    return this.pendingArrays.push(bytes) - 1;
  }

  lendBytes(bytes: Uint8Array): undefined {
    this.lent = copyLent(this.interpreter.currentRequest, bytes);
  }

  /** Takes what the guest has lent. */
  takeLent(): unknown {
    const { lent } = this;
    this.lent = undefined;
    return lent;
  }

  /**
   * Counts bytes that are held until the call returns.
   * @throws {MessageError} at the memory limit
   */
  private reserveBytes(byteCount: number): void {
    const total = this.pendingByteCount + byteCount + BYTE_ARRAY_OVERHEAD_BYTES;
    this.interpreter.decisions.checkQueuedBytes(total);
    this.pendingByteCount = total;
  }

  reportLostRequest(id: number): void {
    this.interpreter.reportLostRequest(id);
  }

  fetchJson(id: number, wind: number, index: number): string | undefined {
    const request = this.checkHandle('a request', this.findRequest(id));
    const value = request?.findValue(wind, index);
    const type = request?.findType(wind, index);
    if (value === undefined || value === null || type === undefined) return undefined;
    return packValue(type, value, wind, index, this.memory);
  }

  fetchDict(id: number, wind: number, index: number): Dict | undefined {
    const value = this.checkHandle('a request', this.findRequest(id))?.findValue(wind, index);
    return value instanceof Dict ? value : undefined;
  }

  fetchBytes(id: number, wind: number, index: number): Uint8Array | undefined {
    const value = this.checkHandle('a request', this.findRequest(id))?.findValue(wind, index);
    return value instanceof Uint8Array ? value : undefined;
  }

  readInodeJson(id: number): string | undefined {
    const inode = this.checkHandle('an inode', this.findInode(id));
    return inode && JSON.stringify([inode.gfid, inode.iaType, inode.path]);
  }

  readFdJson(id: number): string | undefined {
    const fd = this.checkHandle('an fd', this.findFd(id));
    return fd && JSON.stringify([expose(fd.inode, this.xl), fd.flags, fd.pid, fd.isDir]);
  }

  isAlive(id: number): number {
    return this.findRequest(id) === undefined ? 0 : 1;
  }

  readRequestJson(id: number): string | undefined {
    const root = this.checkHandle('a request', this.findRequest(id))?.frame.root;
    if (root === undefined) return undefined;
    const { unique, uid, gid, pid, groups, lkOwner, op } = root;
    return JSON.stringify([unique, uid, gid, pid, groups, lkOwner, op, this.exposeClient(root)]);
  }

  exposeClient({ client }: Stack): number {
    if (client === null) return 0;
    if (!this.clients.has(client.id)) {
      // An answered request may outlive its client: the module was notified of its end already.
      if (!client.initiator.clients.has(client)) return 0;
      this.addClient(client);
    }
    return client.id;
  }

  readClientUid(id: number): string | undefined {
    return this.checkHandle('a client', this.clients.get(id))?.uid;
  }

  private addClient(client: Client): void {
    this.clients.set(client.id, client);
    client.ctxSet(this.xl, TRACKED);
  }

  /** Notifies a module with a `client_disconnect` hook that a client disconnects. */
  notifyDisconnect(client: Client): void {
    if (this.guest?.description.hooks.includes('client_disconnect') !== true) return;
    if (!this.clients.has(client.id)) this.addClient(client);
    this.notifyGone((guest) => guest.callHook('client_disconnect', [client.id]));
  }

  /** Notifies the module that a client has disconnected and its last request has ended. */
  forgetClient({ id }: Client): void {
    if (!this.clients.has(id)) return;
    this.notifyGone((guest) => {
      this.clients.delete(id);
      return guest.callHook('forget_client', [id]);
    });
  }

  subscribeForget(id: number): number {
    const inode = this.checkHandle('an inode', this.findInode(id));
    if (inode === undefined) return 0;
    inode.ctxSet(this.xl, TRACKED);
    if (!inode.linked) this.unlinkedInodes.register(inode, id, inode);
    return 1;
  }

  subscribeRelease(id: number): number {
    const fd = this.checkHandle('an fd', this.findFd(id));
    if (fd === undefined) return 0;
    fd.ctxSet(this.xl, TRACKED);
    this.fds.subscribe(fd);
    return 1;
  }

  /** Notifies the guest that an inode it tracks is forgotten. */
  forget(inode: Inode): void {
    this.unlinkedInodes.unregister(inode);
    this.forgetId(inode.id);
  }

  private forgetId(id: number): void {
    this.notifyGone((guest) => guest.callHook('forget', [id]));
  }

  /** Notifies the guest that an fd it tracks is released. */
  release(fd: Fd): void {
    this.fds.unsubscribe(fd);
    this.notifyGone((guest) => guest.callHook('release', [fd.id]));
  }

  /** Notifies the guest of an object's end; after a slow notification, other work runs first. */
  private notifyGone(notify: (guest: Guest) => number): void {
    this.notifications.send(() => {
      const { guest } = this;
      if (guest !== null) this.interpreter.enterFor(() => notify(guest));
    });
  }

  connectChildren(connect: ConnectChildren): void {
    this.childConnections = connect(
      this.xl,
      (child) => this.notifyChildReplied(child),
      () => this.interpreter.pending.size === 0 && this.ownWork.mustRest(),
    );
  }

  sendToChild(child: number, bytes: Uint8Array): number {
    this.reserveBytes(bytes.length);
    return this.childConnections?.send(child, bytes) ? 1 : 0;
  }

  takeChildReplies(child: number): Uint8Array | undefined {
    return this.childConnections?.takeReplies(child);
  }

  private notifyChildReplied(child: number): void {
    const { guest } = this;
    const startMs = this.xl.context.now();
    if (guest !== null) this.interpreter.enterFor(() => guest.callHook('below', [child]));
    this.ownWork.noteCall(startMs);
  }

  closeFd(id: number): number {
    if (this.fds.close(id)) return 1;
    const recognizedBy = 'not opened by this module';
    this.setMistake(undefined, `refused: to close an fd that was ${recognizedBy}`, recognizedBy);
    return 0;
  }

  /**
   * Makes the missing fd of a fop that opens. At the module's limit, fails the wind, returns false.
   */
  addMissingFd(request: HostedRequest, decision: WindDecision): boolean {
    const { wind, row, values } = decision;
    if (this.fds.addMissingFd(request, wind, row, values)) return true;
    const text = `refused: more than ${this.fds.maxCreatedFds} fds of its own: close those that are done with`;
    this.logRefusal(undefined, text);
    failDecision(this.interpreter, this.xl, request, decision, row, EMFILE);
    return false;
  }

  invalidate(message: GuestMessage): void {
    try {
      const event = this.readInvalidation(message);
      if (event === undefined) return;
      this.reserveBytes(message.length);
      this.upcalls.push(event);
    } catch (error) {
      this.logRefusal(undefined, `refused: a message: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Decodes an invalidation; undefined for an inode that is forgotten. @throws {MessageError} */
  readInvalidation(message: GuestMessage): Upcall | undefined {
    return readUpcall(message, (id) =>
      typeof id === 'number'
        ? this.findInode(id)
        : (this.inodeTable ?? this.xl.inodes)?.find(
            this.interpreter.owner.findPathGfid?.(id) ?? id,
          ),
    );
  }

  /** Sends the call's invalidations to the volumes above. */
  sendUpcalls(): void {
    // A cache above may call this module again, which may add further invalidations.
    while (this.upcalls.length > 0) {
      for (const event of this.upcalls.splice(0)) sendUpcall(this.xl, event);
    }
  }

  now(): number {
    return Math.round(this.xl.context.now() * 1000);
  }

  setTimer(ms: number): void {
    this.timer.set(ms);
  }

  get level(): number {
    return this.xl.log.level;
  }

  isLogged(level: number): number {
    return this.xl.log.enabled(clampLogLevel(level)) ? 1 : 0;
  }

  log(level: number, source: LogSource, text: string): void {
    const { mistake, interpreter } = this;
    if (level === NO_LEVEL) {
      noteFailureSource(this.findRequest(Number(text)), shortenSource(source));
      return;
    }
    // An exception that fails the request is logged in its call.
    if (level <= ERROR)
      noteFailureSource(interpreter.currentRequest ?? undefined, shortenSource(source));
    if (mistake !== null && level <= ERROR && text.includes(mistake.recognizedBy))
      this.mistake = null;
    const validLevel = clampLogLevel(level);
    const place = shortenSource(source);
    const record = this.limitedLog.admit(validLevel, text, place);
    if (record !== null) this.xl.log.log(validLevel, record, { source: place });
  }

  logRefusal(source: LogSource | undefined, text: string): void {
    logRefusal(this.xl, source && shortenSource(source), formatAsOneRecord(text));
  }

  logInvalidMessage(source: LogSource | undefined, why: string): void {
    this.setMistake(source, `refused: a message: ${why}`, why);
  }

  /** Records a mistake of the current call; logs an earlier, different one. */
  private setMistake(source: LogSource | undefined, text: string, recognizedBy: string): void {
    // The guest's library reports the same mistake once more, with its source line.
    if (this.mistake?.text !== text) this.logMistake();
    this.mistake = { source, text, recognizedBy };
  }

  /** Logs a mistake whose exception the module has caught silently. */
  logMistake(): void {
    const { mistake } = this;
    if (mistake === null) return;
    this.mistake = null;
    this.logRefusal(mistake.source, mistake.text);
  }

  /** Returns `value`; records a mistake of the module if it is undefined. */
  private checkHandle<T>(kind: string, value: T | undefined): T | undefined {
    if (value === undefined) {
      const text = `refused: ${kind} that the module was not given, or no longer has`;
      this.setMistake(undefined, text, 'HandleExpired');
    }
    return value;
  }

  /** Resolves the numbers in a message about `request`. */
  makeResolver(request: HostedRequest): Resolver {
    const { pendingArrays } = this;
    const table = this.inodeTable ?? this.xl.inodes ?? this.findTable(request);
    return {
      findValue(wind, index) {
        // A decision may be carried out after other requests.
        if (wind !== -1) request.copyBorrowedData();
        return request.findValue(wind, index);
      },
      findType: (wind, index) => request.findType(wind, index),
      findInode: (id) => request.findInode(id) ?? this.findInode(id),
      isForgotten: (id) => this.isForgotten(table, id),
      findFd: (id) => request.findFd(id) ?? this.findFd(id),
      findBytes: (id) => pendingArrays[id],
      memory: this.memory,
      table,
    };
  }

  findRequest(id: number): HostedRequest | undefined {
    const { currentRequest } = this.interpreter;
    return currentRequest?.id === id ? currentRequest : this.interpreter.pending.get(id);
  }

  /** Returns true, and records a mistake, if the number may have been that of a forgotten inode. */
  private isForgotten(table: InodeTable | null, id: number): boolean {
    if (!table?.hasExisted(id)) return false;
    this.logInvalidMessage(undefined, 'a loc names an inode that is not known any more (ESTALE)');
    return true;
  }

  private findInode(id: number): Inode | undefined {
    const received = this.interpreter.currentRequest?.findInode(id);
    if (received !== undefined) {
      this.inodeTable ??= received.table;
      return received;
    }
    const tableInode = (this.inodeTable ?? this.xl.inodes)?.byId.get(id);
    // Numbers are easily guessed: an inode not exposed to this module does not exist for it.
    if (tableInode !== undefined) {
      if (isExposed(tableInode, this.xl) || id === ROOT_ID) return tableInode;
      return this.checkHandle('an inode', undefined);
    }
    for (const request of this.interpreter.pending.values()) {
      const inode = request.findInode(id);
      if (inode !== undefined) return inode;
    }
    return undefined;
  }

  private findFd(id: number): Fd | undefined {
    return this.fds.get(id) ?? this.interpreter.currentRequest?.findFd(id);
  }

  /** Finds the inode table by any inode of the request. */
  private findTable(request: HostedRequest): InodeTable | null {
    const [inode] = request.listInodes();
    this.inodeTable = inode?.table ?? null;
    return this.inodeTable;
  }
}
