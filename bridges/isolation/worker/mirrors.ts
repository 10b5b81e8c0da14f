/**
 * Represents inodes and fds in a worker, each a mirror of one in the main thread. The inode table
 * asks the main thread for paths and names. It counts no lookups: an inode stays until the main
 * thread forgets it.
 */
import { Fd } from '../../../runtime/core/fd.ts';
import { type Gfid, NULL_GFID } from '../../../runtime/core/gfid.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import { Inode, InodeTable, ROOT_ID } from '../../../runtime/core/inode.ts';

/** Queries and messages to the main thread's inode table; `worker/index.ts` implements them. */
export interface MainThreadTable {
  queryPath(inode: InodeMirror): string;
  grep(parent: InodeMirror, name: string): InodeMirror | undefined;
  find(gfid: Gfid): InodeMirror | undefined;
  sendLink(inode: InodeMirror, parent: InodeMirror | null, name: string | null, buf: Iatt): void;
  sendUnlink(parent: InodeMirror, name: string): void;
  sendRename(from: InodeMirror, fromName: string, to: InodeMirror, toName: string): void;
}

/** An inode of the worker: the mirror of one in the main thread, or made here. */
export class InodeMirror extends Inode {
  /**
   * The main thread's number; 0 for an inode made here that the main thread has not numbered yet.
   */
  mainNumber = 0;
  /** True once it was sent to the main thread with its number here. */
  isReported = false;

  override get path(): string {
    return (this.table as MirrorTable).mainThread.queryPath(this);
  }
}

/** The worker's inode table. */
export class MirrorTable extends InodeTable {
  /** Set once after the constructor. */
  mainThread!: MainThreadTable;
  /** Mirrors by the main thread's numbers. */
  private readonly byMainNumber = new Map<number, InodeMirror>();
  /** Inodes made here that the main thread refers to by their numbers here. */
  private readonly ownInodes = new Map<number, WeakRef<InodeMirror>>();

  protected override make(id: number): Inode {
    return new InodeMirror(this, id);
  }

  /** The number of mirrors, without the root's. */
  get mirrorCount(): number {
    return this.byMainNumber.size;
  }

  /** Binds a mirror to the main thread's inode of this number. */
  bindMainNumber(inode: InodeMirror, mainNumber: number): void {
    inode.mainNumber = mainNumber;
    this.byMainNumber.set(mainNumber, inode);
  }

  /** Finds the mirror of the main thread's inode. */
  findMirror(mainNumber: number): InodeMirror | undefined {
    return mainNumber === ROOT_ID ? this.rootMirror : this.byMainNumber.get(mainNumber);
  }

  private get rootMirror(): InodeMirror {
    const root = this.root as InodeMirror;
    root.mainNumber = ROOT_ID;
    return root;
  }

  /** Adds an inode made here, to which the main thread may refer from now on. */
  addOwnInode(inode: InodeMirror): void {
    this.ownInodes.set(inode.id, new WeakRef(inode));
  }

  findOwnInode(id: number): InodeMirror | undefined {
    return this.ownInodes.get(id)?.deref();
  }

  dropOwnInode(id: number): void {
    this.ownInodes.delete(id);
  }

  /** Finds or makes the mirror of an inode of the main thread, and links it if it has a gfid. */
  addMirror(mainNumber: number, gfid: Gfid, iaType: number): InodeMirror {
    let mirror = this.findMirror(mainNumber);
    if (mirror?.linked) return mirror;
    const knownMirror =
      gfid === NULL_GFID ? undefined : (super.find(gfid) as InodeMirror | undefined);
    mirror = knownMirror ?? mirror ?? (this.newInode() as InodeMirror);
    if (gfid !== NULL_GFID && !mirror.linked) mirror = this.linkAndHold(mirror, gfid, iaType);
    this.bindMainNumber(mirror, mainNumber);
    return mirror;
  }

  /** Links an inode under its gfid, without a name, and holds it until `drop`. */
  private linkAndHold(inode: InodeMirror, gfid: Gfid, iaType: number): InodeMirror {
    const buf = new Iatt();
    buf.iaGfid = gfid;
    buf.iaType = iaType;
    const linked = super.link(inode, null, null, buf) as InodeMirror;
    if (linked.nlookup === 0) this.lookup(linked);
    return linked;
  }

  /** Drops the mirror of an inode that the main thread has forgotten. */
  drop(mainNumber: number): void {
    const inode = this.byMainNumber.get(mainNumber);
    if (inode === undefined) return;
    this.byMainNumber.delete(mainNumber);
    // The mirror has another number now.
    if (inode.mainNumber !== mainNumber) return;
    if (inode.linked) this.forget(inode, 0);
    else inode.forgetCtx();
  }

  /** Drops an unlinked inode of a finished request, unless the module keeps it. */
  dropUnlinked(mainNumber: number): void {
    const inode = this.byMainNumber.get(mainNumber);
    if (inode !== undefined && !inode.linked) this.byMainNumber.delete(mainNumber);
  }

  override link(inode: Inode, parent: Inode | null, name: string | null, buf: Iatt): Inode | null {
    if (buf.iaGfid === NULL_GFID) return null;
    const linked = this.linkAndHold(inode as InodeMirror, buf.iaGfid, buf.iaType);
    this.mainThread.sendLink(inode as InodeMirror, parent as InodeMirror | null, name, buf);
    return linked;
  }

  override find(gfid: Gfid): Inode | undefined {
    return gfid === NULL_GFID ? undefined : (super.find(gfid) ?? this.mainThread.find(gfid));
  }

  override grep(parent: Inode, name: string): Inode | undefined {
    return this.mainThread.grep(parent as InodeMirror, name);
  }

  override unlink(parent: Inode, name: string): void {
    this.mainThread.sendUnlink(parent as InodeMirror, name);
  }

  override rename(from: Inode, fromName: string, to: Inode, toName: string): void {
    this.mainThread.sendRename(from as InodeMirror, fromName, to as InodeMirror, toName);
  }

  /** Unlinks both names, so that the main thread looks them up again. */
  override exchange(from: Inode, fromName: string, to: Inode, toName: string): void {
    this.unlink(from, fromName);
    this.unlink(to, toName);
  }
}

/** The mirror of an fd of the main thread. */
export class FdMirror extends Fd {
  /** The main thread's number. */
  readonly mainNumber: number;

  constructor(mainNumber: number, inode: Inode, flags: number, pid: number, isDir: boolean) {
    super(inode, flags, pid, isDir);
    this.mainNumber = mainNumber;
  }
}
