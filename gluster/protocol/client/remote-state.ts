/**
 * Holds the state of a remote volume besides its connection: open files, the brick's kind, and recent replies that
 * save requests. `marshal.ts` and `request.ts` read and update it.
 */
import { type Dict, GFID_REQ } from '../../../runtime/core/dict.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { GfidRequests } from '../../../runtime/core/gfid-requests.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { O_DIRECT } from '../../../runtime/core/open-flags.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { ListedAcls } from './listed-acls.ts';
import type { Settings } from './options.ts';
import { RecentAttributes } from './recent-attributes.ts';
import { RemoteFds } from './remote-fds.ts';

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
