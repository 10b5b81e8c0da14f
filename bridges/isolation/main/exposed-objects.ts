/** Tracks the inodes and fds that a worker may refer to: those exposed to it, and those it made. */
import { Fd } from '../../../runtime/core/fd.ts';
import { type Inode, type InodeTable, ROOT_ID } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { Malformed, type Reader, type Writer } from '../bytes.ts';
import { KNOWN, NEW, NONE, OWN } from '../message-kinds.ts';
import { type ObjectCodec, readNewFd, writeNewFd } from '../values.ts';
import type { Call } from './call.ts';

/** Thrown when a worker refers to an object not exposed to it: only that request fails. */
export class NotExposed extends Error {
  readonly code = 'GLOSSA_NOT_LENT';
}

export class ExposedObjects implements ObjectCodec {
  /** The request whose values are being encoded or decoded. */
  call: Call | null = null;
  private readonly xl: Xlator;
  private readonly mostFds: number;
  private readonly fds = new Map<number, Fd>();
  /** Unlinked inodes that the worker keeps. */
  private readonly kept = new Map<number, WeakRef<Inode>>();
  private readonly keptEnd: FinalizationRegistry<number>;
  /** Inodes made by the worker, by its numbers. */
  private readonly ownInodes = new Map<number, Inode>();
  private readonly ownFds = new Map<number, Fd>();
  private readonly ownNumbers = new WeakMap<Inode | Fd, number>();

  /** @param gone called at the end of an inode that was never linked */
  constructor(xl: Xlator, mostFds: number, gone: (inode: number) => void) {
    this.xl = xl;
    this.mostFds = mostFds;
    this.keptEnd = new FinalizationRegistry((id) => {
      if (this.kept.delete(id)) gone(id);
    });
  }

  get table(): InodeTable {
    return this.xl.inodes!;
  }

  // -- inodes --------------------------------------------------------------------------------------

  /** True if the worker has the linked inode. */
  knows(inode: Inode): boolean {
    return inode.ctxGet(this.xl) === this || inode.id === ROOT_ID;
  }

  writeInode(to: Writer, inode: Inode | null): void {
    if (inode === null) {
      to.u8(NONE);
      return;
    }
    if (this.knows(inode)) {
      to.u8(KNOWN).number(inode.id);
      return;
    }
    const own = this.ownNumbers.get(inode);
    if (own !== undefined && this.ownInodes.get(own) === inode) {
      to.u8(OWN).number(own);
      return;
    }
    to.u8(NEW).number(inode.id).gfid(inode.gfid).u8(inode.iaType);
    if (inode.linked) this.note(inode);
    else if (this.call !== null) this.call.hasLoose = true;
  }

  /** Marks a linked inode as exposed; the worker is notified when it is forgotten. */
  note(inode: Inode): void {
    inode.ctxSet(this.xl, this);
    this.kept.delete(inode.id);
  }

  /** Keeps an unlinked inode exposed. */
  keep(inode: Inode): void {
    if (this.kept.has(inode.id)) return;
    this.kept.set(inode.id, new WeakRef(inode));
    this.keptEnd.register(inode, inode.id);
  }

  /** Reads an inode of the current request. @throws {NotExposed} {Malformed} */
  readInode(from: Reader): Inode | null {
    const how = from.u8();
    if (how === NONE) return null;
    const number = from.number();
    if (how === OWN) return this.ownInode(number);
    if (how !== KNOWN) throw new Malformed('an unknown kind of reference to an inode');
    const found = this.find(number);
    if (found === undefined) throw new NotExposed('an inode that the module was not given');
    return found;
  }

  /** Reads an inode of any of the requests; null if it is not exposed. */
  readInodeOf(calls: Iterable<Call>, from: Reader): Inode | null {
    const how = from.u8();
    if (how === NONE) return null;
    const number = from.number();
    if (how === OWN) return this.ownInode(number);
    const found = this.find(number);
    if (found !== undefined) return found;
    for (const call of calls) {
      const loose = call.inode(number);
      if (loose !== undefined) return loose;
    }
    return null;
  }

  private find(number: number): Inode | undefined {
    const known = this.table.byNodeid(number);
    if (known !== undefined && this.knows(known)) return known;
    return this.call?.inode(number) ?? this.kept.get(number)?.deref();
  }

  private ownInode(number: number): Inode {
    let inode = this.ownInodes.get(number);
    if (inode === undefined) {
      inode = this.table.newInode();
      this.setOwn(number, inode);
    }
    return inode;
  }

  /** Binds the worker's own number to `inode`. */
  setOwn(number: number, inode: Inode): void {
    this.ownInodes.set(number, inode);
    this.ownNumbers.set(inode, number);
  }

  /** The worker's number of an inode that it made. */
  ownNumberOf(inode: Inode): number | undefined {
    return this.ownNumbers.get(inode);
  }

  dropOwn(number: number): void {
    this.ownInodes.delete(number);
  }

  // -- files ---------------------------------------------------------------------------------------

  writeFd(to: Writer, fd: Fd): void {
    const own = this.ownNumbers.get(fd);
    if (own !== undefined) {
      to.u8(OWN).number(own);
      return;
    }
    const isKnown = fd.ctxGet(this.xl) === this;
    to.u8(isKnown ? KNOWN : NEW).number(fd.id);
    if (isKnown) return;
    fd.ctxSet(this.xl, this);
    this.fds.set(fd.id, fd);
    writeNewFd(to, fd, this);
  }

  readFd(from: Reader): Fd {
    const how = from.u8();
    const number = from.number();
    if (how === NEW) return this.newOwnFd(number, from);
    const fd = how === OWN ? this.ownFds.get(number) : this.fds.get(number);
    if (fd === undefined) throw new NotExposed('an fd that the module was not given');
    return fd;
  }

  private newOwnFd(number: number, from: Reader): Fd {
    const { inode, flags, pid, isDir } = readNewFd(from, this);
    if (this.ownFds.has(number)) throw new Malformed('an fd number is already in use');
    // The worker itself enforces the limit.
    if (this.ownFds.size >= this.mostFds) throw new Malformed('more fds than the limit');
    const fd = new Fd(inode, flags, pid, isDir);
    this.ownFds.set(number, fd);
    this.ownNumbers.set(fd, number);
    return fd;
  }

  /** Releases an fd that the worker made. */
  releaseOwn(number: number): void {
    const fd = this.ownFds.get(number);
    this.ownFds.delete(number);
    fd?.release();
  }

  /** Removes a released fd of the main thread. */
  released(fd: Fd): void {
    this.fds.delete(fd.id);
  }

  /** Closes the fds of a worker that is gone. */
  close(): void {
    const open = [...this.ownFds.values()];
    this.ownFds.clear();
    this.ownInodes.clear();
    for (const fd of open) fd.release();
  }
}
