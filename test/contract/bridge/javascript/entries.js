/** Drops, renames, changes and adds entries of listings, and keeps one for later. */
import { Dirent, Iatt, Translator } from 'glossa';

export class xlator extends Translator {
  cached = null;

  readdirpCbk(frame, opRet, opErrno, entries, xdata) {
    const kept = entries
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => entry.replace({ name: entry.name.toUpperCase() }));
    kept.push(new Dirent('added', 99, 8, { stat: new Iatt({ iaSize: 3 }) }));
    this.cached = kept;
    frame.unwind(opRet, opErrno, kept, xdata);
  }

  readdir(frame) {
    if (this.cached === null) frame.wind();
    // From another request: its inodes are not this one's to give.
    else frame.unwind(0, 0, this.cached, null);
  }

  readdirCbk(frame, opRet, opErrno, entries, xdata) {
    entries.shift();
    entries[0].stat.iaSize = 77;
    frame.unwind(opRet, opErrno, entries, xdata);
  }
}
