/** Stores the objects of requests and uses them after the end. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  kept = {};

  keep(things) {
    Object.assign(this.kept, things);
  }

  stat(frame, loc) {
    this.keep({ loc, inode: loc.inode, frame });
    this.keep({ name: loc.name, copied: loc.copy(), made: loc.replace({ name: `${loc.name}~` }) });
    frame.wind();
  }

  statCbk(frame, opRet, opErrno, buf, xdata) {
    this.keep({ buf, xdata });
    frame.unwind(opRet, opErrno, buf, xdata);
  }

  readv(frame, fd) {
    this.keep({ fd });
    frame.wind();
  }

  readvCbk(frame, opRet, opErrno, vector, ...more) {
    this.keep({ vector });
    frame.unwind(opRet, opErrno, vector, ...more);
  }

  readdirpCbk(frame, opRet, opErrno, entries, xdata) {
    this.keep({ entries });
    frame.unwind(opRet, opErrno, entries, xdata);
  }

  statfs(frame) {
    const { loc, inode, fd, buf, xdata, vector, entries, frame: old } = this.kept;
    const { name, copied, made } = this.kept;
    for (const [what, use] of Object.entries({
      loc: () => loc.name,
      'loc path': () => loc.path,
      'loc parent': () => loc.parent,
      'loc replaced': () => loc.replace({ name: 'b' }),
      'loc wound to': () => frame.wind(loc, null),
      'loc copied': () => `${copied.name} ${name}`,
      'loc made': () => made.name,
      inode: () => inode.path,
      fd: () => fd.flags,
      'fd context': () => fd.ctx,
      iatt: () => buf.iaSize,
      dict: () => xdata.get('key'),
      bytes: () => vector.bytes,
      listing: () => entries[0],
      caller: () => old.root.uid,
      wind: () => old.wind(),
      unwind: () => old.unwind(0),
    })) {
      let came;
      try {
        came = use();
      } catch (error) {
        came = error.name;
      }
      this.log.info('%s: %s', what, came);
    }
    frame.fail(1);
  }
}
