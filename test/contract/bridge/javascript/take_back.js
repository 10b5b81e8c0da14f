/** Invalidates cached names and inodes, chosen by the looked-up name. */
import { Translator } from 'glossa';

const FORGOTTEN = '01234567-89ab-cdef-0123-456789abcdef';

export class xlator extends Translator {
  lookup(frame, loc) {
    this[loc.name](loc);
    frame.wind();
  }

  entry(loc) {
    this.invalidate(loc);
  }

  expire(loc) {
    this.invalidate(loc.pargfid, loc.name, { expire: true });
  }

  inode(loc) {
    this.invalidate(loc.inode);
  }

  attributes(loc) {
    this.invalidate(loc.gfid, { data: false });
  }

  removed(loc) {
    this.invalidate(loc.parent, loc.name, { removed: loc.inode });
  }

  every() {
    this.invalidate();
  }

  gone() {
    this.invalidate(FORGOTTEN);
    this.invalidate(FORGOTTEN, 'name');
  }

  wrong(loc) {
    this.invalidate(loc.parent, 'a/b');
  }
}
