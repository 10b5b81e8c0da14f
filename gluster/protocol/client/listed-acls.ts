/**
 * Remembers files that have no ACL, as a recent listing showed. `ls -l` requests the ACL of each
 * listed file, and few have one; asking the brick each time would take several times as long as the
 * listing. So a listing requests the ACLs of its entries too, if an ACL was requested recently.
 * (GlusterFS's mount refuses ACLs without `acl`, and requests them with every lookup with it.)
 *
 * Bricks return existing ACLs with a listing on request. Source: GlusterFS 10 `posix_xattr_fill` in
 * `xlators/storage/posix/src/posix-helpers.c`.
 */
import { ACL_ALIASES, ACL_NAMES, isAcl } from '../../../runtime/core/acl.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { WireDirent } from '../../rpc/structs.ts';

/**
 * Milliseconds after the last request for an ACL. Longer than a listing: performance/readdir-ahead
 * reads a directory before the first request of `ls -l`, so the request of the last run counts.
 */
const SOON_MS = 60_000;
/** The most remembered files; the newest stay. */
const KEPT = 65_536;

/**
 * Whether a file may be a linkto of cluster/distribute, whose target may have an ACL, or a file
 * that is being copied (`linkto.ts` there).
 */
const mayMove = ({ iaProt }: Iatt): boolean => iaProt === 0o1000 || (iaProt & 0o3000) === 0o3000;

/** The xdata of a listing that also requests ACLs. */
class AclRequest extends Dict {
  /** The count of changes at the time of the request. */
  readonly changes: number;

  constructor(changes: number, besides: Dict | null) {
    super();
    this.changes = changes;
    if (besides !== null) this.setAll(besides);
    for (const name of ACL_NAMES) if (!this.has(name)) this.set(name, 0);
  }
}

export class ListedAcls {
  /** The time at which a file was listed without an ACL, in order of time. */
  private readonly none = new Map<Gfid, number>();
  private readonly now: () => number;
  private askedAt = Number.NEGATIVE_INFINITY;
  /** Counts possible changes of ACLs: the reply to an older listing proves nothing. */
  private changes = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /**
   * Whether the file is known to lack this ACL.
   * @param age milliseconds for which the caller's kernel caches a reply
   */
  isNone(gfid: Gfid, name: string | null, age: number): boolean {
    if (name === null || !isAcl(name)) return false;
    const now = this.now();
    this.askedAt = now;
    const at = this.none.get(gfid);
    return at !== undefined && now - at < age;
  }

  /** The xdata to send with a listing. */
  request(xdata: Dict | null): Dict | null {
    return this.now() - this.askedAt > SOON_MS ? xdata : new AclRequest(this.changes, xdata);
  }

  /** Records the reply to a listing with this xdata. */
  listed(xdata: Dict | null, entries: readonly WireDirent[]): void {
    if (!(xdata instanceof AclRequest) || xdata.changes !== this.changes) return;
    const { none } = this;
    const now = this.now();
    for (const { stat, dict } of entries) {
      if (stat === null || mayMove(stat) || ACL_NAMES.some((name) => dict?.has(name))) continue;
      // The newest are last.
      none.delete(stat.iaGfid);
      none.set(stat.iaGfid, now);
    }
    for (const oldest of none.keys()) {
      if (none.size <= KEPT) break;
      none.delete(oldest);
    }
  }

  /** Forgets all when a request sets such attributes. */
  setting(attributes: Dict | null): void {
    if (ACL_ALIASES.some((name) => attributes?.has(name))) this.clear();
  }

  /** Another client has changed the file. */
  changed(gfid: Gfid): void {
    this.changes += 1;
    this.none.delete(gfid);
  }

  clear(): void {
    this.changes += 1;
    this.none.clear();
  }
}
