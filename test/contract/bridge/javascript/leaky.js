import { EPERM, FopError, Translator } from 'glossa';
import { counts } from 'glossa/counts';

/** Ends requests badly, in every way there is; see leaks.ts. */
export class xlator extends Translator {
  init() {
    this.kept = [];
  }

  access(frame, loc, mask) {
    loc.inode.ctx.set('seen', mask);
    if (mask === 0) frame.fail(EPERM);
    else if (mask === 1) throw new Error('raised');
    else if (mask === 3) this.kept = [frame, ...this.kept.slice(0, 9)];
    else if (mask > 3) {
      frame.local = mask;
      frame.wind();
    }
  }

  accessCbk(frame, opRet, opErrno, xdata) {
    if (frame.local === 4) throw new Error('raised');
    frame.unwind(opRet, opErrno, xdata);
  }

  async truncate(_frame, loc, offset) {
    if (offset === 0) throw new Error('raised');
    if (offset === 1) {
      await this.child.access(loc, 1);
      throw new Error('raised');
    }
    if (offset === 2) await new Promise(() => {});
    if (offset === 3) await this.sleep(1e6);
    const { fd } = await this.child.open(loc, 0);
    fd.ctx.set('seen', fd);
    fd.close();
    throw new FopError(EPERM, 'opened');
  }

  statfs(frame) {
    frame.fail(EPERM);
    this.kept = [];
    this.log.critical('LEFT %j', counts());
  }
}
