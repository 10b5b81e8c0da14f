/**
 * Records which files have no ACL according to a recent listing. `ls -l` requests the ACL of each listed file, and
 * few have one. A call to the brick for each would take several times as long as the listing. Therefore a listing
 * requests the ACLs of its entries, too, if an ACL was requested recently.
 *
 * Bricks return existing ACLs with a listing on request. Source: GlusterFS 10 `posix_xattr_fill` in
 * `xlators/storage/posix/src/posix-helpers.c`.
 */
import { ACL_ALIASES, ACL_NAMES, isAclName } from '../../../runtime/core/acl.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { WireDirent } from '../../rpc/structs.ts';

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

/** The files that recent listings showed to have no ACL. */
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
