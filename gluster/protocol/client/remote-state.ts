/**
 * Holds the state of a remote volume besides its connection: open files, the brick's kind, and recent replies that
 * save requests. `marshal.ts` and `request.ts` read and update it.
 */

import { ACL_ALIASES, ACL_NAMES, isAclName } from '../../../runtime/core/acl.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import { GfidRequests } from '../../../runtime/core/gfid-requests.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { O_DIRECT } from '../../../runtime/core/open-flags.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../runtime/core/xdata.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { WireDirent } from '../../rpc/fields.ts';
import type { Settings } from './options.ts';
import { RemoteFds } from './remote-fds.ts';

/**
 * Milliseconds for which listings request ACLs after a request for an ACL. Long, because performance/readdir-ahead
 * reads a directory before `ls -l` requests its first ACL: the last request is that of the `ls -l` before.
 */
const ACL_INTEREST_MS = 60_000;
/** The most remembered files; the newest stay. */
const MAX_FILES = 65_536;

/**
 * Whether a file may be a linkto of cluster/distribute, whose target may have an ACL, or one that a rebalance is
 * copying (`cluster/distribute/linkto.ts`).
 */
const mayBeLinktoOrCopy = ({ iaProt }: Iatt): boolean =>
  iaProt === 0o1000 || (iaProt & 0o3000) === 0o3000;

/** The xdata of a listing that also requests ACLs. */
class AclRequest extends Dict {
  /** `ListedAcls.changeCount` at the time of the request. */
  readonly changeCount: number;

  constructor(changeCount: number, xdata: Dict | null) {
    super();
    this.changeCount = changeCount;
    if (xdata !== null) this.setAll(xdata);
    for (const name of ACL_NAMES) if (!this.has(name)) this.set(name, 0);
  }
}

/**
 * Records which files have no ACL according to a recent listing. `ls -l` requests the ACL of each listed file, and
 * few have one. A call to the brick for each would take several times as long as the listing. Therefore a listing
 * requests the ACLs of its entries, too, if an ACL was requested recently.
 *
 * Bricks return existing ACLs with a listing on request. Source: GlusterFS 10 `posix_xattr_fill` in
 * `xlators/storage/posix/src/posix-helpers.c`.
 */
export class ListedAcls {
  /** Milliseconds by `now` at which each file was listed without an ACL, the oldest first. */
  private readonly filesWithoutAcl = new Map<Gfid, number>();
  private readonly now: () => number;
  /** Milliseconds by `now` at which an ACL was last requested. */
  private lastRequestAt = Number.NEGATIVE_INFINITY;
  /** Counts possible changes of ACLs: a listing that was sent before the last one is ignored. */
  private changeCount = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /**
   * Whether the file is known to lack this ACL. Records that an ACL was requested.
   * @param maxAgeMs milliseconds for which the caller's kernel caches attributes, and so may use an older listing
   */
  isKnownAbsent(gfid: Gfid, name: string | null, maxAgeMs: number): boolean {
    if (name === null || !isAclName(name)) return false;
    const now = this.now();
    this.lastRequestAt = now;
    const listedAt = this.filesWithoutAcl.get(gfid);
    return listedAt !== undefined && now - listedAt < maxAgeMs;
  }

  /** Adds requests for ACLs to the xdata of a listing, if an ACL was requested recently. */
  addAclRequest(xdata: Dict | null): Dict | null {
    return this.now() - this.lastRequestAt > ACL_INTEREST_MS
      ? xdata
      : new AclRequest(this.changeCount, xdata);
  }

  /** Records the reply to a listing with this xdata. */
  noteListing(xdata: Dict | null, entries: readonly WireDirent[]): void {
    if (!(xdata instanceof AclRequest) || xdata.changeCount !== this.changeCount) return;
    const { filesWithoutAcl } = this;
    const now = this.now();
    for (const { stat, dict } of entries) {
      if (stat === null || mayBeLinktoOrCopy(stat) || ACL_NAMES.some((name) => dict?.has(name)))
        continue;
      // Deleted first, so that the newest are last.
      filesWithoutAcl.delete(stat.iaGfid);
      filesWithoutAcl.set(stat.iaGfid, now);
    }
    for (const oldest of filesWithoutAcl.keys()) {
      if (filesWithoutAcl.size <= MAX_FILES) break;
      filesWithoutAcl.delete(oldest);
    }
  }

  /** Forgets all files if a request sets or removes an ACL. */
  noteXattrs(xattrs: Dict | null): void {
    if (ACL_ALIASES.some((name) => xattrs?.has(name))) this.clear();
  }

  /** Forgets a file that another client has changed. */
  noteForeignChange(gfid: Gfid): void {
    this.changeCount += 1;
    this.filesWithoutAcl.delete(gfid);
  }

  /** Forgets all files. */
  clear(): void {
    this.changeCount += 1;
    this.filesWithoutAcl.clear();
  }
}

/** The greatest age at which a directory's attributes are used; a later request belongs to another system call. */
const MAX_DIRECTORY_AGE_MS = 5;
/**
 * The greatest age at which attributes from a lookup are used. A write by another client takes longer, so a program
 * that knows of such a write requests the attributes later than this.
 */
const MAX_LOOKUP_AGE_MS = 0.05;

/** The `thread` of attributes that may answer any thread. */
const ANY_THREAD = 0;

/**
 * Holds the attributes of the brick's last reply, to answer the kernel's next request without a call. They are used
 * once, and only if the client and the brick exchange no message in between:
 * - a directory's, from the reply to a change in it: for a few milliseconds, if the kernel would cache them as long;
 * - a file's, from the lookup of its name: to the same thread, within one system call. If the kernel caches no
 *   attributes, each stat(2) is a lookup and a getattr.
 */
export class RecentAttributes {
  private buf: Iatt | null = null;
  /** The time of the reply, in milliseconds of the caller's clock. */
  private storedAtMs = 0;
  /** The thread that may use the attributes, or ANY_THREAD. */
  private thread = ANY_THREAD;

  /** Stores the attributes of a directory after a change. Callers do so only while no other request is under way. */
  noteDirectory(buf: Iatt, nowMs: number): void {
    this.buf = buf;
    this.storedAtMs = nowMs;
    this.thread = ANY_THREAD;
  }

  /** Stores the attributes that a thread looked up; copied, since the caller may modify the reply. */
  noteLookup(buf: Iatt, nowMs: number, thread: number): void {
    this.buf = buf.copy();
    this.storedAtMs = nowMs;
    this.thread = thread;
  }

  /** Forgets the attributes when the client sends another request or the brick makes a call. */
  forget(): void {
    this.buf = null;
  }

  /** Whether no attributes are held, so that `takeIfValid` need not be called, and no clock be read. */
  get isEmpty(): boolean {
    return this.buf === null;
  }

  /**
   * Returns and forgets the attributes if they may answer this request; else returns null.
   * @param nowMs the exact time: a sample may be from before a pause of the process, in which another client wrote
   * @param kernelCacheMs milliseconds for which the kernel caches attributes
   */
  takeIfValid(gfid: Gfid, nowMs: number, kernelCacheMs: number, thread: number): Iatt | null {
    const { buf } = this;
    if (buf === null) return null;
    this.buf = null;
    if (buf.iaGfid !== gfid) return null;
    const ageMs = nowMs - this.storedAtMs;
    if (this.thread !== ANY_THREAD)
      return this.thread === thread && ageMs <= MAX_LOOKUP_AGE_MS ? buf : null;
    return kernelCacheMs > 0 && ageMs <= Math.min(MAX_DIRECTORY_AGE_MS, kernelCacheMs) ? buf : null;
  }
}

/** The state of one remote volume. */
export class RemoteState {
  settings: Settings;
  readonly fds: RemoteFds;
  readonly recentAttributes = new RecentAttributes();
  readonly listedAcls: ListedAcls;
  readonly gfidRequests: GfidRequests;
  /** Directories that this client removed: the brick's upcall FORGET for one of them expires no names (upcalls.ts). */
  readonly removedDirectories = new WeakSet<Inode>();
  /** Whether the brick is GlusterFS's, or not known to be glossa's. */
  isGlusterBrick = true;
  private readonly xl: Xlator<unknown>;
  /** Returns the milliseconds of a sampled clock. */
  private readonly now: () => number;
  /** Whether no request is under way. */
  private readonly isIdle: () => boolean;

  constructor(
    xl: Xlator<unknown>,
    settings: Settings,
    { now, isIdle }: { now: () => number; isIdle: () => boolean },
  ) {
    this.xl = xl;
    this.settings = settings;
    this.now = now;
    this.isIdle = isIdle;
    this.fds = new RemoteFds(xl);
    this.listedAcls = new ListedAcls(now);
    this.gfidRequests = new GfidRequests(xl.context);
  }

  /** Removes O_DIRECT from the flags to send, if the option requests it. */
  filterOpenFlags(flags: number): number {
    return this.settings['filter-O_DIRECT'] ? flags & ~O_DIRECT : flags;
  }

  /** Records the attributes of a directory after a change in it, unless a request is under way that may change them. */
  noteDirectory(postparent: Iatt): void {
    if (this.isIdle()) this.recentAttributes.noteDirectory(postparent, this.now());
  }

  /**
   * Records the attributes from the lookup of a file, if the request's pid is that of one thread, and no other
   * request is under way, which may change them.
   */
  noteLookup({ root }: Frame, buf: Iatt): void {
    if (root.client?.initiator.hints.pidIsThread === true && this.isIdle()) {
      this.recentAttributes.noteLookup(buf, this.now(), root.pid);
    }
  }

  /** Returns and forgets the attributes of the brick's last reply if they may answer this request; else null. */
  takeRecentAttributes({ root }: Frame, { gfid }: Loc, xdata: Dict | null): Iatt | null {
    const { recentAttributes } = this;
    if (xdata !== null || recentAttributes.isEmpty) return null;
    const kernelCacheMs = root.client?.initiator.hints.attributeAgeMs ?? 0;
    return recentAttributes.takeIfValid(gfid, this.xl.context.now(), kernelCacheMs, root.pid);
  }

  /** Whether a recent listing showed that the file has no such ACL. */
  hasNoAcl({ root }: Frame, { gfid }: Loc, name: string | null): boolean {
    return this.listedAcls.isKnownAbsent(
      gfid,
      name,
      root.client?.initiator.hints.attributeAgeMs ?? 0,
    );
  }

  /** Adds a proposed gfid to the xdata of a lookup, for files that were created in the brick's directory by hand. */
  addGfidRequest({ inode }: Loc, xdata: Dict | null): Dict | null {
    if (inode?.linked || xdata?.has(GFID_REQ)) return xdata;
    return this.gfidRequests.makeXdata(xdata);
  }

  /** Logs a malformed reply. */
  warnMalformed(fop: string): void {
    this.xl.log.warning(`malformed reply to ${fop}`, {
      msgid: messages.brickMessageFault.id,
    });
  }
}
