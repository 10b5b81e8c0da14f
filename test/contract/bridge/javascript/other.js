/** Winds a stat before it passes a removal on. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  unlink(frame, loc, xflag, xdata) {
    frame.local = [loc, xflag, xdata];
    frame.windTo({ fop: 'stat', cbk: this.looked }, loc, null);
  }

  looked(frame, opRet, opErrno, buf) {
    if (opRet < 0) return frame.fail(opErrno);
    this.log.info('it has %d bytes', buf.iaSize);
    frame.wind(...frame.local);
  }

  async rmdir(_frame, loc, flags, xdata) {
    const { buf } = await this.child.stat(loc);
    this.log.info('it has %d bytes', buf.iaSize);
    return await this.child.rmdir(loc, flags, xdata);
  }
}
