/**
 * The state of a remote volume beside its connection: open files, positions in open folders, and what the brick has
 * just told, so that it is not asked again. Requests and the table of fops (`marshal.ts`) use it.
 */
import { constants } from 'node:fs';
import type { Dict } from '../../../runtime/core/dict.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { GfidRequests } from '../../../runtime/core/gfid-requests.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { GFID_REQ } from '../../../runtime/core/xdata.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { Positions } from './entries.ts';
import { RemoteFds } from './fds.ts';
import { JustSaid } from './just-said.ts';
import { ListedAcls } from './listed-acls.ts';
import type { Settings } from './options.ts';

const { O_DIRECT } = constants;

export class RemoteState {
  settings: Settings;
  readonly fds: RemoteFds;
  readonly justSaid = new JustSaid();
  readonly acls: ListedAcls;
  readonly gfids: GfidRequests;
  /** Directories that were removed, and of which the brick has not said yet that it has forgotten them. */
  readonly removed = new WeakSet<Inode>();
  private readonly xl: Xlator<unknown>;
  /** Milliseconds, late by what is at work. */
  private readonly now: () => number;
  /** Whether no request is under way. */
  private readonly isIdle: () => boolean;
  private readonly positions = new WeakMap<Fd, Positions>();

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
    this.acls = new ListedAcls(now);
    this.gfids = new GfidRequests(xl.context);
  }

  positionsOf(fd: Fd): Positions {
    let found = this.positions.get(fd);
    if (found === undefined) {
      found = new Positions();
      this.positions.set(fd, found);
    }
    return found;
  }

  /** Flags for an open file, as they are sent. */
  openFlags(flags: number): number {
    return this.settings['filter-O_DIRECT'] ? flags & ~O_DIRECT : flags;
  }

  /** The attributes of a folder after a change in it. */
  changed(postparent: Iatt): void {
    if (this.isIdle()) this.justSaid.changed(postparent, this.now());
  }

  /** The attributes of what a lookup asked for, no folder. */
  found({ root }: Frame, buf: Iatt): void {
    if (root.client?.initiator.hints.pidIsThread === true && this.isIdle()) {
      this.justSaid.found(buf, this.now(), root.pid);
    }
  }

  /** The attributes that the brick has just told, and would tell again. */
  known({ root }: Frame, { gfid }: Loc, xdata: Dict | null): Iatt | null {
    const age = root.client?.initiator.hints.attributeAge ?? 0;
    return xdata === null ? this.justSaid.take(gfid, this.now(), age, root.pid) : null;
  }

  /** Whether a listing has just told that there is no such ACL. */
  hasNoAcl({ root }: Frame, { gfid }: Loc, name: string | null): boolean {
    return this.acls.isNone(gfid, name, root.client?.initiator.hints.attributeAge ?? 0);
  }

  /** The xdata of a lookup: with a gfid for what has none, as files have that were not made through a brick. */
  lookupXdata({ inode }: Loc, xdata: Dict | null): Dict | null {
    if (inode?.linked || xdata?.has(GFID_REQ)) return xdata;
    return this.gfids.add(xdata);
  }

  /** A reply could not be read. */
  garbled(fop: string): void {
    this.xl.log.warning(`the answer to a ${fop} is none that can be read`, {
      msgid: messages.brickDoubt.id,
    });
  }
}
