/** The inodes and files that a worker may name: those that it was told of, and those that it has made. */
import { Fd } from '../../../runtime/core/fd.ts';
import { type Inode, type InodeTable, ROOT_ID } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { Malformed, type Reader, type Writer } from '../bytes.ts';
import { KNOWN, NEW, NONE, OWN } from '../kinds.ts';
import { readNewFd, type Things, writeNewFd } from '../values.ts';
import type { Call } from './call.ts';

/** The worker names something that it does not have: that request fails, and nothing else. */
export class NotLent extends Error {
  readonly code = 'GLOSSA_NOT_LENT';
}

export class Lent implements Things {
  /** The request whose values are written or read. */
  call: Call | null = null;
  private readonly xl: Xlator;
  private readonly mostFds: number;
  private readonly fds = new Map<number, Fd>();
  /** Not linked, and known to the worker all the same. */
  private readonly kept = new Map<number, WeakRef<Inode>>();
  private readonly keptEnd: FinalizationRegistry<number>;
  /** What the worker has made, by its numbers. */
  private readonly ownInodes = new Map<number, Inode>();
  private readonly ownFds = new Map<number, Fd>();
  private readonly ownNumbers = new WeakMap<Inode | Fd, number>();

  /** @param gone told of the end of an inode that was never linked */
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

  /** Whether the worker has it as a linked one. */
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

  /** The worker has a linked inode: its end will be told. */
  note(inode: Inode): void {
    inode.ctxSet(this.xl, this);
    this.kept.delete(inode.id);
  }

  /** The worker goes on knowing one that is not linked. */
  keep(inode: Inode): void {
    if (this.kept.has(inode.id)) return;
    this.kept.set(inode.id, new WeakRef(inode));
    this.keptEnd.register(inode, inode.id);
  }

  /** @throws {NotLent} {Malformed} */
  readInode(from: Reader): Inode | null {
    const how = from.u8();
    if (how === NONE) return null;
    const number = from.number();
    if (how === OWN) return this.ownInode(number);
    if (how !== KNOWN) throw new Malformed('an inode that is meant in no way');
    const found = this.find(number);
    if (found === undefined) throw new NotLent('an inode that the module was not given');
    return found;
  }

  /** The same of one that came with any of the requests; null when the worker does not have it. */
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

  /** From now on the worker's own inode of this number is that one. */
  setOwn(number: number, inode: Inode): void {
    this.ownInodes.set(number, inode);
    this.ownNumbers.set(inode, number);
  }

  /** The worker's number of one that it has made. */
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
    if (fd === undefined) throw new NotLent('an fd that the module was not given');
    return fd;
  }

  private newOwnFd(number: number, from: Reader): Fd {
    const { inode, flags, pid, isDir } = readNewFd(from, this);
    if (this.ownFds.has(number)) throw new Malformed('an fd that is there already');
    // The worker itself allows no more.
    if (this.ownFds.size >= this.mostFds) throw new Malformed('more fds than it may have');
    const fd = new Fd(inode, flags, pid, isDir);
    this.ownFds.set(number, fd);
    this.ownNumbers.set(fd, number);
    return fd;
  }

  /** The fd of this number that the worker has made is done with. */
  releaseOwn(number: number): void {
    const fd = this.ownFds.get(number);
    this.ownFds.delete(number);
    fd?.release();
  }

  /** One of the main thread's was released. */
  released(fd: Fd): void {
    this.fds.delete(fd.id);
  }

  /** The worker is gone, and what it had open is closed. */
  close(): void {
    const open = [...this.ownFds.values()];
    this.ownFds.clear();
    this.ownInodes.clear();
    for (const fd of open) fd.release();
  }
}
