/** Holds the owner and mode of each inode, from the last reply that had them, and its ACL once a rule needs it. */
import { ACL_ACCESS, type Acl, decodeExtendedAcl } from '../../../core/acl.ts';
import { Dict } from '../../../core/dict.ts';
import type { Stack } from '../../../core/frame.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/operands.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { InodeProtection, InodeProtections } from './rules.ts';

/** Xdata by which a lookup requests the ACL; shared by all requests, so it must not be changed. */
export const ACL_KEYS = new Dict().set(ACL_ACCESS, 0);

/** The known owner, mode and ACL of an inode; the inode's context. */
export class KnownProtection implements InodeProtection {
  iaType = 0;
  iaProt = 0;
  iaUid = 0;
  iaGid = 0;
  /** Undefined until a lookup has requested it; null for an inode without ACL. */
  acl: Acl | null | undefined = undefined;

  /**
   * Takes over the attributes of a reply.
   * @param acl undefined if it was not requested. The earlier ACL is dropped then: a chmod may have changed it, and
   *   the change time is too coarse to exclude that.
   */
  update(buf: Iatt, acl: Acl | null | undefined): void {
    this.acl = acl;
    this.iaType = buf.iaType;
    this.iaProt = buf.iaProt;
    this.iaUid = buf.iaUid;
    this.iaGid = buf.iaGid;
  }
}

/** Reads the ACL in a reply to a request with `ACL_KEYS`. */
export function readReplyAcl(xdata: Dict | null): Acl | null {
  const value = xdata?.bytes(ACL_ACCESS);
  return value === undefined ? null : decodeExtendedAcl(value);
}

/** The results of lookups of names, in which an absent name has null; null without lookups. */
export type NamedProtections = ReadonlyMap<Loc, InodeProtection | null> | null;

/** Finds and records the protections of one volume, for `rules.ts`. */
export class KnownProtections implements InodeProtections {
  /** The inode to look up, after a rule has returned `UNKNOWN`. */
  lookupTarget: Loc | null = null;
  /** Results of lookups for the next rule. */
  namedProtections: NamedProtections = null;
  private readonly xl: Xlator<unknown>;

  constructor(xl: Xlator<unknown>) {
    this.xl = xl;
  }

  /** Returns an inode's context; undefined if nothing is known about it. */
  get(inode: Inode): KnownProtection | undefined {
    return inode.ctxGet(this.xl) as KnownProtection | undefined;
  }

  /**
   * Finds an inode's owner and mode, and its ACL unless the caller is the owner, whose permissions do not depend on it.
   * If it returns undefined, `lookupTarget` is the inode to look up.
   */
  find(inode: Inode, { uid }: Stack): InodeProtection | undefined {
    const protection = this.get(inode);
    if (protection !== undefined && (protection.acl !== undefined || protection.iaUid === uid))
      return protection;
    this.lookupTarget = new Loc(inode);
    return undefined;
  }

  /** Finds the inode of a name, which may not be linked yet; sets `lookupTarget` as `find` does. */
  findNamed(loc: Loc): InodeProtection | null | undefined {
    const { inode } = loc;
    const protection = inode?.linked ? this.get(inode) : this.namedProtections?.get(loc);
    if (protection === undefined) this.lookupTarget = inode?.linked ? new Loc(inode) : loc;
    return protection;
  }

  /**
   * Records the owner, mode and ACL in a reply; returns null if the reply has no attributes.
   * @param acl undefined if it was not requested
   */
  record(inode: Inode | null, buf: Iatt | null, acl?: Acl | null): KnownProtection | null {
    if (inode === null || !buf?.known) return null;
    let protection = this.get(inode);
    if (protection === undefined) {
      protection = new KnownProtection();
      inode.ctxSet(this.xl, protection);
    }
    protection.update(buf, acl);
    return protection;
  }

  /** Drops a protection whose ACL or mode has changed to an unknown value. */
  drop(inode: Inode): void {
    inode.ctxDel(this.xl);
  }
}
