/**
 * The worker's own inodes and files, each of which stands for one of the main thread's. The table
 * knows no names and counts no lookups: an inode stays until the main thread says that it is
 * forgotten. Who asks for a path or a name asks over there.
 */
import { Fd } from '../../../runtime/core/fd.ts';
import { type Gfid, NULL_GFID } from '../../../runtime/core/gfid.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import { Inode, InodeTable, ROOT_ID } from '../../../runtime/core/inode.ts';

/** What the table asks the main thread, and tells it. */
export interface Main {
  path(of: Mirror): string;
  grep(parent: Mirror, name: string): Mirror | undefined;
  find(gfid: Gfid): Mirror | undefined;
  linked(inode: Mirror, parent: Mirror | null, name: string | null, buf: Iatt): void;
  unlinked(parent: Mirror, name: string): void;
  renamed(from: Mirror, fromName: string, to: Mirror, toName: string): void;
}

export class Mirror extends Inode {
  /** The main thread's number; 0 for one that was made here, and that it has no number for yet. */
  remote = 0;
  /** Whether the main thread was told of it, by its number here. */
  told = false;

  override get path(): string {
    return (this.table as Mirrors).main.path(this);
  }
}

export class Mirrors extends InodeTable {
  main!: Main;
  private readonly byRemote = new Map<number, Mirror>();
  /** Those that the main thread knows by their numbers here. */
  private readonly own = new Map<number, WeakRef<Mirror>>();

  protected override make(id: number): Inode {
    return new Mirror(this, id);
  }

  /** How many of the main thread's inodes have a mirror here, besides the root. */
  get known(): number {
    return this.byRemote.size;
  }

  /** The main thread's inode of this number, which is that and no longer another. */
  settle(inode: Mirror, remote: number): void {
    inode.remote = remote;
    this.byRemote.set(remote, inode);
  }

  /** The one that stands for an inode of the main thread. */
  of(remote: number): Mirror | undefined {
    return remote === ROOT_ID ? this.rootMirror : this.byRemote.get(remote);
  }

  private get rootMirror(): Mirror {
    const root = this.root as Mirror;
    root.remote = ROOT_ID;
    return root;
  }

  noteOwn(inode: Mirror): void {
    this.own.set(inode.id, new WeakRef(inode));
  }

  ofOwn(id: number): Mirror | undefined {
    return this.own.get(id)?.deref();
  }

  dropOwn(id: number): void {
    this.own.delete(id);
  }

  /** Makes the mirror of something that was not known here. */
  meet(remote: number, gfid: Gfid, iaType: number): Mirror {
    let found = this.of(remote);
    if (found?.linked) return found;
    const known = gfid === NULL_GFID ? undefined : (super.find(gfid) as Mirror | undefined);
    found = known ?? found ?? (this.newInode() as Mirror);
    if (gfid !== NULL_GFID && !found.linked) found = this.hold(found, gfid, iaType);
    this.settle(found, remote);
    return found;
  }

  private hold(inode: Mirror, gfid: Gfid, iaType: number): Mirror {
    const buf = new Iatt();
    buf.iaGfid = gfid;
    buf.iaType = iaType;
    const held = super.link(inode, null, null, buf) as Mirror;
    // Until `drop`.
    if (held.nlookup === 0) this.lookup(held);
    return held;
  }

  drop(remote: number): void {
    const inode = this.byRemote.get(remote);
    if (inode === undefined) return;
    this.byRemote.delete(remote);
    if (inode.remote !== remote) return;
    if (inode.linked) this.forget(inode, 0);
    else inode.forgetCtx();
  }

  /** A request is over with which an inode came that is nowhere yet, and nobody here keeps it. */
  letLoose(remote: number): void {
    const inode = this.byRemote.get(remote);
    if (inode !== undefined && !inode.linked) this.byRemote.delete(remote);
  }

  override link(inode: Inode, parent: Inode | null, name: string | null, buf: Iatt): Inode | null {
    if (buf.iaGfid === NULL_GFID) return null;
    const linked = this.hold(inode as Mirror, buf.iaGfid, buf.iaType);
    this.main.linked(inode as Mirror, parent as Mirror | null, name, buf);
    return linked;
  }

  override find(gfid: Gfid): Inode | undefined {
    return gfid === NULL_GFID ? undefined : (super.find(gfid) ?? this.main.find(gfid));
  }

  override grep(parent: Inode, name: string): Inode | undefined {
    return this.main.grep(parent as Mirror, name);
  }

  override unlink(parent: Inode, name: string): void {
    this.main.unlinked(parent as Mirror, name);
  }

  override rename(from: Inode, fromName: string, to: Inode, toName: string): void {
    this.main.renamed(from as Mirror, fromName, to as Mirror, toName);
  }

  /** The main thread looks both up again. */
  override exchange(from: Inode, fromName: string, to: Inode, toName: string): void {
    this.unlink(from, fromName);
    this.unlink(to, toName);
  }
}

export class FdMirror extends Fd {
  readonly remote: number;

  constructor(remote: number, inode: Inode, flags: number, pid: number, isDir: boolean) {
    super(inode, flags, pid, isDir);
    this.remote = remote;
  }
}
