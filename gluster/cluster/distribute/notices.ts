/** Log messages about a volume whose children and volfile disagree: each is written once. */
import { errnoName } from '../../../runtime/core/errno.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { type Layout, takesPart } from './layout/layout.ts';

interface Owner {
  readonly xl: Pick<Xlator, 'log'>;
  readonly names: readonly string[];
  readonly leaving: ReadonlySet<number>;
}

export class Notices {
  private readonly owner: Owner;
  private readonly told = new Set<string>();

  constructor(owner: Owner) {
    this.owner = owner;
  }

  /** The root was looked up: a child without a range in it was added since. */
  rangesOfRoot(layout: Layout | undefined): void {
    const { names, leaving, xl } = this.owner;
    layout?.pieces.forEach((piece, child) => {
      if (piece.err !== 0 || takesPart(piece) || leaving.has(child)) return;
      // Where all are without one, that is about to be repaired.
      if (!layout.pieces.some(takesPart) || !this.isNew(`range ${child}`)) return;
      xl.log.warning(
        `subvolume '${names[child]}' has no range in the root: it gets files in directories that are ` +
          'made from now on, and in others once their ranges are dealt out anew',
        { msgid: messages.childAdded.id },
      );
    });
  }

  /** A linkto names what is not there. */
  unknownTarget(loc: Loc, target: string): void {
    if (!this.isNew(`target ${target}`)) return;
    const { names, xl } = this.owner;
    xl.log.error(
      `${loc.path} is said to be with '${target}', which is no subvolume (they are ${names.join(', ')}): ` +
        'were subvolumes given other names since the volume was made?',
      { msgid: messages.targetUnknown.id },
    );
  }

  /** A linkto leads to the child that it is with: that had another name when it was made. */
  ownTarget(loc: Loc, child: number): void {
    const name = this.owner.names[child]!;
    if (!this.isNew(`own ${child}`)) return;
    this.owner.xl.log.error(
      `${loc.path} is no file of '${name}', which says that it is with '${name}': were the names of ` +
        'subvolumes exchanged since the volume was made?',
      { msgid: messages.targetItself.id },
    );
  }

  /** A lock that a repair needs is refused, as it is by a brick without features/locks. */
  noLocks(child: number, errno: number): void {
    if (!this.isNew(`locks ${child}`)) return;
    const { names, xl } = this.owner;
    xl.log.error(
      `subvolume '${names[child]}' has no locks: inodelk fails with ${errnoName(errno)}, so that ranges of ` +
        'directories are not dealt out, and files cannot be made in them (EIO); its brick needs features/locks',
      { msgid: messages.childWithoutLocks.id },
    );
  }

  private isNew(what: string): boolean {
    if (this.told.has(what)) return false;
    this.told.add(what);
    return true;
  }
}
