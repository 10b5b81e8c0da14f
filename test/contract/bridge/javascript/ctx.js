/** Counts the requests for each inode and fd in its ctx. */
import { Translator } from 'glossa';

function seen(thing) {
  thing.ctx.set('seen', (thing.ctx.get('seen') ?? 0) + 1);
  return thing.ctx.get('seen');
}

export class xlator extends Translator {
  last = null;

  stat(frame, loc) {
    if (!loc.inode.equals(loc.inode) || loc.parent.equals(loc.inode)) throw new Error('not so');
    this.log.info('%s %d', loc.name, seen(loc.inode));
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, inode, ...reply) {
    if (opRet >= 0) this.log.info('new %d', seen(inode));
    frame.unwind(opRet, opErrno, inode, ...reply);
  }

  fstat(frame, fd) {
    if (this.last !== null && (fd === this.last) !== (fd.id === this.last.id)) throw new Error('!');
    this.last = fd;
    this.log.info('fd %d inode %d', seen(fd), seen(fd.inode));
    frame.wind();
  }
}
