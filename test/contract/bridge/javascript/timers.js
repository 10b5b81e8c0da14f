/** Sets timers. */
import { Loc, ROOT_GFID, Translator } from 'glossa';

export class xlator extends Translator {
  count = 0;

  init() {
    this.timer(1, () => this.once('a', 'b'));
    this.again = this.timer(2, this.countUp, { repeat: true });
    this.timer(3, this.fail);
    this.timer(5, this.ask);
    this.timer(1, () => this.once('never')).cancel();
  }

  once(...args) {
    this.log.info('once %s', args.join(', '));
  }

  countUp() {
    this.count += 1;
    this.log.info('again %d', this.count);
    if (this.count === 3) this.again.cancel();
  }

  fail() {
    throw new Error('out of order');
  }

  async ask() {
    const reply = await this.child.statfs(Loc.of({ gfid: ROOT_GFID }), null);
    this.log.info('asked, %d', reply.opRet);
  }

  fsync(frame) {
    this.timer(0.05, () => frame.unwind(7));
  }
}
