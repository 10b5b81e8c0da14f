/** The second edition of a module that is edited. */
import { EACCES, Translator } from 'glossa';

export class xlator extends Translator {
  count = 0;

  statfs(frame) {
    this.count += 1;
    frame.fail(this.count);
  }

  access(frame) {
    frame.fail(EACCES);
  }

  loadState(state) {
    this.count = state.count;
  }
}
