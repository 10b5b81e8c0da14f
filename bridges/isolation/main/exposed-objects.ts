/**
 * Tracks the inodes and fds that a worker may refer to: those that the main thread has sent to it
 * (exposed), and those that the worker made (own).
 */
import { Fd } from '../../../runtime/core/fd.ts';
import { type Inode, type InodeTable, ROOT_ID } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { MalformedMessageError, type MessageReader, type MessageWriter } from '../message-bytes.ts';
import { KNOWN_OBJECT, NEW_OBJECT, NO_OBJECT, OWN_OBJECT } from '../message-kinds.ts';
import { type ObjectCodec, readNewFd, writeNewFd } from '../values.ts';
import type { PendingCall } from './pending-call.ts';

/** Thrown when a worker refers to an object not exposed to it: only that request fails. */
export class NotExposedError extends Error {
  readonly code = 'GLOSSA_NOT_EXPOSED';
}

/** Encodes and decodes inodes and fds in messages to and from one worker. */
export class ExposedObjects implements ObjectCodec {
  /** The request whose values are being encoded or decoded. */
  currentCall: PendingCall | null = null;
  private readonly xl: Xlator;
  private readonly maxFds: number;
  /** Exposed fds of the main thread. */
  private readonly fds = new Map<number, Fd>();
  /** Inodes that the worker keeps and that are not in the inode table. */
  private readonly unlinkedInodes = new Map<number, WeakRef<Inode>>();
  /** Called when an inode of `unlinkedInodes` has been garbage collected. */
  private readonly collectedInodes: FinalizationRegistry<number>;
  /** Inodes made by the worker, by its numbers. */
  private readonly ownInodes = new Map<number, Inode>();
  /** Fds made for the worker, by its numbers. */
  private readonly ownFds = new Map<number, Fd>();
  /** The worker's numbers of the inodes and fds that it made. */
  private readonly ownNumbers = new WeakMap<Inode | Fd, number>();

  /** @param onCollected called when an inode that is not in the table has been garbage collected */
  constructor(xl: Xlator, maxFds: number, onCollected: (inode: number) => void) {
    this.xl = xl;
    this.maxFds = maxFds;
    this.collectedInodes = new FinalizationRegistry((id) => {
      if (this.unlinkedInodes.delete(id)) onCollected(id);
    });
  }

  get table(): InodeTable {
    return this.xl.inodes!;
  }

  // -- inodes --------------------------------------------------------------------------------------

  /** Whether the worker may refer to this inode of the table. */
  isExposed(inode: Inode): boolean {
    return inode.ctxGet(this.xl) === this || inode.id === ROOT_ID;
  }

  writeInode(to: MessageWriter, inode: Inode | null): void {
    if (inode === null) {
      to.writeU8(NO_OBJECT);
      return;
    }
    if (this.isExposed(inode)) {
      to.writeU8(KNOWN_OBJECT).writeNumber(inode.id);
      return;
    }
    const ownNumber = this.ownNumbers.get(inode);
    if (ownNumber !== undefined && this.ownInodes.get(ownNumber) === inode) {
      to.writeU8(OWN_OBJECT).writeNumber(ownNumber);
      return;
    }
    to.writeU8(NEW_OBJECT).writeNumber(inode.id).writeGfid(inode.gfid).writeU8(inode.iaType);
    if (inode.linked) this.expose(inode);
    else if (this.currentCall !== null) this.currentCall.hasUnlinkedInodes = true;
  }

  /** Marks a linked inode as exposed; the worker is notified when it is forgotten. */
  expose(inode: Inode): void {
    inode.ctxSet(this.xl, this);
    this.unlinkedInodes.delete(inode.id);
  }

  /** Exposes an inode that is not in the table, for as long as the process references it. */
  exposeUnlinked(inode: Inode): void {
    if (this.unlinkedInodes.has(inode.id)) return;
    this.unlinkedInodes.set(inode.id, new WeakRef(inode));
    this.collectedInodes.register(inode, inode.id);
  }

  /** Reads an inode of the current request. @throws {NotExposedError | MalformedMessageError} */
  readInode(from: MessageReader): Inode | null {
    const kind = from.readU8();
    if (kind === NO_OBJECT) return null;
    const number = from.readNumber();
    if (kind === OWN_OBJECT) return this.findOrMakeOwnInode(number);
    if (kind !== KNOWN_OBJECT)
      throw new MalformedMessageError('an unknown kind of reference to an inode');
    const inode = this.findExposed(number);
    if (inode === undefined)
      throw new NotExposedError('the module refers to an inode that it did not receive');
    return inode;
  }

  /** Reads an inode of any of the requests; null if it is not exposed. */
  readInodeOfAnyCall(calls: Iterable<PendingCall>, from: MessageReader): Inode | null {
    const kind = from.readU8();
    if (kind === NO_OBJECT) return null;
    const number = from.readNumber();
    if (kind === OWN_OBJECT) return this.findOrMakeOwnInode(number);
    const inode = this.findExposed(number);
    if (inode !== undefined) return inode;
    for (const call of calls) {
      const unlinked = call.findInode(number);
      if (unlinked !== undefined) return unlinked;
    }
    return null;
  }

  /** Finds an exposed inode, or one of the current request, by its number. */
  private findExposed(number: number): Inode | undefined {
    const tableInode = this.table.byNodeid(number);
    if (tableInode !== undefined && this.isExposed(tableInode)) return tableInode;
    return this.currentCall?.findInode(number) ?? this.unlinkedInodes.get(number)?.deref();
  }

  private findOrMakeOwnInode(number: number): Inode {
    let inode = this.ownInodes.get(number);
    if (inode === undefined) {
      inode = this.table.newInode();
      this.bindOwnNumber(number, inode);
    }
    return inode;
  }

  /** Binds the worker's own number to `inode`. */
  bindOwnNumber(number: number, inode: Inode): void {
    this.ownInodes.set(number, inode);
    this.ownNumbers.set(inode, number);
  }

  /** Finds the worker's number of an inode that it made. */
  findOwnNumber(inode: Inode): number | undefined {
    return this.ownNumbers.get(inode);
  }

  /** Forgets an inode that the worker made and has dropped. */
  dropOwnInode(number: number): void {
    this.ownInodes.delete(number);
  }

  // -- files ---------------------------------------------------------------------------------------

  writeFd(to: MessageWriter, fd: Fd): void {
    const ownNumber = this.ownNumbers.get(fd);
    if (ownNumber !== undefined) {
      to.writeU8(OWN_OBJECT).writeNumber(ownNumber);
      return;
    }
    const isKnown = fd.ctxGet(this.xl) === this;
    to.writeU8(isKnown ? KNOWN_OBJECT : NEW_OBJECT).writeNumber(fd.id);
    if (isKnown) return;
    fd.ctxSet(this.xl, this);
    this.fds.set(fd.id, fd);
    writeNewFd(to, fd, this);
  }

  readFd(from: MessageReader): Fd {
    const kind = from.readU8();
    const number = from.readNumber();
    if (kind === NEW_OBJECT) return this.readOwnFd(number, from);
    const fd = kind === OWN_OBJECT ? this.ownFds.get(number) : this.fds.get(number);
    if (fd === undefined)
      throw new NotExposedError('the module refers to an fd that it did not receive');
    return fd;
  }

  /** Makes an fd for the worker, under its number. @throws {MalformedMessageError} */
  private readOwnFd(number: number, from: MessageReader): Fd {
    const { inode, flags, pid, isDir } = readNewFd(from, this);
    if (this.ownFds.has(number)) throw new MalformedMessageError('an fd number is already in use');
    // The host in the worker enforces the limit: a worker that exceeds it is hostile.
    if (this.ownFds.size >= this.maxFds) throw new MalformedMessageError('more fds than the limit');
    const fd = new Fd(inode, flags, pid, isDir);
    this.ownFds.set(number, fd);
    this.ownNumbers.set(fd, number);
    return fd;
  }

  /** Releases an fd that the worker made. */
  releaseOwnFd(number: number): void {
    const fd = this.ownFds.get(number);
    this.ownFds.delete(number);
    fd?.release();
  }

  /** Removes a released fd of the main thread. */
  forgetFd(fd: Fd): void {
    this.fds.delete(fd.id);
  }

  /** Closes the fds of a worker that is gone. */
  close(): void {
    const ownFds = [...this.ownFds.values()];
    this.ownFds.clear();
    this.ownInodes.clear();
    for (const fd of ownFds) fd.release();
  }
}
