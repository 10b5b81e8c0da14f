/** The first edition of a module that is edited. */
import { ENOENT, Translator } from 'glossa';

export class xlator extends Translator {
  count = 0;

  statfs(frame) {
    this.count += 1;
    frame.fail(this.count);
  }

  stat(frame) {
    frame.wind();
  }

  statCbk(frame) {
    frame.fail(ENOENT);
  }

  dumpState() {
    return { count: this.count };
  }

  fini() {
    this.log.info('the first edition ends');
  }
}
