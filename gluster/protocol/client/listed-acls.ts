/**
 * Files and folders of which a listing has just told that they have no ACL. `ls -l` asks for the ACL of
 * each file that it lists, and hardly any has one: to ask the brick each time takes several times as
 * long as the listing and all attributes together. So a listing asks for the ACLs of its entries, too, where
 * somebody has lately asked for one, as `ls -l` does. (GlusterFS's mount without
 * `acl` refuses ACLs, and with it asks for them with every lookup.)
 *
 * A brick tells of an ACL that is there, when it is asked for it with a listing. Source: GlusterFS 10
 * `posix_xattr_fill` in `xlators/storage/posix/src/posix-helpers.c`.
 */
import { ACL_ALIASES, ACL_NAMES, isAcl } from '../../../runtime/core/acl.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { WireDirent } from '../../rpc/structs.ts';

/**
 * Milliseconds from a question for an ACL on. Longer than a listing takes: performance/readdir-ahead reads
 * a directory before the first question that `ls -l` has, so that it is the question of the last one that
 * tells.
 */
const SOON_MS = 60_000;
/** The newest that are kept. */
const KEPT = 65_536;

/**
 * Whether it may be cluster/distribute's sign for a file that is with another brick, and may come from there with its
 * ACL; or a file that is being copied (`linkto.ts` there).
 */
const mayMove = ({ iaProt }: Iatt): boolean => iaProt === 0o1000 || (iaProt & 0o3000) === 0o3000;

/** What a listing says, and that it is to tell of ACLs. */
class AclRequest extends Dict {
  /** How many changes there had been. */
  readonly changes: number;

  constructor(changes: number, besides: Dict | null) {
    super();
    this.changes = changes;
    if (besides !== null) this.setAll(besides);
    for (const name of ACL_NAMES) if (!this.has(name)) this.set(name, 0);
  }
}

export class ListedAcls {
  /** When it was listed, in the order in which that was: milliseconds. */
  private readonly none = new Map<Gfid, number>();
  private readonly now: () => number;
  private askedAt = Number.NEGATIVE_INFINITY;
  /** ACLs that were set, or may have been: a listing that was asked for before tells nothing. */
  private changes = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /**
   * Whether it is known that there is no such attribute.
   * @param age milliseconds that the caller's kernel keeps what it was told
   */
  isNone(gfid: Gfid, name: string | null, age: number): boolean {
    if (name === null || !isAcl(name)) return false;
    const now = this.now();
    this.askedAt = now;
    const at = this.none.get(gfid);
    return at !== undefined && now - at < age;
  }

  /** The xdata of a listing. */
  request(xdata: Dict | null): Dict | null {
    return this.now() - this.askedAt > SOON_MS ? xdata : new AclRequest(this.changes, xdata);
  }

  /** What a listing with this xdata has told. */
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

  /** Such attributes are being set, or have been. */
  setting(attributes: Dict | null): void {
    if (ACL_ALIASES.some((name) => attributes?.has(name))) this.clear();
  }

  /** Somebody has changed it. */
  changed(gfid: Gfid): void {
    this.changes += 1;
    this.none.delete(gfid);
  }

  clear(): void {
    this.changes += 1;
    this.none.clear();
  }
}
