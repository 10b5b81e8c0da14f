/** Logs contradictions between the children of a volume and its volfile, each once. */
import { errnoName } from '../../../runtime/core/errno.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { hasRange, type Layout } from './layout/layout.ts';

/** The volume whose notices are logged. */
interface NoticesOwner {
  readonly xl: Pick<Xlator, 'log'>;
  readonly childNames: readonly string[];
  readonly decommissionedChildren: ReadonlySet<number>;
}

/** Logs the notices of one volume. */
export class Notices {
  private readonly owner: NoticesOwner;
  /** The notices that were logged, by kind and subject. */
  private readonly logged = new Set<string>();

  constructor(owner: NoticesOwner) {
    this.owner = owner;
  }

  /** Called after a lookup of the root; warns of children without a range there, which were added later. */
  warnMissingRanges(layout: Layout | undefined): void {
    const { childNames, decommissionedChildren, xl } = this.owner;
    layout?.pieces.forEach((piece, child) => {
      if (piece.err !== 0 || hasRange(piece) || decommissionedChildren.has(child)) return;
      // If no child has a range, the layout is about to be repaired.
      if (!layout.pieces.some(hasRange) || !this.recordIfNew(`range ${child}`)) return;
      xl.log.warning(
        `subvolume '${childNames[child]}' has no range in the root: it gets files in directories made from ` +
          'now on, and in others after a fix-layout (setfattr -n distribute.fix.layout)',
        { msgid: messages.childAdded.id },
      );
    });
  }

  /** Logs that a linkto names an unknown subvolume. */
  logUnknownTarget(loc: Loc, target: string): void {
    if (!this.recordIfNew(`target ${target}`)) return;
    const { childNames, xl } = this.owner;
    xl.log.error(
      `the linkto of ${loc.path} names '${target}', which is not a subvolume (those are ${childNames.join(', ')}): ` +
        'were subvolumes renamed after the volume was made?',
      { msgid: messages.linktoTargetUnknown.id },
    );
  }

  /** Logs that a linkto names its own child, which had another name when the linkto was made. */
  logOwnTarget(loc: Loc, child: number): void {
    const name = this.owner.childNames[child]!;
    if (!this.recordIfNew(`own ${child}`)) return;
    this.owner.xl.log.error(
      `the linkto of ${loc.path} on '${name}' names '${name}' itself: were the names of ` +
        'subvolumes exchanged after the volume was made?',
      { msgid: messages.linktoTargetItself.id },
    );
  }

  /** Logs that a child refuses locks, as a brick without features/locks does. */
  logMissingLocks(child: number, errno: number): void {
    if (!this.recordIfNew(`locks ${child}`)) return;
    const { childNames, xl } = this.owner;
    xl.log.error(
      `subvolume '${childNames[child]}' has no locks: inodelk fails with ${errnoName(errno)}, so directories ` +
        'get no ranges, and files cannot be made in them (EIO); add features/locks to its brick',
      { msgid: messages.childWithoutLocks.id },
    );
  }

  /** Records a notice as logged. @returns whether it was not logged before */
  private recordIfNew(notice: string): boolean {
    if (this.logged.has(notice)) return false;
    this.logged.add(notice);
    return true;
  }
}
